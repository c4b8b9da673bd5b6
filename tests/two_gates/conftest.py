"""Two gates that share a store, and a way to have them decide at the same time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import psycopg
import pytest
from sqlalchemy import Connection, event

from mailgate.config.settings import QueueList
from tests.empty_store import server_store
from tests.gate import Gate, Person, Received, begin_gate
from tests.servers.postgresql import Postgresql
from tests.servers.process import wait_until

SECONDS = 60.0

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Two:
    """Two gates, each with connections of its own to the one store, and its own smarthost."""

    one: Gate
    other: Gate
    database: str  # as libpq takes it

    def at_once(self, first: Callable[[], T], second: Callable[[], U], *, after: str) -> tuple[T, U]:
        """The same of what gate one does, and then the other."""
        return at_once(self.one.parts.engine, self.database, first, second, after=after)

    def side_by_side(self, first: Callable[[], T], second: Callable[[], U]) -> tuple[T, U]:
        """Have both done at the same time, as it comes."""
        with ThreadPoolExecutor(2) as threads:
            begun, following = threads.submit(first), threads.submit(second)
            return begun.result(SECONDS), following.result(SECONDS)

    def work(self) -> None:
        """Both do all that is ready."""
        self.one.work()
        self.other.now = self.one.now
        self.other.work()

    def later(self, **by: float) -> None:
        """Let time pass for both, and have the one do what is due."""
        self.one.later(**by)
        self.other.now = self.one.now

    def mailbox(self, person: Person) -> list[Received]:
        """What came to somebody by either gate's smarthost."""
        return [*self.one.mailbox(person), *self.other.mailbox(person)]


def at_once(engine: Any, database: str, first: Callable[[], T], second: Callable[[], U], *, after: str) -> tuple[T, U]:
    """Have both done so that neither sees what the other has written before it had to decide.

    `first`, which uses this engine, stops just before the commit of a transaction in which a statement with the words
    `after` was executed. Then `second` begins; when it has ended, or waits for a lock that the first has, the first
    goes on. What either raises is raised.
    """
    reached, go_on = Event(), Event()
    said: dict[int, list[str]] = {}

    def note(conn: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        said.setdefault(id(conn), []).append(statement)

    def stop(conn: Connection) -> None:
        words = said.pop(id(conn), [])
        if not reached.is_set() and any(after in one for one in words):
            reached.set()
            assert go_on.wait(SECONDS)

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", stop)
    try:
        with ThreadPoolExecutor(2) as threads:
            begun = threads.submit(first)
            try:
                wait_until(lambda: reached.is_set() or begun.done(), what="the first to come to its commit")
                assert reached.is_set(), f"no statement of the first has {after!r}: {begun.result()}"
                following = threads.submit(second)
                wait_until(lambda: following.done() or _is_waited(database), what="the second to end or to wait")
            finally:
                go_on.set()
            return begun.result(SECONDS), following.result(SECONDS)
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", stop)


def _is_waited(database: str) -> bool:
    with psycopg.connect(database, autocommit=True) as conn:
        waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return conn.execute(waiting).fetchone() is not None


@contextmanager
def _two(directory: Path, server: Postgresql, **desk_rules: object) -> Iterator[Two]:
    with ExitStack() as running:
        url = running.enter_context(server_store(server))
        rules = {"undo_seconds": 30, **desk_rules}
        one, other = (
            running.enter_context(begin_gate(directory, store={"url": url}, desk_rules=rules)) for _ in range(2)
        )
        yield Two(one, other, url.replace("+psycopg", ""))


@pytest.fixture
def two(tmp_path: Path, postgresql: Postgresql) -> Iterator[Two]:
    """Two gates with the shipped settings but for a short wait for `!undo`, and no list of open tickets."""
    with _two(tmp_path, postgresql) as two:
        yield two


@pytest.fixture
def two_with_lists(tmp_path: Path, postgresql: Postgresql) -> Iterator[Two]:
    """The same with a list of open tickets each morning."""
    with _two(tmp_path, postgresql, queue_list=QueueList.DAILY) as two:
        yield two


@pytest.fixture
def anne(two: Two) -> Person:
    """A registered customer, of account 1."""
    return two.one.customer("Anne Miller", "anne@customer.example")


@pytest.fixture
def bart(two: Two) -> Person:
    """One who answers."""
    return two.one.staff("Bart Jones", "bart@hosting.example")


@pytest.fixture
def dora(two: Two) -> Person:
    """Another who answers."""
    return two.one.staff("Dora Smith", "dora@hosting.example")
