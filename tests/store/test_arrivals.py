"""Each mail is counted once, also one whose row becomes visible after that of a later one."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from mailgate.mail.envelope import Door, Envelope
from store.archive.blobs import in_row, record
from store.arrivals import look
from store.engine import connect, reading, transaction
from store.post import spool
from tests.empty_store import server_store
from tests.servers.postgresql import Postgresql

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def engine(postgresql: Postgresql) -> Iterator[Engine]:
    """A store that several processes may write to."""
    with server_store(postgresql) as url:
        engine = connect(url)
        yield engine
        engine.dispose()


def test_a_mail_that_is_committed_after_a_later_one_is_counted_once(engine: Engine) -> None:
    blob = in_row(secrets.token_bytes(8))
    with transaction(engine) as conn:
        record(conn, blob)
    envelope = Envelope("anne@customer.example", ("support@support.example",), Door.SMTP, NOW)
    with reading(engine) as conn:
        first, _ = look(conn, None)

    with transaction(engine) as slow:
        early = spool.add(slow, envelope, blob.sha256)
        with transaction(engine) as quick:
            late = spool.add(quick, envelope, blob.sha256)
        with reading(engine) as conn:
            second, _ = look(conn, first)
    with reading(engine) as conn:
        third, _ = look(conn, second)
        fourth, _ = look(conn, third)

    assert early < late
    counted = [seen.by_door[Door.SMTP] for seen in (first, second, third, fourth)]
    assert counted == [0, 1, 2, 2]
    assert third.pending == (late, early)
