"""Fixtures of this folder: a company with a catalogue on each kind of database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.config import Settings
from store.engine import connect
from tests.empty_store import STORES, put_empty_store, store_of_kind
from tests.flows.billing_run.shop import SELLER, Shop


@pytest.fixture(params=STORES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """On each database in turn."""
    with store_of_kind(request.param, lambda: request.getfixturevalue("postgresql")) as url:
        if url is None:
            put_empty_store(tmp_path / "mailgate.db")
        yield from begun(url or f"sqlite:///{tmp_path / 'mailgate.db'}")


@pytest.fixture
def quick_shop(tmp_path: Path) -> Iterator[Shop]:
    """On SQLite alone, for what the database has no part in."""
    put_empty_store(tmp_path / "mailgate.db")
    yield from begun(f"sqlite:///{tmp_path / 'mailgate.db'}")


def begun(url: str) -> Iterator[Shop]:
    """A company with its catalogue in an empty store."""
    engine = connect(url)
    made = Shop(engine, replace(Settings(), seller=SELLER))
    made.import_catalogue()
    yield made
    engine.dispose()
