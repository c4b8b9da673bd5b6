"""What a table calls for is done in batches, or only tried: the same work either way, which is then taken back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine

from mailgate.flows.moving.table import Fault, Line
from store.engine import transact

R = TypeVar("R")
D = TypeVar("D")


class _OnlyTried(Exception):
    """The transaction is taken back."""


def carried_out(engine: Engine, story: Callable[[Connection], D], *, is_for_good: bool) -> D:
    """What the story returns, in a transaction of its own; nothing of it stays unless it is for good."""
    if is_for_good:
        return transact(engine, story)
    told: list[D] = []

    def tried(conn: Connection) -> None:
        told[:] = [story(conn)]
        raise _OnlyTried

    with suppress(_OnlyTried):
        transact(engine, tried)
    return told[0]


class _Row(Protocol):
    @property
    def customer(self) -> str: ...
    @property
    def line(self) -> Line: ...


class _Moved(Protocol):
    @property
    def row(self) -> _Row: ...


T = TypeVar("T", bound=_Row)
M = TypeVar("M", bound=_Moved)

Story = Callable[[Connection, Sequence[T]], tuple[list[M], list[Fault]]]
"""Moves some rows: what they have become, and what is wrong with the others."""


def moved_by_customers(
    engine: Engine,
    rows: Sequence[T],
    story: Story[T, M],
    *,
    at_once: int,
    is_for_good: bool,
    progress: Callable[[int, int], None],
) -> tuple[list[M], list[Fault]]:
    """The story of about `at_once` rows in each transaction, those of one customer together; by the lines of the file.

    `progress` hears how many rows of all are done.
    """
    theirs: dict[str, list[T]] = {}
    for row in rows:
        theirs.setdefault(row.customer, []).append(row)
    moved: list[M] = []
    faults: list[Fault] = []
    done = 0
    for batch in batches(theirs, at_once):
        new, bad = carried_out(engine, partial(_told, story, batch), is_for_good=is_for_good)
        moved += new
        faults += bad
        done += len(batch)
        progress(done, len(rows))
    moved.sort(key=lambda one: one.row.line.number)
    faults.sort(key=lambda one: one.line)
    return moved, faults


def _told(story: Story[T, M], rows: Sequence[T], conn: Connection) -> tuple[list[M], list[Fault]]:
    return story(conn, rows)


def batches(theirs: Mapping[str, Sequence[R]], size: int) -> Iterator[list[R]]:
    """Rows by their customers, in batches of about so many: those of one customer are never parted."""
    batch: list[R] = []
    for rows in theirs.values():
        batch.extend(rows)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
