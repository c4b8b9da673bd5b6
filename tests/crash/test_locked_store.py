"""Somebody else holds the store's write lock (F04): mail is asked to come later, pages are shown, nothing is lost."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import httpx
import pytest
from sqlalchemy import Engine, event

from mailgate.mail.disposition import Disposition
from store.post.outbox import OutState
from tests.crash.ledger import Ledger
from tests.crash.load import Mail, pouring, text_of
from tests.crash.people import ANNE, BART
from tests.gate import BeginGate, Gate, Person
from tests.outbound.sink import Sink
from tests.program import Program
from tests.servers.process import LOOPBACK, free_port, wait_until

MAILS = 60
READ = ("/staff/", "/staff/tickets/1", "/staff/outbox")
PAGE_SECONDS = 2.0  # under load; a page that met the lock would wait for 5


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


def test_a_locked_store_costs_neither_an_attempt_nor_the_mail(gate: Gate, anne: Person, tmp_path: Path) -> None:
    event.listen(gate.parts.engine, "checkout", _impatient)
    spool_id = gate.accept(anne.writes("It is broken."))

    with write_lock(tmp_path / "mailgate.db"):
        gate.parts.receive(spool_id, gate.now)
    locked_out = gate.inbox(spool_id)

    gate.work()

    assert (locked_out.outcome.disposition, locked_out.attempts) == (Disposition.WAITING, 0)
    assert gate.inbox(spool_id).outcome.disposition is Disposition.OPENED


def _impatient(dbapi: sqlite3.Connection, *_: object) -> None:
    dbapi.execute("PRAGMA busy_timeout=20")


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


@dataclass
class Reader:
    """Somebody of the staff who looks at pages."""

    browser: httpx.Client
    statuses: Counter[int] = field(default_factory=Counter)
    slowest_seconds: float = 0.0

    def sign_in(self, link: str) -> None:
        """Follow a link that was made on the console."""
        assert self.browser.get(f"{link}/go").status_code == 303

    def reads(self) -> bool:
        """Look at each page; True, so that it can be done while something is waited for."""
        for path in READ:
            began = time.monotonic()
            self.statuses[self.browser.get(path).status_code] += 1
            self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)
        return True

    def ask_for_link(self) -> httpx.Response:
        """The answer to the sign-in form."""
        return self.browser.post("/sign-in", data={"email": BART.address})


@pytest.fixture
def web() -> dict[str, object]:
    """The pages are on, at a free port."""
    port = free_port()
    return {"listen": f"{LOOPBACK}:{port}", "public_url": f"http://{LOOPBACK}:{port}"}


@pytest.fixture
def reader(web: dict[str, object]) -> Iterator[Reader]:
    """Not signed in yet."""
    with httpx.Client(base_url=str(web["public_url"]), timeout=30.0) as browser:
        yield Reader(browser)


@pytest.mark.alone
def test_a_store_that_is_locked_under_load_costs_time_and_nothing_else(
    program: Program, ledger: Ledger, sink: Sink, reader: Reader
) -> None:
    """It is locked until whoever writes has been refused. The restart at the end saves the minute after which the sweep
    takes up the jobs that met the lock."""
    mails = [Mail(n, n, ANNE, ANNE.writes(text_of(n), subject=f"Matter {n}")) for n in range(MAILS)]
    link = program.ask("sign-in-link", BART.address)["url"]
    with pouring(program, smtp=3, lmtp=2) as clients:
        with program.serve() as gate:
            clients.take(mails[: MAILS // 2])
            clients.gate_comes()
            wait_until(lambda: len(sink.messages) > MAILS // 10, what="load")
            reader.sign_in(link)
            with write_lock(program.database), ThreadPoolExecutor() as aside:
                form = aside.submit(reader.ask_for_link)
                clients.take(mails[MAILS // 2 :])
                wait_until(
                    lambda: reader.reads() and bool(clients.refused) and form.done(),
                    what="a refused mail and a refused form",
                )
            wait_until(lambda: len(clients.promised) == MAILS, what="a 250 for each mail")
            gate.terminate()
            assert gate.exit_code() == 0
        with program.serve():
            wait_until(ledger.is_quiet, what="all mail settled and sent")

    assert {reply[:3] for reply in clients.refused} == {"451"}
    assert set(reader.statuses) == {200}
    assert reader.slowest_seconds < PAGE_SECONDS
    assert (form.result().status_code, form.result().headers["retry-after"]) == (503, "30")
    assert ledger.effects() == {mail.raw: ["opened"] for mail in mails}
    assert ledger.copies_sent() == Counter(ledger.queued())
    assert (ledger.left_open(), ledger.damage()) == (set(), [])
