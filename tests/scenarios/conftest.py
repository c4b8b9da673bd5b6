"""Every scenario is played twice: on SQLite, and on a PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.empty_store import STORES, store_of_kind


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where the gates of the scenario have their store."""
    with store_of_kind(request.param, lambda: request.getfixturevalue("postgresql")) as url:
        yield url
