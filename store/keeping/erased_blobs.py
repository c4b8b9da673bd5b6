"""The bytes that an erasure takes: those that its rows named, and that no other row names."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, String, cast, delete, select

from mailgate.mail.parse import parse
from mailgate.mail.tnef import unwrapped
from store.archive import Archive, MissingBlob, bury
from store.engine import reading
from store.post.notices import archived_files
from store.schema import attachments, blobs, document_files, outbox, spool

Attached = Mapping[str, Mapping[str, int]]
"""For each mail, by digest, what is attached to it, with its size."""

_AT_ONCE = 500
_WITH_FILES = cast(outbox.c.notice, String).contains('"sha256"')


def named_by(
    conn: Connection, *, spool_ids: Sequence[int], entry_ids: Sequence[int], outbox_ids: Sequence[int]
) -> set[str]:
    """The digests that these rows name."""
    found: set[str] = set()
    for ids in parts(spool_ids):
        found.update(conn.execute(select(spool.c.sha256).where(spool.c.id.in_(ids))).scalars())
    for ids in parts(entry_ids):
        found.update(conn.execute(select(attachments.c.sha256).where(attachments.c.entry_id.in_(ids))).scalars())
    for ids in parts(outbox_ids):
        for row in conn.execute(select(outbox.c.sha256, outbox.c.notice).where(outbox.c.id.in_(ids))):
            found.update(_digests_in(row.notice))
            found.update([row.sha256] if row.sha256 else [])
    return found


def mails(conn: Connection, spool_ids: Sequence[int]) -> set[str]:
    """The digests of these mails."""
    found: set[str] = set()
    for ids in parts(spool_ids):
        found.update(conn.execute(select(spool.c.sha256).where(spool.c.id.in_(ids))).scalars())
    return found


def read_attached(engine: Engine, archive: Archive, mails: Collection[str]) -> Attached:
    """What is attached to each of these mails. It reads the archive, so it is called before the transaction.

    Raises ArchiveUnavailable.
    """
    found: dict[str, Mapping[str, int]] = {}
    for sha256 in mails:
        found[sha256] = {}
        with suppress(MissingBlob):
            with reading(engine) as conn:
                blob = archive.find(conn, sha256)
            found[sha256] = _attached_to(archive.read(blob))
    return found


def _attached_to(raw: bytes) -> Mapping[str, int]:
    """What is attached to a mail, with its size: of a held one, or a report, it is kept, and no row names it."""
    message = parse(raw, render_html=False)
    files = (*message.attachments, *unwrapped(message.attachments))
    return {hashlib.sha256(file.content).hexdigest(): len(file.content) for file in files}


def remove_unnamed(conn: Connection, digests: Collection[str], large: Collection[str]) -> tuple[str, ...]:
    """Remove the rows of those of these bytes that no row names any more; returns whose objects may go then.

    `large`: those of the digests that may be objects without a row.
    """
    unnamed: list[str] = []
    for some in parts(sorted(digests)):
        named: set[str] = set()
        for column in (spool.c.sha256, attachments.c.sha256, outbox.c.sha256, document_files.c.sha256):
            named.update(conn.execute(select(column).where(column.in_(some))).scalars())
        unnamed.extend(one for one in some if one not in named)
    if unnamed:  # a file that was made for a mail is named by its notice alone, and the same one by another's
        still = _named_in_notices(conn, frozenset(unnamed))
        unnamed = [one for one in unnamed if one not in still]
    objects = set(large).intersection(unnamed)
    for some in parts(unnamed):
        its_own = select(blobs.c.sha256).where(blobs.c.sha256.in_(some), blobs.c.content.is_(None))
        objects.update(conn.execute(its_own).scalars())
        conn.execute(delete(blobs).where(blobs.c.sha256.in_(some)))
    return bury(conn, sorted(objects))


def _named_in_notices(conn: Connection, digests: frozenset[str]) -> set[str]:
    found: set[str] = set()
    for notice in conn.execute(select(outbox.c.notice).where(_WITH_FILES)).scalars():
        found.update(digests.intersection(_digests_in(notice)))
    return found


def _digests_in(notice: Any) -> Iterator[str]:
    return (file["sha256"] for file in archived_files(notice).values())


def parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """So many at a time as a statement takes."""
    for begin in range(0, len(values), _AT_ONCE):
        yield values[begin : begin + _AT_ONCE]
