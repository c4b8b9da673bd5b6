"""Move a store: from a file into a PostgreSQL when a company grows out of one machine, and back.

The rows alone are copied; large blobs stay in the archive, which both stores have in common. The source is not changed.
A move that was broken off is gone on with by the next one. Rows are copied in the order of their primary keys, each
batch in one transaction with a mark of how far it went.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, func, select

from mailgate.errors import Permanent
from store.engine import connect
from store.keeping import serving
from store.keeping.copies.contents import Progress
from store.keeping.copies.restored import StoreInUse
from store.keeping.copies.server_restore import alone
from store.keeping.moving.ends import Progressed, Target, counters, filling, nobody_writes
from store.keeping.moving.rows import Sum, batches, count, key_of, sum_up, write
from store.migrations import HEAD, upgrade
from store.schema import blobs, keys, metadata


class SameStore(Permanent):
    """Source and target are one."""


class RowsDiffer(Permanent):
    """What arrived is not what was sent off."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One table, as it is in both."""

    name: str
    sum: Sum


@dataclass(frozen=True, slots=True)
class Done:
    """What was moved."""

    source: str  # URLs without their passwords
    target: str
    resumed: bool
    tables: tuple[Moved, ...]
    large: int  # blobs that stayed where they were

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.sum.rows for table in self.tables)


def move(from_url: str, to_url: str, archive: Path, *, start_over: bool, progress: Progress) -> Done:
    """Copy all rows of one store into an empty database, or go on with that, and compare both.

    `archive`: the directory of the lock of `serve`. `start_over`: take away what a broken-off move has left there.
    Raises SameStore, NoStore, StoreInUse, StoreThere, StoreTooNew, StoreUnfinished, HalfOfAnother, UnmovableRow,
    LostConnection, RowsDiffer, and what SQLAlchemy raises; the target is no store then.
    """
    source_engine, target_engine = connect(from_url, must_exist=True), connect(to_url)
    try:
        if source_engine.url == target_engine.url:
            raise SameStore("the store cannot be moved to where it is")
        with _no_serve(archive):
            upgrade(source_engine)
            with nobody_writes(source_engine) as source, _alone(target_engine), filling(target_engine) as target:
                resumed = target.claim(_name_of(source), start_over=start_over)
                _copy(source, target, progress)
                sums = _compare(source, target, progress)
                target.finish(counters(source))
                large = source.execute(select(func.count()).where(blobs.c.content.is_(None))).scalar_one()
        shown = [engine.url.render_as_string(hide_password=True) for engine in (source_engine, target_engine)]
        return Done(shown[0], shown[1], resumed, sums, large)
    finally:
        source_engine.dispose()
        target_engine.dispose()


@contextmanager
def _no_serve(archive: Path) -> Iterator[None]:
    archive.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = serving.take(archive)
    if held is None:
        raise StoreInUse(f"a `mailgate serve` works on the store of {archive}: stop it first")
    with held:
        yield


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    with alone(engine) if engine.dialect.name == "postgresql" else nullcontext():
        yield


def _name_of(source: Connection) -> str:
    """Of no other store, and of none in another schema; its keys are told to nobody by it."""
    digest = hashlib.sha256(HEAD.encode())
    for kid, secret in source.execute(select(keys.c.kid, keys.c.secret).order_by(keys.c.kid)):
        digest.update(b"%d" % kid + hashlib.sha256(bytes(secret)).digest())
    return digest.hexdigest()[:16]


def _copy(source: Connection, target: Target, progress: Progress) -> None:
    of = sum(count(source, table) for table in metadata.sorted_tables)
    arrived = 0
    for table in metadata.sorted_tables:
        so_far = target.progress(table)
        arrived += so_far.rows
        if so_far.whole:
            continue
        rows, last = so_far.rows, so_far.last_key
        for batch in batches(source, table, after=last):
            rows, last = rows + len(batch), key_of(table, batch[-1])
            with target.conn.begin():
                write(target.conn, table, batch)
                target.note(table, Progressed(rows, last, whole=False))
            arrived += len(batch)
            progress("rows copied", min(arrived, of), of)
        with target.conn.begin():
            target.note(table, Progressed(rows, last, whole=True))


def _compare(source: Connection, target: Target, progress: Progress) -> tuple[Moved, ...]:
    tables: Sequence[Table] = metadata.sorted_tables
    of = 2 * sum(count(source, table) for table in tables)
    read = 0

    def seen(rows: int) -> None:
        nonlocal read
        read += rows
        progress("rows compared", min(read, of), of)

    moved, differing = [], []
    for table in tables:
        here = sum_up(source, table, seen=seen)
        with target.conn.begin():
            there = sum_up(target.conn, table, seen=seen)
        moved.append(Moved(table.name, here))
        if here != there:
            what = f"{here.rows} rows and {there.rows}" if here.rows != there.rows else f"{here.rows} rows each"
            differing.append(f"{table.name} ({what})")
    if differing:
        raise RowsDiffer(f"what arrived is not what is in the source: {', '.join(differing)}")
    return tuple(moved)
