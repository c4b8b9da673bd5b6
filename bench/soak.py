"""Soak: two gates and two workers on one PostgreSQL under a steady load, while one after the other of them is killed.

    python -m bench --only soak --minutes 30

At half the rate that they were just seen to sustain, from the senders to the smarthost. Each minute a random gate or
worker is killed and started again at once. From the third minute of thirty on, one gate and one worker are spared: it
is their memory that is followed, from the fifth minute to the end. Then the ledgers are compared: what was sent and
promised, what is in the store, and what the smarthost got.
"""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, select

from bench.databases import durable_server, new_database, url_of
from bench.letters import mix
from bench.program import PATIENCE_SECONDS, Failed, Serving, bare, prepare, start, stop
from bench.results import MEMORY_GROWTH, PROMISES, Result, left_out, shown
from bench.run import Run, tell
from bench.senders import Senders, sending_to
from bench.usage import has_proc, mebibytes
from mailgate.config import load
from mailgate.mail.disposition import Disposition
from store.archive import archive_of
from store.engine import connect, reading
from store.schema import outbox, spool
from tests.crash.ledger import Ledger
from tests.servers.process import ServerMissing

PEAK, WARM, CONNECTIONS = 1500, 200, 10
BATCH_SECONDS = 10.0
QUICK_MINUTES, QUICK_KILLS_SECONDS = 0.4, 6.0
KILLS_SECONDS = 60.0

SPARED, FOLLOWED = 1 / 10, 1 / 6
"""Parts of the whole time after which one of each kind is spared, and its memory is looked at first."""

WINDOW = 1 / 30
"""Part of the time over which the median of the memory is taken, at both ends."""

LOOK_SECONDS = 0.5

_SMARTHOST = '\n[smarthost]\naddress = "127.0.0.1:{port}"\ntls = "none"\n'
_PROGRAMS = {"gate": ("serve", "--no-workers"), "worker": ("worker",)}


@dataclass(slots=True)
class Place:
    """Where a program runs, and the next one after its death."""

    kind: str
    directory: Path
    now: Serving

    def kill(self) -> None:
        """SIGKILL, and a new one."""
        self.now.process.kill()
        self.now.process.wait()
        self.now = start(self.directory, *_PROGRAMS[self.kind])


@dataclass(slots=True)
class Observed:
    """What was seen while the load lasted."""

    kills: int = 0
    memory: defaultdict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    """By kind: the part of the time that was over, and MiB."""


def soak(run: Run) -> Iterator[Result]:
    """Once, whatever the rounds: it is long enough."""
    if not has_proc():
        yield left_out("soak", "kills under load", "the system has no /proc")
        return
    directory = run.room("soak")
    smarthost = directory / "smarthost"
    try:
        with ExitStack() as running:
            server = running.enter_context(durable_server())
            port = running.enter_context(bare("bench.bare_smtp", "smtp", str(smarthost)))
            prepare(directory, staff=1, url=new_database(server), more=_SMARTHOST.format(port=port))
            ledger = running.enter_context(_ledger(directory))
            places = running.enter_context(_programs(directory))
            yield from _measure(run, places, ledger, smarthost)
    except ServerMissing as missing:
        yield left_out("soak", "kills under load", str(missing))


@contextmanager
def _ledger(directory: Path) -> Iterator[Ledger]:
    engine = connect(url_of(directory))
    yield Ledger(engine, archive_of(load(directory / "config.toml", {})), [])
    engine.dispose()


@contextmanager
def _programs(directory: Path) -> Iterator[list[Place]]:
    places: list[Place] = []
    try:
        for kind in ("gate", "gate", "worker", "worker"):
            places.append(Place(kind, directory, start(directory, *_PROGRAMS[kind])))
        yield places
    finally:
        for place in places:
            stop(place.now)


def _measure(run: Run, places: list[Place], ledger: Ledger, smarthost: Path) -> Iterator[Result]:
    def ports() -> list[int]:
        return [place.now.ports["smtp"] for place in places if place.kind == "gate"]

    minutes = QUICK_MINUTES if run.quick else run.minutes
    with sending_to(ports, connections=CONNECTIONS) as senders:
        peak = _peak(run, senders, ledger)
        tell(f"soak: {peak:.0f} mails a second at most; {minutes:g} minutes at half of that")
        begin = time.monotonic()
        load = threading.Thread(target=_pour, args=(senders, peak / 2, 60 * minutes))
        load.start()
        seen = _kill_meanwhile(places, ledger, minutes=minutes, every_seconds=_kills_every(run))
        load.join()
        tell("soak: what is on its way may end")
        _wait(lambda: senders.are_done and ledger.is_quiet())
        taken = time.monotonic() - begin
    wrong, copies = _compare(ledger.engine, senders, smarthost)
    wrong["left open"] = len(ledger.left_open())
    wrong["sent again though nobody died"] = max(0, copies - seen.kills)
    yield Result(
        "soak",
        f"mails lost, doubled or left open by {seen.kills} kills in {taken / 60:.0f} min",
        f"{sum(wrong.values())} of {senders.taken:,} at {shown(peak / 2)}/s (peak {shown(peak)}/s); "
        f"{copies} mails of ours went out twice, the same to the byte; {len(senders.refused)} times 4yz",
        sum(wrong.values()),
        PROMISES,
        {"wrong": wrong, "kills": seen.kills, "copies": copies, "peak": peak, "refused": senders.refused[:10]},
    )
    for kind, samples in seen.memory.items():
        first = median(mib for part, mib in samples if part <= samples[0][0] + WINDOW)
        last = median(mib for part, mib in samples if part >= samples[-1][0] - WINDOW)
        yield Result(
            "soak",
            f"memory of a {kind}, end / minute {minutes * FOLLOWED:.1f}",
            f"{last:.1f} MiB (before {first:.1f} MiB)",
            last / first,
            MEMORY_GROWTH,
            {"samples": samples},
        )


