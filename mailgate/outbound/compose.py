"""Compose: a Notice and its template become the bytes that are sent, signed and archived.

Nothing is drawn by lot and no clock is read: the same input makes the same bytes.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.policy import SMTP
from email.utils import format_datetime

from mailgate.errors import Permanent
from mailgate.letters.notice import Notice, NoticeAttachment
from mailgate.mail import thread_index
from mailgate.mail.address import parse_mailbox
from mailgate.mail.automatic import INSTANCE_FIELD
from mailgate.mail.envelope import NULL_PATH
from mailgate.outbound.frame import Frame
from mailgate.outbound.header_field import (
    Field,
    ids_field,
    is_message_id,
    mailbox_field,
    shortened_references,
    text_field,
)
from mailgate.outbound.mime import file_part, inline_part, multipart, text_part
from mailgate.outbound.subject import topic_of
from mailgate.outbound.templates import Templates

_OF_CONTENT = ("Content-Type", "Content-Transfer-Encoding")


class HeaderBroken(Permanent):
    """The message that came out has other header fields than were put in."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A message as it is sent, with its envelope. `problems` are for staff: what the template lacked."""

    raw: bytes  # CRLF, 7bit
    subject: str
    text: str  # the text part
    reverse_path: str  # NULL_PATH or a bare address
    forward_path: str
    problems: tuple[str, ...] = ()


def compose(
    notice: Notice,
    *,
    message_id: str,
    at: datetime,
    reverse_path: str,
    attachments: Sequence[tuple[NoticeAttachment, bytes]],
    templates: Templates,
) -> Composed:
    """Word one notice and write it as a message. `message_id` comes without angle brackets, `at` is aware.

    Raises BadAddress for an address that is none, TemplateFailed when no template takes the values.
    """
    rendered = templates.render(notice.template, notice.locale, notice.values, zone=notice.zone, at=at)
    sender = reverse_path and parse_mailbox(reverse_path).address
    recipient = parse_mailbox(notice.to_address).address
    fields = _fields(notice, rendered.subject, message_id, at)
    entity = _entity(rendered.text, rendered.html, templates.frame, attachments, _boundary(message_id))
    raw = "".join(field.fold(policy=SMTP) for field in fields).encode("ascii") + b"MIME-Version: 1.0\r\n" + entity
    _check_header(raw, [*(field.name for field in fields), "MIME-Version"])
    return Composed(raw, rendered.subject, rendered.text, sender or NULL_PATH, recipient, rendered.problems)


def _fields(notice: Notice, subject: str, message_id: str, at: datetime) -> list[Field]:
    if not is_message_id(message_id):
        raise HeaderBroken(f"not a message id: {message_id!r}")
    date = format_datetime(at.astimezone(UTC))
    fields = [
        mailbox_field("From", notice.from_name, notice.from_address),
        mailbox_field("To", notice.to_name, notice.to_address),
        mailbox_field("Reply-To", "", notice.reply_to) if notice.reply_to else None,
        text_field("Subject", subject),
        text_field("Date", date),
        ids_field("Message-ID", (message_id,)),
        ids_field("In-Reply-To", (notice.in_reply_to,)) if notice.in_reply_to else None,
        ids_field("References", shortened_references(notice.references)),
        *_outlook_fields(notice, message_id, at),
        text_field(INSTANCE_FIELD, message_id.rpartition("@")[2]),
        *_program_fields(notice),
    ]
    return [field for field in fields if field is not None]


def _outlook_fields(notice: Notice, message_id: str, at: datetime) -> list[Field]:
    """By what Outlook groups: it does not go by References."""
    if notice.thread_index is None:
        return []
    index = text_field("Thread-Index", thread_index.extend(notice.thread_index, message_id, at))
    topic = topic_of(notice.topic or "")
    return [text_field("Thread-Topic", topic), index] if topic else [index]


def _program_fields(notice: Notice) -> list[Field]:
    """What tells other programs that a program wrote this, and staff's filters what it belongs to."""
    fields: list[Field] = []
    kind = notice.template.kind
    if kind.auto_submitted:
        fields.append(text_field("Auto-Submitted", kind.auto_submitted))
        fields.append(text_field("X-Auto-Response-Suppress", "All"))
    if kind.is_for_staff and notice.ticket_id is not None:
        desk = parse_mailbox(notice.from_address)
        fields.append(text_field("List-Id", f"<{desk.local_part}.{desk.domain}>".lower()))  # RFC 2919 §2
        fields.append(text_field("X-Mailgate-Ticket", str(notice.ticket_id)))
        fields.append(text_field("X-Mailgate-Desk", desk.address))
        if notice.customer_id is not None:
            fields.append(text_field("X-Mailgate-Customer", str(notice.customer_id)))
    return fields


def _entity(
    text: str, html: str, frame: Frame, attachments: Sequence[tuple[NoticeAttachment, bytes]], boundary: str
) -> bytes:
    """The content with its fields: the text, beside it the HTML that shows the same, and below them the files.

    The logo belongs to the HTML (RFC 2387), where that shows it.
    """
    entity = text_part("plain", text)
    if html:
        shown = text_part("html", html)
        if frame.logo and f"cid:{frame.logo_id}" in html:
            logo = inline_part("logo.png", "image/png", frame.logo.content, frame.logo_id)
            shown = multipart("related", (shown, logo), f"{boundary}_r", 'type="text/html"')
        entity = multipart("alternative", (entity, shown), f"{boundary}_a")
    if attachments:
        files = [file_part(one.filename, one.content_type, content) for one, content in attachments]
        entity = multipart("mixed", (entity, *files), f"{boundary}_m")
    return entity


def _boundary(message_id: str) -> str:
    # Of the message id, which is random and in no body yet; `=_` stands in no quoted-printable or base64 line.
    return f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"


def _check_header(raw: bytes, fields: Sequence[str]) -> None:
    """The last look before anything is stored: exactly the fields that were put in, whatever the values were."""
    header = raw.partition(b"\r\n\r\n")[0]
    names = [name.decode() for name in re.findall(rb"(?m)^([^ \t\r\n:][^:\r\n]*):", header)]
    wanted = [*fields, *(name for name in names[len(fields) :] if name in _OF_CONTENT)]
    if names != wanted or header.count(b"\n") != header.count(b"\r\n"):
        raise HeaderBroken(f"header fields {names} instead of {wanted}")
