"""One mail that cannot be processed is set aside with its bytes; the others never notice."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from mailgate.errors import Temporary
from mailgate.inbound.spamd import OFF, SpamVerdict
from mailgate.mail.disposition import Disposition
from store.engine import reading
from tests.gate import Gate, Person

POISON = b"X-Poison: yes"


class _Broken(Exception):
    """A mistake in our own code, met by one mail."""


def _chokes_on_poison(raw: bytes) -> SpamVerdict:
    if POISON in raw:
        raise _Broken("cannot take this")
    return OFF


def _with(gate: Gate, check_spam: Callable[[bytes], SpamVerdict]) -> Gate:
    return replace(gate, parts=replace(gate.parts, check_spam=check_spam))


@pytest.fixture
def poisonous(gate: Gate) -> Gate:
    """A gate that raises on mail with a certain field."""
    return _with(gate, _chokes_on_poison)


def test_a_mail_that_cannot_be_processed_is_parked_after_three_attempts(
    poisonous: Gate, anne: Person, bart: Person
) -> None:
    raw = anne.writes("It is broken.", headers={"X-Poison": "yes"})
    spool_id = poisonous.accept(raw)

    attempts = []
    for _ in range(3):
        poisonous.work()
        poisonous.later(seconds=31)
        attempts.append((poisonous.inbox(spool_id).outcome.disposition, poisonous.inbox(spool_id).attempts))

    assert attempts == [(Disposition.WAITING, 2), (Disposition.HELD, 3), (Disposition.HELD, 3)]
    parked = poisonous.inbox(spool_id)
    assert parked.outcome.reason == "parked: could not be processed in 3 attempts (_Broken('cannot take this'))"
    with reading(poisonous.parts.engine) as conn:
        assert poisonous.parts.archive.load(conn, parked.sha256) == raw
    assert "parked: could not be processed in 3 attempts" in " ".join(poisonous.mailbox(bart)[-1].text.split())


def test_the_neighbours_of_a_poisonous_mail_are_processed(poisonous: Gate, anne: Person, bart: Person) -> None:
    given = [
        poisonous.accept(anne.writes(f"Number {number}.", headers={"X-Poison": "yes"} if number % 5 == 0 else None))
        for number in range(20)
    ]

    poisonous.work()
    for _ in range(3):
        poisonous.later(seconds=31)

    ends = [poisonous.inbox(spool_id).outcome.disposition for spool_id in given]
    assert ends == [Disposition.HELD if number % 5 == 0 else Disposition.OPENED for number in range(20)]


def test_a_parked_mail_that_is_released_is_processed_once_the_mistake_is_mended(
    gate: Gate, poisonous: Gate, anne: Person, bart: Person
) -> None:
    spool_id = poisonous.accept(anne.writes("It is broken.", headers={"X-Poison": "yes"}))
    for _ in range(3):
        poisonous.work()
        poisonous.later(seconds=31)
    gate.now = poisonous.now

    opened = gate.release(spool_id)

    assert (opened.outcome.disposition, opened.outcome.ticket_id, opened.attempts) == (Disposition.OPENED, 1, 1)


def test_a_mail_that_killed_its_worker_three_times_is_parked_unread(gate: Gate, anne: Person, bart: Person) -> None:
    def kills(raw: bytes) -> SpamVerdict:
        raise _Killed

    deadly = _with(gate, kills)
    spool_id = gate.accept(anne.writes("It is broken."))

    for _ in range(3):
        with pytest.raises(_Killed):
            deadly.parts.run_due(deadly.now + timedelta(minutes=1))
        deadly.now += timedelta(minutes=20)  # the lease runs out
    deadly.later(minutes=20)

    parked = deadly.inbox(spool_id)
    assert parked.outcome.disposition is Disposition.HELD
    assert parked.outcome.reason == "parked: could not be processed in 3 attempts (its worker died each time)"


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError("database is locked")),
        Temporary("try later"),
        TimeoutError("the write lock was not free in time"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_what_is_not_the_mail_s_fault_does_not_count_against_it(
    gate: Gate, anne: Person, bart: Person, failure: Exception
) -> None:
    def fails(raw: bytes) -> SpamVerdict:
        raise failure

    locked = _with(gate, fails)
    spool_id = gate.accept(anne.writes("It is broken."))
    for _ in range(10):
        locked.now += timedelta(minutes=1)
        locked.parts.run_due(locked.now)
    waiting = locked.inbox(spool_id)
    gate.now = locked.now

    gate.later(minutes=1)

    assert (waiting.outcome.disposition, waiting.attempts) == (Disposition.WAITING, 0)
    assert type(failure).__name__ in (waiting.last_error or "")
    assert gate.inbox(spool_id).outcome.disposition is Disposition.OPENED


class _Killed(BaseException):
    """The process ended here."""