def _peak(run: Run, senders: Senders, ledger: Ledger) -> float:
    """Mails a second from the senders until the last is settled and all that it calls for is sent."""
    tell("soak: the peak")
    for name, count in (("warm", run.much(WARM)), ("peak", run.much(PEAK))):
        letters = mix(count, f"soak.{name}")
        begin = time.monotonic()
        senders.take(letters, rate=0)
        _wait(lambda: senders.are_done and ledger.is_quiet(), look_seconds=0.05)
    return count / (time.monotonic() - begin)


def _pour(senders: Senders, rate: float, seconds: float) -> None:
    """The mix, made as it is needed."""
    end = time.monotonic() + seconds
    batch = 0
    while (left := end - time.monotonic()) > 0:
        count = max(1, round(rate * min(BATCH_SECONDS, left)))
        senders.take(mix(count, f"soak.{batch}"), rate=rate)
        batch += 1


def _kill_meanwhile(places: list[Place], ledger: Ledger, *, minutes: float, every_seconds: float) -> Observed:
    """Look and kill until the time is over.

    A kill waits while it could hit what two deaths have met already: that would be left to a person, by design.
    """
    rng, seen, at_risk = random.Random(), Observed(), ledger.at_risk()
    begin, length = time.monotonic(), 60 * minutes
    next_kill = every_seconds
    spared = {kind: next(place for place in places if place.kind == kind) for kind in _PROGRAMS}
    while (passed := time.monotonic() - begin) < length:
        if passed >= length * FOLLOWED:
            for kind, place in spared.items():
                seen.memory[kind].append((passed / length, mebibytes(place.now.process.pid, "VmRSS")))
        if passed >= next_kill and length - passed > every_seconds / 2 and not at_risk & ledger.at_risk():
            at_risk = ledger.at_risk()
            may_die = [one for one in places if passed < length * SPARED or one not in spared.values()]
            victim = rng.choice(may_die)
            tell(f"soak: minute {passed / 60:.1f}, a {victim.kind} dies")
            victim.kill()
            seen.kills += 1
            next_kill += every_seconds
        for place in places:
            if place.now.process.poll() is not None:
                raise Failed(f"a {place.kind} ended by itself")
        time.sleep(LOOK_SECONDS)
    return seen


def _compare(engine: Engine, senders: Senders, smarthost: Path) -> tuple[dict[str, int], int]:
    """What is wrong, by its kind, and how many copies of mails of ours went out."""
    with reading(engine) as conn:
        rows = conn.execute(select(spool.c.id, spool.c.sha256, spool.c.disposition)).all()
        written = set(conn.execute(select(outbox.c.message_id)).scalars())
    kept = {row.id: row.sha256 for row in rows}
    effects: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.disposition != Disposition.DUPLICATE:
            effects[row.sha256].append(row.disposition)
    became = (Disposition.OPENED, Disposition.JOINED)
    got: defaultdict[str, list[str]] = defaultdict(list)
    for line in smarthost.read_text().splitlines():
        message_id, digest = line.split()
        got[message_id].append(digest)
    wrong = {
        "never promised": senders.taken - len(senders.promised),
        "promised and not kept": sum(kept.get(row_id) != digest for digest, row_id in senders.promised.items()),
        "without one effect": sum(len(effects[digest]) != 1 for digest in senders.promised),
        "not part of a ticket": sum(any(one not in became for one in found) for found in effects.values()),
        "written and not sent": len(written - got.keys()),
        "sent and not written": len(got.keys() - written),
        "copies that differ": sum(len(set(digests)) > 1 for digests in got.values()),
        "sent three times": sum(len(digests) > 2 for digests in got.values()),
    }
    return wrong, sum(len(digests) - 1 for digests in got.values())


def _wait(condition: Callable[[], bool], *, look_seconds: float = LOOK_SECONDS) -> None:
    """Until it holds, or for so long that the ledgers will say what is missing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(look_seconds)


def _kills_every(run: Run) -> float:
    return QUICK_KILLS_SECONDS if run.quick else KILLS_SECONDS
