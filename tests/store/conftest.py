"""Fixtures of this folder: an empty store of the newest schema."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.archive import Archive, Directory
from store.archive.bucket import Bucket
from store.engine import connect
from tests.empty_store import STORES, put_empty_store, store_of_kind
from tests.servers.moto import ObjectStore


@pytest.fixture(params=STORES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A store without a row of ours: each kind in turn."""
    with store_of_kind(request.param, lambda: request.getfixturevalue("postgresql")) as url:
        if url is None:
            put_empty_store(tmp_path / "mailgate.db")
        engine = connect(url or f"sqlite:///{tmp_path / 'mailgate.db'}")
        yield engine
        engine.dispose()


@pytest.fixture(params=["directory", "bucket"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """An archive without a large blob: each of its kinds in turn."""
    if request.param == "directory":
        return Archive(Directory(tmp_path / "archive"))
    store: ObjectStore = request.getfixturevalue("object_store")
    return Archive(Bucket(store.new_bucket(tmp_path)))
