"""The bytes of a mail of ours: sent is what was written, however often it is tried."""

import logging
from functools import partial

from sqlalchemy import Engine

from mailgate.log_events import LogEvent
from mailgate.outbound.compose import compose
from mailgate.outbound.templates import Templates
from store.archive import Archive
from store.engine import reading, transaction
from store.post import outbox
from store.post.outbox import LentOut

log = logging.getLogger(__name__)


def composed_bytes(engine: Engine, archive: Archive, templates: Templates, lent: LentOut) -> bytes:
    """The bytes of the message: made and kept by the first attempt, read back by every other.

    A mail with a live link or code is composed twice: with it to be sent, without it for the archive, where
    `parts/expired.md` stands in its place.
    """
    row = lent.row
    if row.live is not None:
        return row.live
    if row.sha256 is not None:
        with reading(engine) as conn:
            return archive.load(conn, row.sha256)
    with reading(engine) as conn:
        files = [(file, archive.load(conn, file.sha256)) for file in row.notice.attachments]
    write = partial(
        compose,
        message_id=row.message_id,
        at=row.created_at,
        reverse_path=row.reverse_path,
        attachments=files,
        templates=templates,
    )
    notice = row.notice
    gone = templates.phrase("expired", notice.locale) if notice.secret else ""
    composed = write(notice.as_kept(gone))
    live = write(notice.as_sent()).raw if notice.secret else None
    for problem in composed.problems:
        log.warning(LogEvent.TEMPLATE_PROBLEM(outbox=row.id, template=row.notice.template.value, problem=problem))
    blob = archive.prepare(composed.raw)
    with transaction(engine, durable=False) as conn:  # the commit before DATA keeps it
        archive.add(conn, blob)
        kept = {"sha256": blob.sha256, "subject": composed.subject, "text": composed.text}
        outbox.save_composed(conn, lent, live=live, **kept)
    return live or composed.raw
