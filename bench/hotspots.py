"""Where the time of one mail goes on its way from the spool to its ticket: steps by the clock, then a profile."""

import cProfile
import pstats
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from sqlalchemy import Engine, event

from bench.inline import gate, opened, settle, spooled
from bench.letters import mix
from bench.run import Run
from mailgate.wiring import Parts
from workers.pace import IN_HAND

MAILS = 300
LINES = 30

STEPS = {
    "receive.checked": "take the row, load the bytes, ask for spam",
    "receive.read": "read the mail; hash and keep its files",
    "receive.before-commit": "decide, read and write the rows",
    "receive.committed": "commit",
}


class Clock:
    """A fail point that only looks at the clock, and what the engine tells of its statements."""

    def __init__(self) -> None:
        self.clear()
        self._last = ""
        self._since = 0.0
        self._mails = 1

    def clear(self) -> None:
        """Forget what was measured."""
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self.statements: Counter[str] = Counter()
        self.driver_seconds: defaultdict[str, float] = defaultdict(float)  # by statement
        self.sqlalchemy_seconds = 0.0

    def __call__(self, name: str) -> None:
        now = time.perf_counter()
        if name in STEPS:
            self.seconds[name].append((now - self._since) / self._mails)
        self._last, self._since = name, now

    def begin(self, mails: int) -> None:
        """So many are taken up."""
        self._mails = mails
        self("begin")

    def watch_transactions(self, engine: Engine) -> None:
        """A transaction that begins after the spam check is the one that settles: the mail has been read."""

        @event.listens_for(engine, "begin")
        def _begin(_conn: object) -> None:
            if self._last == "receive.checked":
                self("receive.read")

    def watch_statements(self, engine: Engine) -> None:
        """Count the statements, and the time for them in the database driver and with SQLAlchemy around it."""
        began = {"sqlalchemy": 0.0, "driver": 0.0}
        longest = 110

        @event.listens_for(engine, "before_execute")
        def _before(*_all: object) -> None:
            began["sqlalchemy"] = time.perf_counter()

        @event.listens_for(engine, "after_execute")
        def _after(*_all: object) -> None:
            self.sqlalchemy_seconds += time.perf_counter() - began["sqlalchemy"]

        @event.listens_for(engine, "before_cursor_execute")
        def _before_driver(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
            self.statements[" ".join(statement.split())[:longest]] += 1
            began["driver"] = time.perf_counter()

        @event.listens_for(engine, "after_cursor_execute")
        def _after_driver(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
            self.driver_seconds[" ".join(statement.split())[:longest]] += time.perf_counter() - began["driver"]


def print_profile(run: Run) -> None:
    """Settle a mix of mails inline: first by the clock alone, then under cProfile, which makes small functions dear."""
    directory, clock, count = run.room("profile"), Clock(), run.much(MAILS)
    with gate(directory, fail_point=clock) as parts:
        clock.watch_transactions(parts.engine)
        _settle(parts, clock, spooled(parts, mix(count, "warm")))
        ids = spooled(parts, mix(count, "clock"))
        clock.clear()
        _print_steps(clock, _settle(parts, clock, ids), count)
        ids = spooled(parts, mix(count, "counted"))
        clock.watch_statements(parts.engine)
        clock.clear()
        _settle(parts, clock, ids)
        _print_statements(clock, count)
    with opened(directory) as parts:
        ids = spooled(parts, mix(count, "profiled"))
        profile = cProfile.Profile()
        profile.enable()
        _settle(parts, clock, ids)
        profile.disable()
    _print_rooms(profile)
    _print_functions(profile, count)


def _settle(parts: Parts, clock: Clock, ids: Sequence[int]) -> float:
    begin = time.perf_counter()
    for at in range(0, len(ids), IN_HAND):
        group = ids[at : at + IN_HAND]
        clock.begin(len(group))
        settle(parts, group)
    return time.perf_counter() - begin


def _print_steps(clock: Clock, seconds: float, count: int) -> None:
    print(
        f"one mail of the mix, one staff member told: {1000 * seconds / count:.2f} ms, {count / seconds:.0f}/s inline"
    )
    for name, words in STEPS.items():
        print(f"  {1000 * mean(clock.seconds[name]):6.2f} ms  {words}")


def _print_statements(clock: Clock, count: int) -> None:
    driver, around = 1000 * sum(clock.driver_seconds.values()) / count, 1000 * clock.sqlalchemy_seconds / count
    number = clock.statements.total() / count
    print(f"\n{number:.1f} statements a mail: {around:.2f} ms with SQLAlchemy, {driver:.2f} ms of it in the driver")
    for statement, seconds in sorted(clock.driver_seconds.items(), key=lambda one: -one[1])[:LINES]:
        print(f"  {1000 * seconds / count:6.3f} ms  {clock.statements[statement] / count:5.2f} times  {statement}")


def _print_rooms(profile: cProfile.Profile) -> None:
    """The profile's own time by package."""
    rooms: Counter[str] = Counter()
    for function in profile.getstats():
        rooms[_room(function.code)] += round(function.inlinetime * 1e6)
    total = rooms.total()
    print("\nown time by package, under cProfile")
    for room, spent in rooms.most_common(12):
        print(f"  {100 * spent / total:5.1f} %  {room}")


def _room(code: object) -> str:
    if isinstance(code, str):  # built in: "<method 'execute' of 'sqlite3.Cursor' objects>"
        return next((name for name in ("sqlite3", "hashlib", "re.", "base64", "json") if name in code), "built in")
    path = Path(getattr(code, "co_filename", ""))
    names = path.parts
    if "site-packages" in names:
        return names[names.index("site-packages") + 1]
    for top in ("mailgate", "store", "workers"):
        if top in names[-4:]:
            return "/".join(names[len(names) - 1 - names[::-1].index(top) : -1])
    return f"standard library: {path.parent.name if path.parent.name in ('json', 'email', 're') else path.stem}"


def _print_functions(profile: cProfile.Profile, count: int) -> None:
    stats = pstats.Stats(profile)
    print(f"\ncProfile of {count} mails")
    for order in ("cumulative", "tottime"):
        stats.strip_dirs().sort_stats(order).print_stats(LINES)
