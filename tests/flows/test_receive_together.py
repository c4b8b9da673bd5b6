"""Mails that wait at the same time share their transactions, and nothing else: each has its own end."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from mailgate.flows.intake.receive import MAX_GROUP_BYTES
from mailgate.inbound.spamd import OFF, SpamVerdict
from mailgate.mail.disposition import Disposition
from store.archive import Archive, Blob, Directory
from tests.gate import Gate, Person

PDF = "application/pdf"


class _Choosy(Archive):
    """An archive with a mistake that one file meets, in the transaction of its mail."""

    def add(self, conn: Connection, blob: Blob) -> str:
        if blob.content == b"poison":
            raise ValueError("cannot take this")
        return super().add(conn, blob)


def receive(gate: Gate, *raws: bytes) -> list[Disposition]:
    """Accept these mails, then receive them as one group."""
    given = [gate.accept(raw) for raw in raws]
    gate.parts.receive_all(given, gate.now)
    return [gate.inbox(spool_id).outcome.disposition for spool_id in given]


def test_mails_of_one_group_know_of_each_other(gate: Gate, anne: Person) -> None:
    first = anne.writes("It is broken.", message_id="first")
    answer = anne.writes("Still.", subject="Re: Quota", headers={"In-Reply-To": "<first@client.example>"})

    ends = receive(gate, first, answer, first)

    assert ends == [Disposition.OPENED, Disposition.JOINED, Disposition.DUPLICATE]
    assert [ticket.messages for ticket in gate.tickets()] == [2]


def test_a_group_costs_two_write_transactions_however_many_mails_it_has(gate: Gate, anne: Person) -> None:
    given = [gate.accept(anne.writes(f"Number {number}.")) for number in range(6)]
    begun: list[str] = []

    @event.listens_for(gate.parts.engine, "before_cursor_execute")
    def _count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        begun.extend([statement] if statement == "BEGIN IMMEDIATE" else [])

    gate.parts.receive_all(given, gate.now)

    assert len(gate.tickets()) == 6
    assert len(begun) == 2


def test_one_mail_that_spoils_the_transaction_takes_no_other_with_it(
    gate: Gate, anne: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    choosy = replace(gate, parts=replace(gate.parts, archive=_Choosy(Directory(tmp_path / "archive"))))
    poison = anne.writes("See the file.", files=[("a.pdf", PDF, b"poison")])

    ends = receive(choosy, anne.writes("One."), poison, anne.writes("Three."))

    assert ends == [Disposition.OPENED, Disposition.WAITING, Disposition.OPENED]
    spoilt = choosy.inbox(2)
    assert (spoilt.attempts, spoilt.last_error) == (1, "ValueError('cannot take this')")
    assert [ticket.messages for ticket in choosy.tickets()] == [1, 1]
    assert "failed spool=2 attempt=1" in caplog.text


def test_a_store_that_is_locked_for_the_group_counts_against_none_of_it(gate: Gate, anne: Person) -> None:
    def locked(name: str) -> None:
        if name == "receive.before-commit":
            raise OperationalError("COMMIT", {}, _busy())

    stuck = replace(gate, parts=replace(gate.parts, fail_point=locked))

    ends = receive(stuck, anne.writes("One."), anne.writes("Two."))

    assert ends == [Disposition.WAITING] * 2
    assert [stuck.inbox(spool_id).attempts for spool_id in (1, 2)] == [0, 0]
    assert stuck.tickets() == ()


def test_a_mail_whose_check_fails_does_not_hold_up_the_others(gate: Gate, anne: Person) -> None:
    def chokes(raw: bytes) -> SpamVerdict:
        if b"X-Poison" in raw:
            raise ValueError("cannot take this")
        return OFF

    poisonous = replace(gate, parts=replace(gate.parts, check_spam=chokes))

    ends = receive(poisonous, anne.writes("One.", headers={"X-Poison": "yes"}), anne.writes("Two."))

    assert ends == [Disposition.WAITING, Disposition.OPENED]


def test_large_mails_are_not_in_memory_together(gate: Gate, anne: Person) -> None:
    large = b"x" * (MAX_GROUP_BYTES // 2)
    raws = [anne.writes(f"Number {number}.", files=[("a.pdf", PDF, large)]) for number in range(3)]
    commits: list[str] = []
    watched = replace(gate, parts=replace(gate.parts, fail_point=commits.append))

    ends = receive(watched, *raws)

    assert ends == [Disposition.OPENED] * 3
    assert commits.count("receive.committed") == 3


def _busy() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error
