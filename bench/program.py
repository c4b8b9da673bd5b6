"""The processes that are measured: `mailgate serve` with settings of its own, bare peers, and the clients."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import letters
from bench.databases import asking, url_of
from bench.letters import Letter
from store import people
from store.engine import connect, transaction
from store.migrations import upgrade

PATIENCE_SECONDS = 600.0
SQLITE = "sqlite:///mailgate.db"
MAILGATE = (sys.executable, "-c", "from mailgate.cli.main import run; run()")

_LISTENING = re.compile(r"listening door=(\w+) host=\S+ port=(\d+)")

_SETTINGS = """[store]
url = "{url}"
archive = "archive"

[smtp]
listen = "127.0.0.1:0"

[lmtp]
listen = "127.0.0.1:0"

[web]
listen = "{web}"

[authentication]
verify = "none"

[limits]
min_free_bytes = 0

[budgets]
acknowledgements_per_address_hour = 1000000
acknowledgements_per_address_day = 1000000
automatic_answers_per_domain_hour = 0
automatic_answers_per_hour = 0
tickets_per_sender_hour = 0
tickets_per_sender_day = 0
tickets_per_unverified_sender_hour = 0
mails_per_ticket_hour = 0
"""


class Failed(RuntimeError):
    """A process did not do what it is there for."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A gate that serves, or one of its programs."""

    directory: Path
    process: "subprocess.Popen[bytes]"
    ports: Mapping[str, int]  # by door

    def wait_settled(self) -> float:
        """The same as `wait_settled` of its directory."""
        return wait_settled(self.directory)

    def count(self, query: str) -> int:
        """One number from the store."""
        with asking(self.directory) as ask:
            return ask(query) or 0


def wait_settled(directory: Path) -> float:
    """Wait until no accepted mail waits; returns the instant (time.perf_counter) at which that was seen."""
    return wait_for_none(directory, "SELECT 1 FROM spool WHERE disposition = 'waiting' LIMIT 1")


def wait_for_none(directory: Path, query: str) -> float:
    """Wait until a query finds no row; the same. Raises Failed."""
    deadline = time.perf_counter() + PATIENCE_SECONDS
    with asking(directory) as ask:
        while ask(query) is not None:
            if time.perf_counter() > deadline:
                raise Failed(f"still there: {query}")
            time.sleep(0.01)
    return time.perf_counter()


@dataclass(frozen=True, slots=True)
class Sent:
    """What the load client reports; instants are those of time.perf_counter, the same for all processes here."""

    mails: int
    began_at: float  # the first connection
    ended_at: float  # the last reply
    seconds: float
    per_second: float
    p50_ms: float
    p99_ms: float
    client_busy: float


def prepare(
    directory: Path,
    *,
    customers: Sequence[str] = letters.PEOPLE,
    staff: int = 0,
    web: bool = False,
    url: str = SQLITE,
    more: str = "",
) -> None:
    """A store with these customers and so many staff, and the settings beside it, `more` of them at their end."""
    configure(directory, web=web, url=url, more=more)
    engine = connect(url_of(directory))
    upgrade(engine)
    now = datetime.now(UTC)
    with transaction(engine) as conn:
        for address in customers:
            people.add_customer(
                conn,
                address.partition("@")[0],
                address,
                country=None,
                currency="EUR",
                timezone="UTC",
                language="en",
                now=now,
            )
        for number in range(staff):
            people.add_staff(conn, f"Staff {number}", f"staff{number}@hosting.example", now=now)
    engine.dispose()


def configure(directory: Path, *, web: bool = False, url: str = SQLITE, more: str = "") -> None:
    """The settings alone, for a store that is there."""
    (directory / "config.toml").write_text(_SETTINGS.format(web="127.0.0.1:0" if web else "", url=url) + more)


@contextmanager
def serve(directory: Path, *options: str, under: Sequence[str] = ()) -> Iterator[Serving]:
    """`mailgate serve` in a prepared directory, ready; `under` is a command that runs it."""
    with program(directory, "serve", *options, under=under) as serving:
        yield serving


@contextmanager
def program(directory: Path, *command: str, under: Sequence[str] = ()) -> Iterator[Serving]:
    """One of the programs of a gate, such as `worker`, ready; it is drained with the block, if it has not ended."""
    started = start(directory, *command, under=under)
    try:
        yield started
    finally:
        stop(started)


def start(directory: Path, *command: str, under: Sequence[str] = ()) -> Serving:
    """The same, until somebody ends it. Raises Failed."""
    log = directory / f"{command[0]}.{os.urandom(4).hex()}.log"
    with log.open("wb") as output:
        words = [*under, *MAILGATE, "--config", str(directory / "config.toml"), *command]
        process = subprocess.Popen(words, stderr=output, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    try:
        _wait_ready(process, log)
    except Failed:
        process.kill()
        process.wait()
        raise
    return Serving(directory, process, {door: int(port) for door, port in _LISTENING.findall(log.read_text())})


def stop(serving: Serving) -> None:
    """SIGTERM, and wait for the end."""
    serving.process.send_signal(signal.SIGTERM)
    serving.process.wait(timeout=60)


@contextmanager
def bare(module: str, *arguments: str) -> Iterator[int]:
    """A bare peer of the bench; yields its port."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline()
        if not port:
            raise Failed(f"{module} did not start")
        yield int(port)
    finally:
        process.terminate()
        process.wait(timeout=60)
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def sending(
    directory: Path, port: int, mails: Sequence[Letter], *, connections: int, door: str = "smtp", rate: float = 0.0
) -> "Iterator[subprocess.Popen[str]]":
    """The load client at work; it is waited for by `report`, and ended with the block."""
    path = directory / f"{os.urandom(4).hex()}.mails"
    letters.save(mails, path)
    options = ["--door", door, "--connections", str(connections), "--rate", str(rate)]
    command = [sys.executable, "-m", "bench.mail_client", str(port), str(path), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        path.unlink()


def report(process: "subprocess.Popen[str]") -> Sent:
    """Wait for the load client. Raises Failed when a mail was refused."""
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    found = json.loads(output)
    if errors := found.pop("errors"):
        raise Failed(f"refused: {errors[0]}")
    return Sent(**found)


def send(
    directory: Path, port: int, mails: Sequence[Letter], *, connections: int, door: str = "smtp", rate: float = 0.0
) -> Sent:
    """Send these mails and wait for the last reply. Raises Failed when a mail was refused."""
    with sending(directory, port, mails, connections=connections, door=door, rate=rate) as process:
        return report(process)


def _wait_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while "\nready\n" not in "\n" + log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Failed(f"it did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
