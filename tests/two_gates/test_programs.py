"""Two programs begin on one store, or look into one folder, at the same time."""

import secrets

from store.engine import connect, reading
from store.migrations import is_current, upgrade
from tests.servers.postgresql import Postgresql
from tests.two_gates.conftest import at_once


def test_of_two_migrations_one_waits_and_finds_it_done(postgresql: Postgresql) -> None:
    url = postgresql.url(f"test_{secrets.token_hex(4)}")
    one, other = connect(url), connect(url)

    ends = at_once(
        one,
        url.replace("+psycopg", ""),
        lambda: upgrade(one),
        lambda: upgrade(other),
        after="alembic_version",
    )

    assert sorted(ends) == [False, True]
    with reading(one) as conn:
        assert is_current(conn)
    one.dispose()
    other.dispose()
