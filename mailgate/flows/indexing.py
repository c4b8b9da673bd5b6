"""What was written becomes findable: a moment later, in small pieces, and last of all while mail is coming in."""

from collections.abc import Callable

from sqlalchemy import Engine

from mailgate.jobs import Computing, alone
from store.engine import reading, transaction
from store.post import spool
from store.search import index as search

PIECE = 50
"""Rows in one transaction: some 10 ms, which a mail may have to wait."""

PIECES_IN_A_LOOK = 20
"""Of a look of the sweep, when no mail waits: else one."""


def index_some(engine: Engine, computing: Computing) -> int:
    """Index some of what is marked; returns how many rows. While mail waits for its disposition, one piece."""
    with reading(engine) as conn:
        if not search.count_marked(conn, limit=1):
            return 0
        pieces = 1 if spool.is_waiting(conn) else PIECES_IN_A_LOOK
    return _index(engine, pieces, computing, told=lambda _: None)


def index_all(engine: Engine, *, told: Callable[[int], None] = lambda _: None) -> int:
    """Index all that is marked; returns how many rows. `told` hears after each piece how many it were so far."""
    return _index(engine, None, alone, told=told)


def reindex(engine: Engine, *, told: Callable[[int], None] = lambda _: None) -> int:
    """Make the whole index anew; what is in it stays findable meanwhile. Returns how many rows."""
    with transaction(engine) as conn:
        search.mark_all(conn)
    return index_all(engine, told=told)


def _index(engine: Engine, pieces: int | None, computing: Computing, *, told: Callable[[int], None]) -> int:
    done = 0
    while pieces is None or pieces > 0:
        # Not durable: a power cut takes the documents and brings their marks back.
        with computing, transaction(engine, durable=False) as conn:
            rows = search.index_marked(conn, limit=PIECE)
        done += rows
        told(done)
        if rows < PIECE:
            break
        pieces = None if pieces is None else pieces - 1
    return done
