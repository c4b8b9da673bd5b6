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
from mailgate.jobs import Computing, FailPoint
from mailgate.letters.letter import TOKEN_LIFETIME
from mailgate.letters.notice import MadeFile, Maker, Notice, NoticeAttachment
from mailgate.log_events import LogEvent
from mailgate.mail.address import parse_mailbox
from mailgate.mail.address_token import AddressToken, Key, Purpose, seal
from mailgate.mail.signing_key import SigningKey
from mailgate.outbound.compose import compose
from mailgate.outbound.sign import signed
from mailgate.outbound.templates import Templates
from store import keys, signing_keys
from store.archive import Archive, Blob
from store.engine import reading
from store.post import outbox
from store.post.outbox import LentOut, Outgoing, Phase

log = logging.getLogger(__name__)


class UnknownMaker(Permanent):
    """A mail names a maker of files that this program does not have."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands in the store for a mail that is to be composed."""

    reverse_path: str  # where reports about it go, in a way that names its row; "": nowhere
    signers: tuple[SigningKey, ...]


@dataclass(frozen=True, slots=True)
class Unkept:
    """What is to be written down of a mail that was composed just now."""

    notice: Notice  # with the digests of files that were made for it
    blobs: tuple[Blob, ...]
    columns: Mapping[str, str | bytes | None]

    def keep(self, conn: Connection, archive: Archive, lent: LentOut, phase: Phase | None) -> bool:
        """Write it down with its row: from here on these bytes are what is sent. False when the lease was lost.

        Raises GoneMeanwhile.
        """
        for one in self.blobs:
            archive.add(conn, one)
        return outbox.save_composed(conn, lent, self.notice, phase=phase, **self.columns)


@dataclass(frozen=True, slots=True)
class Composed:
    """What is sent, and where reports about it go ("": nowhere)."""

    raw: bytes
    reverse_path: str
    unkept: Unkept | None = None  # None: an earlier attempt has written it down


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes the message of a row."""

    engine: Engine
    archive: Archive
    templates: Templates
    makers: Mapping[str, Maker]  # of files that exist when a mail is composed
    domain: str
    computing: Computing
    fail_point: FailPoint

    def look_up(self, conn: Connection, row: Outgoing, *, today: date) -> Letterhead:
        """What composing needs of the store; apart from it, for whoever is reading there anyway."""
        return Letterhead(_return_path(conn, row, domain=self.domain, today=today), signing_keys.signing(conn))

    def __call__(self, lent: LentOut, head: Letterhead, *, now: datetime) -> Composed:
        """The message: made and signed by the first attempt, read back by every other.

        It is the caller's to keep what was made, before anything of it leaves. A mail with a live link or code is
        composed twice: with it to be sent, without it for the archive, where `parts/expired.md` stands in its place and
        no signature, for nobody was sent that. Files that are made now are kept with the mail, so that every later look
        at it finds the same bytes; a crash before has all of it made again. Raises what a maker raises.
        """
        row = lent.row
        if row.live is not None:
            return Composed(row.live, row.reverse_path)
        if row.sha256 is not None:
            with reading(self.engine) as conn:
                blob = self.archive.find(conn, row.sha256)
            return Composed(self.archive.read(blob), row.reverse_path)
        with self.computing:
            notice, made = _with_files_made(row.notice, self.makers)
        files = self._files(notice, made)
        with self.computing:
            write = partial(
                compose,
                message_id=row.message_id,
                at=row.created_at,
                reverse_path=head.reverse_path,
                attachments=files,
                templates=self.templates,
            )
            gone = self.templates.phrase("expired", notice.locale) if notice.secret else ""
            kept = write(notice.as_kept(gone))
            raw = write(notice.as_sent()).raw if notice.secret else kept.raw
            self.fail_point("deliver.composed")
        for problem in kept.problems:
            log.warning(LogEvent.TEMPLATE_PROBLEM(outbox=row.id, template=row.notice.template.value, problem=problem))
        sent = signed(raw, head.signers, domain=parse_mailbox(notice.from_address).domain.lower(), at=now)
        archived, live = (kept.raw, sent) if notice.secret else (sent, None)
        composed, *of_files = [self.archive.prepare(one) for one in (archived, *made.values())]
        columns = {
            "sha256": composed.sha256,
            "live": live,
            "reverse_path": head.reverse_path,
            "subject": kept.subject,
            "text": kept.text,
        }
        return Composed(sent, head.reverse_path, Unkept(notice, (composed, *of_files), columns))

    def _files(self, notice: Notice, made: Mapping[str, bytes]) -> list[tuple[NoticeAttachment, bytes]]:
        files = [file for file in notice.attachments if not isinstance(file, MadeFile)]
        if not files:
            return []
        with reading(self.engine) as conn:
            found = [None if file.sha256 in made else self.archive.find(conn, file.sha256) for file in files]
        return [
            (file, made[file.sha256] if blob is None else self.archive.read(blob))
            for file, blob in zip(files, found, strict=True)
        ]


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
