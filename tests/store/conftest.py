"""Fixtures of this folder: an empty store of the newest schema."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.archive import Archive
from store.engine import connect
from tests.empty_store import put_empty_store


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A store without a row of ours."""
    database = tmp_path / "mailgate.db"
    put_empty_store(database)
    engine = connect(f"sqlite:///{database}")
    yield engine
    engine.dispose()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive without a file."""
    return Archive(tmp_path / "archive")
