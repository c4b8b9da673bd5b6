"""A store of each kind of database, for the tests that hold for both."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.engine import connect
from store.migrations import upgrade

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.server)]


@contextmanager
def opened(request: pytest.FixtureRequest, directory: Path) -> Iterator[Engine]:
    """An empty store of the kind that is asked for."""
    if request.param == "sqlite":
        url = f"sqlite:///{directory / 'mailgate.db'}"
    else:
        url = request.getfixturevalue("postgresql").url(f"test_{secrets.token_hex(4)}")
    engine = connect(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty store of a test's own."""
    with opened(request, tmp_path) as engine:
        yield engine


@pytest.fixture(scope="module", params=KINDS)
def shared_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A store that the tests of a module fill once and then only read."""
    with opened(request, tmp_path_factory.mktemp("store")) as engine:
        yield engine
