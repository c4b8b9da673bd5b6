"""Makes a history up, some tickets at a time: here, or in a process beside the one that writes."""

import multiprocessing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from multiprocessing.connection import Connection
from random import Random

from bench.generate.history import History
from bench.generate.rows import Batch, Beginning, Home, Size

TICKETS_AT_ONCE = 1000
"""In one transaction; their histories are interleaved as if they had happened side by side."""


@dataclass(frozen=True, slots=True)
class Made:
    """Rows for one transaction; the last comes with when each contact wrote last."""

    batches: tuple[Batch, ...]
    is_last: bool
    wrote_at: Mapping[int, datetime]


def make(size: Size, home: Home, beginning: Beginning, now: datetime) -> Iterator[Made]:
    """All of it, in order."""
    rng = Random(size.seed)
    history = History(home, beginning, rng, now=now, indexed=size.indexed)
    history.register(max(1, size.tickets // 8))
    lengths = _lengths(size, rng)
    for start in range(0, size.tickets, TICKETS_AT_ONCE):
        some = lengths[start : start + TICKETS_AT_ONCE]
        end = start + len(some)
        history.go_on(some, begin=start / size.tickets, end=end / size.tickets)
        is_last = end == size.tickets
        yield Made(history.take(), is_last, history.wrote_at if is_last else {})


def make_aside(size: Size, home: Home, beginning: Beginning, now: datetime) -> Iterator[Made]:
    """The same, made by another process. Raises EOFError when that one fails; its traceback is on stderr."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sending, size, home, beginning, now), daemon=True)
    process.start()
    sending.close()
    try:
        is_last = False
        while not is_last:
            made: Made = receiving.recv()
            is_last = made.is_last
            yield made
    finally:
        receiving.close()
        process.join()


def _send(sending: "Connection[Made, Made]", size: Size, home: Home, beginning: Beginning, now: datetime) -> None:
    for made in make(size, home, beginning, now):
        sending.send(made)


def _lengths(size: Size, rng: Random) -> list[int]:
    """Messages of each ticket: most have some, few have many."""
    lengths = [1] * size.tickets
    weights = list(accumulate(rng.expovariate(1.0) for _ in lengths))
    for number in rng.choices(range(size.tickets), cum_weights=weights, k=size.messages - size.tickets):
        lengths[number] += 1
    return lengths
