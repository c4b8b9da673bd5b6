"""The two places that real mails go through: one program on SQLite, and programs that are killed beside each other."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from store import people
from store.archive import Archive, Directory
from store.engine import connect, transaction
from store.migrations import upgrade
from tests.outbound.sink import HOST, Sink, running
from tests.program import Program, Sections, Serving, configured
from tests.real_input.feed import FRONT, Progress
from tests.real_input.mails import People
from tests.servers.postfix import NextHops, Postfix, start_postfix
from tests.servers.postgresql import Postgresql, running_postgresql
from tests.servers.process import LOOPBACK, wait_until
from tests.servers.rabbitmq import RabbitMq, running_rabbitmq

DOMAIN = "support.example"
AWAY_SECONDS = 2.0

FIRST_TICKET = 10**12
"""No mail can name a ticket by a number that it happens to bear: a tag has twelve digits at most."""

# A gate whose store is away says of each mail that it asked its sender to come again: that is in order.
_ERROR = re.compile(
    r"^\S+ \S+ (?:ERROR|CRITICAL) (?!mailgate\.inbound\.accept not accepted: )(.{1,60})|^(Traceback)", re.MULTILINE
)

# What a flood holds back depends on who came first.
_WITHOUT_LIMITS = {
    "acknowledgements_per_address_hour": 1_000_000,
    "acknowledgements_per_address_day": 1_000_000,
    "automatic_answers_per_domain_hour": 0,
    "automatic_answers_per_hour": 0,
    "held_notices_per_hour": 0,
    "returned_per_staff_hour": 0,
    "tickets_per_sender_hour": 0,
    "tickets_per_sender_day": 0,
    "tickets_per_unverified_sender_hour": 0,
    "tickets_of_strangers_per_hour": 0,
    "mails_per_ticket_hour": 0,
    "machine_mails_per_ticket_hour": 0,
}


@dataclass(frozen=True)
class Fault:
    """One part goes, and comes back."""

    what: str
    strike: Callable[[], None]
    mend: Callable[[], None]
    kills_worker: bool = False


@dataclass(frozen=True)
class Place:
    """A store with programs at work on it, a Postfix in front, and the smarthost's mailbox."""

    name: str
    engine: Engine
    archive: Archive
    front: Postfix
    sink: Sink
    programs: Sequence["Mortal"]
    faults: tuple[Fault, ...] = ()

    def end(self) -> list[str]:
        """Ask all programs to end; those that did not do so properly, and what any of them logged as an error."""
        codes = [(one.command, one.end()) for one in self.programs]
        logs = {path for one in self.programs for path in one.program.directory.glob("*.log")}
        errors = Counter(name for path in logs for name in _errors(path.read_text(errors="replace")))
        return [
            *(f"{command} ended with {code}" for command, code in codes if code != 0),
            *(f"logged as an error, {count} times: {name}" for name, count in errors.items()),
        ]


@dataclass
class Mortal:
    """A program that may be killed and started again."""

    program: Program
    command: str
    _running: ExitStack = field(default_factory=ExitStack)
    _serving: Serving | None = None

    def start(self) -> None:
        """Be ready."""
        self._serving = self._running.enter_context(self.program.beside(*self.command.split()))

    def kill(self) -> None:
        """SIGKILL, and gone with all that it started."""
        assert self._serving is not None
        self._serving.kill()
        self.close()

    def end(self) -> int:
        """SIGTERM; the exit code."""
        assert self._serving is not None
        self._serving.terminate()
        code = self._serving.exit_code()
        self.close()
        return code

    def close(self) -> None:
        """Gone, however it was before."""
        self._running.close()


def strike_in_turn(faults: Sequence[Fault], progress: Progress, say: Callable[[str], None]) -> int:
    """Each part goes and comes back when it is its turn by the progress; how many did."""
    for number, fault in enumerate(faults):
        wait_until(lambda: progress.is_time_for_a_fault or progress.over.is_set(), what=fault.what, within_seconds=3600)
        if progress.over.is_set():
            return number
        say(f"  {fault.what}, after {progress.seconds:.0f} s, with {progress.settled} settled of {progress.sent} sent")
        progress.struck += 1
        fault.strike()
        progress.over.wait(AWAY_SECONDS)
        fault.mend()
    return len(faults)


