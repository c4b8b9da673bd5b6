"""Every scenario is played twice: on SQLite, and on a PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.empty_store import server_store
from tests.servers.postgresql import Postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where the gates of the scenario have their store."""
    if request.param == "sqlite":
        yield None
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    with server_store(server) as url:
        yield url
