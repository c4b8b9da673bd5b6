"""The bytes of a mail of ours: sent is what was written, however often it is tried."""

import logging
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import Connection, Engine

from mailgate.desks import ServiceMailbox
from mailgate.letters.letter import TOKEN_LIFETIME
from mailgate.log_events import LogEvent
from mailgate.mail.address_token import AddressToken, Key, Purpose, seal
from mailgate.outbound.compose import compose
from mailgate.outbound.templates import Templates
from store import keys
from store.archive import Archive
from store.engine import reading, transaction
from store.post import outbox
from store.post.outbox import LentOut, Outgoing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Composed:
    """What is sent, and where reports about it go ("": nowhere)."""

    raw: bytes
    reverse_path: str


def composed(
    engine: Engine, archive: Archive, templates: Templates, lent: LentOut, *, domain: str, today: date
) -> Composed:
    """The message: made and kept by the first attempt, read back by every other.

    A mail with a live link or code is composed twice: with it to be sent, without it for the archive, where
    `parts/expired.md` stands in its place.
    """
    row = lent.row
    if row.live is not None:
        return Composed(row.live, row.reverse_path)
    if row.sha256 is not None:
        with reading(engine) as conn:
            return Composed(archive.load(conn, row.sha256), row.reverse_path)
    with reading(engine) as conn:
        files = [(file, archive.load(conn, file.sha256)) for file in row.notice.attachments]
        reverse_path = _return_path(conn, row, domain=domain, today=today)
    write = partial(
        compose,
        message_id=row.message_id,
        at=row.created_at,
        reverse_path=reverse_path,
        attachments=files,
        templates=templates,
    )
    notice = row.notice
    gone = templates.phrase("expired", notice.locale) if notice.secret else ""
    kept = write(notice.as_kept(gone))
    live = write(notice.as_sent()).raw if notice.secret else None
    for problem in kept.problems:
        log.warning(LogEvent.TEMPLATE_PROBLEM(outbox=row.id, template=row.notice.template.value, problem=problem))
    blob = archive.prepare(kept.raw)
    with transaction(engine, durable=False) as conn:  # the commit before DATA keeps it
        archive.add(conn, blob)
        words = {"subject": kept.subject, "text": kept.text}
        outbox.save_composed(conn, lent, sha256=blob.sha256, live=live, reverse_path=reverse_path, **words)
    return Composed(live or kept.raw, reverse_path)


def _return_path(conn: Connection, row: Outgoing, *, domain: str, today: date) -> str:
    """An address that names the row, so that a report is known to be about it."""
    if row.reverse_path or row.notice.reverse_path is not None:
        return row.reverse_path
    token = AddressToken(Purpose.VERP, row.id, 0, today + TOKEN_LIFETIME)
    return f"{ServiceMailbox.BOUNCE.value}+{seal(token, Key(*keys.signing(conn)))}@{domain}"