def _errors(log: str) -> list[str]:
    return [error or trace for error, trace in _ERROR.findall(log)]


@contextmanager
def embedded(directory: Path, people: People) -> Iterator[Place]:
    """One `mailgate serve` on SQLite."""
    with ExitStack() as up:
        sink = up.enter_context(running(Sink()))
        program = configured(directory / "embedded", _sections(sink))
        engine = up.enter_context(_store(f"sqlite:///{program.database}", people))
        front = up.enter_context(_front(f"{LOOPBACK}:{program.lmtp_port}"))
        serve = _started(up, program, "serve")
        archive = Archive(Directory(program.directory / "var" / "archive"))
        yield Place("embedded", engine, archive, front, sink, (serve,))


@contextmanager
def distributed(directory: Path, people: People) -> Iterator[Place]:
    """Two gates and two workers on PostgreSQL and RabbitMQ, a Postfix in front of both gates.

    PostgreSQL goes before the workers are killed: what one of them was lent by a commit whose answer was lost is free
    when it is dead, else after a quarter of an hour.
    """
    with ExitStack() as up:
        database = up.enter_context(running_postgresql())
        broker = up.enter_context(running_rabbitmq())
        sink = up.enter_context(running(Sink()))
        url, archive = database.url("gate"), directory / "archive"
        engine = up.enter_context(_store(url, people))
        sections: Sections = {
            **_sections(sink),
            "store": {"url": url, "archive": str(archive)},
            "workers": {"broker": broker.url, "threads": 2},
        }
        one, other = (configured(directory / name, sections) for name in ("one", "other"))
        front = up.enter_context(_front((f"{LOOPBACK}:{one.lmtp_port}", f"{LOOPBACK}:{other.lmtp_port}")))
        programs = [
            _started(up, program, command) for command in ("serve --no-workers", "worker") for program in (one, other)
        ]
        yield Place(
            "distributed",
            engine,
            Archive(Directory(archive)),
            front,
            sink,
            programs,
            _faults(programs, database, broker),
        )


def _faults(programs: Sequence[Mortal], database: Postgresql, broker: RabbitMq) -> tuple[Fault, ...]:
    one, other, worker, second = programs
    return (
        # First: what comes while it is away is settled a minute later.
        Fault("RabbitMQ is stopped", broker.stop, broker.start),
        Fault("a gate is killed", one.kill, one.start),
        Fault("PostgreSQL is restarted", database.stop, database.start),
        Fault("a worker is killed", worker.kill, worker.start, kills_worker=True),
        Fault("the other gate is killed", other.kill, other.start),
        Fault("the other worker is killed", second.kill, second.start, kills_worker=True),
    )


def _sections(sink: Sink) -> Sections:
    return {
        "smarthost": {"address": f"{HOST}:{sink.port}", "tls": "none"},
        "smtp": {"listen": ""},
        "budgets": _WITHOUT_LIMITS,
    }


@contextmanager
def _store(url: str, known: People) -> Iterator[Engine]:
    engine = connect(url)
    upgrade(engine)
    now = datetime.now(UTC)
    with transaction(engine) as conn:
        for number, address in enumerate(known.customers, start=1):
            people.add_customer(
                conn, f"Customer {number}", address,
                country=None, currency="EUR", timezone="UTC", language="en", now=now,
            )  # fmt: skip
        for number, address in enumerate((*known.staff, "bart@hosting.example"), start=1):
            people.add_staff(conn, f"Staff {number}", address, now=now)
        if engine.dialect.name == "sqlite":
            conn.execute(text("INSERT INTO sqlite_sequence VALUES ('tickets', :last)"), {"last": FIRST_TICKET})
        else:
            conn.execute(text("SELECT setval(pg_get_serial_sequence('tickets', 'id'), :last)"), {"last": FIRST_TICKET})
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _front(gates: NextHops) -> Iterator[Postfix]:
    front = start_postfix(lmtp={DOMAIN: gates}, main_cf=FRONT)
    try:
        yield front
    finally:
        front.stop()


def _started(up: ExitStack, program: Program, command: str) -> Mortal:
    mortal = Mortal(program, command)
    up.callback(mortal.close)
    mortal.start()
    return mortal
