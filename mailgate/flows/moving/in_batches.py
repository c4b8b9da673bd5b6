"""What a table calls for is done in batches, or only tried: the same work either way, which is then taken back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import Connection, Engine

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
