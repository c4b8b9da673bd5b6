"""Somebody else holds the store's write lock (F04): mail is asked to come later, nothing is lost or done twice."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, event

from mailgate.mail.disposition import Disposition
from store.outbox import OutState
from tests.crash.ledger import Ledger
from tests.crash.load import Mail, pouring, text_of
from tests.crash.people import ANNE
from tests.gate import BeginGate
from tests.outbound.sink import Sink
from tests.program import Program
from tests.servers.process import wait_until

MAILS = 60


@contextmanager
def write_lock(database: Path) -> Iterator[None]:
    """Another program writes for as long as the block takes."""
    other = sqlite3.connect(database, isolation_level=None, timeout=30.0, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


class LockedFrom:
    """A fail point from which on another program writes, until somebody calls `end`."""

    def __init__(self, place: str, database: Path) -> None:
        self._place = place
        self._database = database
        self._lock = ExitStack()

    def __call__(self, name: str) -> None:
        if name == self._place:
            self._place = ""
            self._lock.enter_context(write_lock(self._database))

    def end(self) -> None:
        """The other program is done."""
        self._lock.close()


def impatient(engine: Engine) -> None:
    """Each transaction waits for the lock for no more than some milliseconds."""
    event.listen(engine, "checkout", lambda dbapi, *_: dbapi.execute("PRAGMA busy_timeout=20"))


@contextmanager
def ended_when_noticed(lock: LockedFrom, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The lock goes when the gate has run into it."""

    def end() -> None:
        wait_until(lambda: any("not yet saved" in message for message in caplog.messages), what="a write that failed")
        lock.end()

    thread = Thread(target=end)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_a_mail_that_was_sent_is_not_sent_again_because_the_store_was_locked(
    begin: BeginGate, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lock = LockedFrom("deliver.after-dot", tmp_path / "mailgate.db")
    gate = begin(fail_point=lock)
    anne = gate.customer(ANNE.name, ANNE.address)
    impatient(gate.parts.engine)

    with ended_when_noticed(lock, caplog):
        gate.deliver(anne.writes("It is broken."))
    gate.later(minutes=20)

    assert [row.state for row in gate.outbox()] == [OutState.SENT]
    assert len(gate.sink.messages) == 1


def test_a_locked_store_does_not_count_against_the_mail_in_hand(
    begin: BeginGate, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lock = LockedFrom("receive.checked", tmp_path / "mailgate.db")
    gate = begin(fail_point=lock)
    anne = gate.customer(ANNE.name, ANNE.address)
    impatient(gate.parts.engine)
    spool_id = gate.accept(anne.writes("It is broken."))

    with ended_when_noticed(lock, caplog):
        gate.parts.receive(spool_id, gate.now)
    given_back = gate.inbox(spool_id)
    gate.later(seconds=31)

    assert (given_back.outcome.disposition, given_back.attempts) == (Disposition.WAITING, 0)
    assert gate.inbox(spool_id).outcome.disposition is Disposition.OPENED


def test_a_store_that_is_locked_under_load_costs_time_and_nothing_else(
    program: Program, ledger: Ledger, sink: Sink
) -> None:
    """The restart at the end saves the minute after which the sweep takes up the jobs that met the lock."""
    mails = [Mail(n, n, ANNE, ANNE.writes(text_of(n), subject=f"Matter {n}")) for n in range(MAILS)]
    with pouring(program, smtp=3, lmtp=2) as clients:
        with program.serve() as gate:
            clients.take(mails[: MAILS // 2])
            clients.gate_comes()
            wait_until(lambda: len(sink.messages) > MAILS // 10, what="load")
            with write_lock(program.database):
                clients.take(mails[MAILS // 2 :])
                wait_until(lambda: bool(clients.refused), what="a refusal")
            wait_until(lambda: len(clients.promised) == MAILS, what="a 250 for each mail")
            gate.terminate()
            assert gate.exit_code() == 0
        with program.serve():
            wait_until(ledger.is_quiet, what="all mail settled and sent", within_seconds=30)

    assert {reply[:3] for reply in clients.refused} == {"451"}
    assert ledger.effects() == {mail.raw: ["opened"] for mail in mails}
    assert ledger.copies_sent() == Counter(ledger.queued())
    assert (ledger.left_open(), ledger.damage()) == (set(), [])
