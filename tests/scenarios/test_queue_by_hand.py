"""What an operator decides about a mail that has not left: held, released, cancelled, tried again."""

import pytest
from sqlalchemy import Connection

from store.engine import transaction
from store.post import outbox
from store.post.outbox import OutState
from tests.gate import Gate, Person

LATER = "451 4.7.1 Try again later"
REFUSED = "550 5.1.1 No such user here"


@pytest.fixture
def waiting(gate: Gate, anne: Person) -> int:
    """An acknowledgement that was deferred once."""
    gate.sink.replies["RCPT"] = [LATER]
    gate.deliver(anne.writes("It is broken."))
    [row] = gate.outbox()
    return row.id


def test_a_held_mail_stays_until_it_is_released(gate: Gate, anne: Person, waiting: int) -> None:
    with transaction(gate.parts.engine) as conn:
        assert outbox.hold(conn, waiting)
    gate.later(hours=24)
    held = gate.outbox()[0]
    with transaction(gate.parts.engine) as conn:
        assert outbox.release(conn, waiting, now=gate.now)

    gate.later(seconds=0)

    assert (held.state, held.due_at, held.attempts) == (OutState.HELD, None, 1)
    assert gate.outbox()[0].state is OutState.SENT


def test_a_cancelled_mail_never_leaves_unless_it_is_retried(gate: Gate, anne: Person, waiting: int) -> None:
    gate.cancel(waiting)
    gate.later(hours=24)
    cancelled = gate.outbox()[0]
    with transaction(gate.parts.engine) as conn:
        assert outbox.retry(conn, waiting, now=gate.now)

    gate.later(seconds=0)

    assert (cancelled.state, cancelled.attempts) == (OutState.CANCELLED, 1)
    assert len(gate.mailbox(anne)) == 1


def test_a_failed_mail_is_sent_again_as_it_was(gate: Gate, anne: Person) -> None:
    gate.sink.replies["."] = [REFUSED]
    gate.deliver(anne.writes("It is broken."))
    [failed] = gate.outbox()
    with transaction(gate.parts.engine) as conn:
        assert outbox.retry(conn, failed.id, now=gate.now)

    gate.work()

    [sent] = gate.outbox()
    assert (failed.state, sent.state) == (OutState.FAILED, OutState.SENT)
    assert (sent.message_id, sent.sha256) == (failed.message_id, failed.sha256)


def test_a_mail_that_was_sent_can_be_neither_held_nor_cancelled_nor_sent_again(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    [sent] = gate.outbox()

    with transaction(gate.parts.engine) as conn:
        done = [
            outbox.hold(conn, sent.id),
            outbox.cancel(conn, sent.id),
            outbox.release(conn, sent.id, now=gate.now),
            outbox.retry(conn, sent.id, now=gate.now),
        ]

    assert done == [False] * 4


def test_a_mail_that_a_worker_has_is_left_to_it(gate: Gate, anne: Person, waiting: int) -> None:
    gate.later(seconds=0)
    with transaction(gate.parts.engine) as conn:
        lent = outbox.lend(conn, waiting, now=gate.now)
    assert lent is not None

    with transaction(gate.parts.engine) as conn:
        assert not _any(conn, waiting, gate)
    with transaction(gate.parts.engine) as conn:
        assert outbox.lend(conn, waiting, now=gate.now) is None


def _any(conn: Connection, outbox_id: int, gate: Gate) -> bool:
    return outbox.hold(conn, outbox_id) or outbox.cancel(conn, outbox_id) or outbox.retry(conn, outbox_id, now=gate.now)
