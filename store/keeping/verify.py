"""Verify: does the archive have what the rows name, byte for byte, and what has it that no row names."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, select

from store.archive import Archive, Blob, MissingBlob, Stored, bury
from store.engine import reading, transaction
from store.schema import attachments, blobs, document_files, entries, invoices, outbox, spool

SETTLED = timedelta(days=1)
"""An object that no row names may be of a mail that is just being taken in; after so long it is of none."""

_AT_ONCE = 50  # rows that may have their bytes with them
_NAMES_AT_ONCE = 500

Progress = Callable[[str, int, int], None]
"""What is looked at, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A blob that is not as its row says."""

    sha256: str
    is_missing: bool  # else it is there, and damaged
    reason: str
    inbox: tuple[int, ...]  # the mails in whose bytes they are
    outbox: tuple[int, ...]
    tickets: tuple[int, ...]  # whose entries have the file
    documents: tuple[str, ...] = ()  # the numbers of those whose PDF or e-invoice it is


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found. The archive is whole when there is no fault."""

    blobs: int
    large: int
    total_bytes: int
    faults: tuple[Fault, ...]
    unnamed: tuple[Stored, ...]


def verify(engine: Engine, archive: Archive, *, now: datetime, progress: Progress) -> Verified:
    """Read every blob, small and large, and list the large ones; writers may go on. Raises ArchiveUnavailable."""
    count = large = total = 0
    faults: list[Fault] = []
    with reading(engine) as conn:
        of = int(conn.execute(select(func.count()).select_from(blobs)).scalar_one())
    for blob in _all(engine):
        reason = _reason(engine, archive, blob)
        if reason is not None:
            with reading(engine) as conn:
                faults.append(_fault(conn, blob, reason))
        count, large, total = count + 1, large + (blob.content is None), total + blob.size
        progress("blobs", min(count, of), of)
    return Verified(count, large, total, tuple(faults), tuple(_unnamed(engine, archive, now)))


def remove_unnamed(engine: Engine, archive: Archive, unnamed: Sequence[Stored], progress: Progress) -> int:
    """Remove objects that no row names, unless one does by now; returns how many. Raises OSError, ArchiveUnavailable.

    Nobody can name them anew meanwhile: they are buried first, a few at a time.
    """
    removed = 0
    for begin in range(0, len(unnamed), _AT_ONCE):
        some = [one.sha256 for one in unnamed[begin : begin + _AT_ONCE]]
        with transaction(engine) as conn:
            buried = bury(conn, some)
        archive.discard(buried)
        removed += len(buried)
        progress("unnamed", begin + len(some), len(unnamed))
    return removed


def _all(engine: Engine) -> Iterator[Blob]:
    """Every blob, by digest; no transaction is open while one is looked at."""
    last = ""
    while True:
        some = select(blobs.c.sha256, blobs.c.size, blobs.c.content).where(blobs.c.sha256 > last)
        with reading(engine) as conn:
            rows = conn.execute(some.order_by(blobs.c.sha256).limit(_AT_ONCE)).all()
        if not rows:
            return
        for row in rows:
            yield Blob(row.sha256, row.size, None if row.content is None else bytes(row.content))
        last = rows[-1].sha256


def _reason(engine: Engine, archive: Archive, blob: Blob) -> MissingBlob | str | None:
    """What is wrong with its bytes; None when nothing is."""
    try:
        raw = archive.read(blob)
    except MissingBlob as missing:
        with reading(engine) as conn:
            still_named = archive.sizes(conn, [blob.sha256])
        return missing if still_named else None  # else it was erased meanwhile
    if len(raw) != blob.size:
        return f"{len(raw)} bytes in place of {blob.size}"
    return None if hashlib.sha256(raw).hexdigest() == blob.sha256 else "its bytes have another digest"


def _fault(conn: Connection, blob: Blob, reason: MissingBlob | str) -> Fault:
    named = select(entries.c.ticket_id).join(attachments, attachments.c.entry_id == entries.c.id).distinct()
    papers = select(invoices.c.number).join(document_files, document_files.c.invoice_id == invoices.c.id).distinct()
    return Fault(
        blob.sha256,
        isinstance(reason, MissingBlob),
        str(reason),
        tuple(conn.execute(select(spool.c.id).where(spool.c.sha256 == blob.sha256)).scalars()),
        tuple(conn.execute(select(outbox.c.id).where(outbox.c.sha256 == blob.sha256)).scalars()),
        tuple(conn.execute(named.where(attachments.c.sha256 == blob.sha256)).scalars()),
        tuple(conn.execute(papers.where(document_files.c.sha256 == blob.sha256)).scalars()),
    )


def _unnamed(engine: Engine, archive: Archive, now: datetime) -> Iterator[Stored]:
    waiting: list[Stored] = []
    for one in archive.objects.listing():
        if now - one.written_at > SETTLED:
            waiting.append(one)
        if len(waiting) == _NAMES_AT_ONCE:
            yield from _without_row(engine, archive, waiting)
            waiting = []
    yield from _without_row(engine, archive, waiting)


def _without_row(engine: Engine, archive: Archive, some: Sequence[Stored]) -> Iterator[Stored]:
    with reading(engine) as conn:
        named: Mapping[str, int] = archive.sizes(conn, [one.sha256 for one in some])
    return (one for one in some if one.sha256 not in named)
