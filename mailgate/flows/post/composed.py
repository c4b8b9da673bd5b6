"""The bytes of a mail of ours: sent is what was written, however often it is tried."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection, Engine

from mailgate.desks import ServiceMailbox
from mailgate.errors import Permanent
from mailgate.jobs import FailPoint
from mailgate.letters.letter import TOKEN_LIFETIME
from mailgate.letters.notice import MadeFile, Maker, Notice
from mailgate.log_events import LogEvent
from mailgate.mail.address import parse_mailbox
from mailgate.mail.address_token import AddressToken, Key, Purpose, seal
from mailgate.outbound.compose import compose
from mailgate.outbound.sign import signed
from mailgate.outbound.templates import Templates
from store import keys, signing_keys
from store.archive import Archive
from store.engine import reading, transaction
from store.post import outbox
from store.post.outbox import LentOut, Outgoing

log = logging.getLogger(__name__)


class UnknownMaker(Permanent):
    """A mail names a maker of files that this program does not have."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What is sent, and where reports about it go ("": nowhere)."""

    raw: bytes
    reverse_path: str


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes the message of a row."""

    engine: Engine
    archive: Archive
    templates: Templates
    makers: Mapping[str, Maker]  # of files that exist when a mail is composed
    domain: str
    fail_point: FailPoint

    def __call__(self, lent: LentOut, *, now: datetime) -> Composed:
        """The message: made, signed and kept by the first attempt, read back by every other.

        A mail with a live link or code is composed twice: with it to be sent, without it for the archive, where
        `parts/expired.md` stands in its place and no signature, for nobody was sent that. Files that are made now are
        kept in the same transaction, so that every later look at the mail finds the same bytes; a crash before has them
        made again. Raises what a maker raises.
        """
        row = lent.row
        if row.live is not None:
            return Composed(row.live, row.reverse_path)
        if row.sha256 is not None:
            with reading(self.engine) as conn:
                return Composed(self.archive.load(conn, row.sha256), row.reverse_path)
        notice, made = _with_files_made(row.notice, self.makers)
        with reading(self.engine) as conn:
            files = [
                (file, made[file.sha256] if file.sha256 in made else self.archive.load(conn, file.sha256))
                for file in notice.attachments
                if not isinstance(file, MadeFile)
            ]
            reverse_path = _return_path(conn, row, domain=self.domain, today=now.date())
            signers = signing_keys.signing(conn)
        write = partial(
            compose,
            message_id=row.message_id,
            at=row.created_at,
            reverse_path=reverse_path,
            attachments=files,
            templates=self.templates,
        )
        gone = self.templates.phrase("expired", notice.locale) if notice.secret else ""
        kept = write(notice.as_kept(gone))
        author = parse_mailbox(notice.from_address).domain.lower()
        raw = write(notice.as_sent()).raw if notice.secret else kept.raw
        sent = signed(raw, signers, domain=author, at=now)
        archived, live = (kept.raw, sent) if notice.secret else (sent, None)
        for problem in kept.problems:
            log.warning(LogEvent.TEMPLATE_PROBLEM(outbox=row.id, template=row.notice.template.value, problem=problem))
        self.fail_point("deliver.composed")
        blob, *of_files = [self.archive.prepare(one) for one in (archived, *made.values())]
        with transaction(self.engine, durable=False) as conn:  # the commit before DATA keeps it
            for one in (blob, *of_files):
                self.archive.add(conn, one)
            words = {"subject": kept.subject, "text": kept.text}
            outbox.save_composed(conn, lent, notice, sha256=blob.sha256, live=live, reverse_path=reverse_path, **words)
        return Composed(sent, reverse_path)


def _with_files_made(notice: Notice, makers: Mapping[str, Maker]) -> tuple[Notice, Mapping[str, bytes]]:
    """The notice as if all its files had always been there, and the bytes of those that were made, by digest."""
    files, made = list(notice.attachments), {}
    for place, file in enumerate(files):
        if isinstance(file, MadeFile):
            if file.maker not in makers:
                raise UnknownMaker(f"nothing here makes {file.filename}: there is no maker {file.maker!r}")
            raw = makers[file.maker](file.values)
            sha256 = hashlib.sha256(raw).hexdigest()
            made[sha256], files[place] = raw, file.made(sha256)
    return replace(notice, attachments=tuple(files)), made


def _return_path(conn: Connection, row: Outgoing, *, domain: str, today: date) -> str:
    """An address that names the row, so that a report is known to be about it."""
    if row.reverse_path or row.notice.reverse_path is not None:
        return row.reverse_path
    token = AddressToken(Purpose.VERP, row.id, 0, today + TOKEN_LIFETIME)
    return f"{ServiceMailbox.BOUNCE.value}+{seal(token, Key(*keys.signing(conn)))}@{domain}"
