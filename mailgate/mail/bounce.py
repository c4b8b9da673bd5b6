"""Delivery reports: what a DSN (RFC 3464) says about which recipient."""

import re
from dataclasses import dataclass
from enum import StrEnum

from mailgate.mail.automatic import automatic
from mailgate.mail.envelope import NULL_PATH, Envelope
from mailgate.mail.headers import Block, decode_value, split_block
from mailgate.mail.message import Attachment, Message
from mailgate.mail.message_id import read_id

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>;,\"]+@[^\s<>;,\"]+")
_BLANK_LINES = re.compile(rb"\r?\n(?:[ \t]*\r?\n)+")
_MAX_RECIPIENTS = 1000


class BounceAction(StrEnum):
    """What became of the delivery (RFC 3464 §2.3.3); the other actions are no bounces."""

    FAILED = "failed"
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """One address that a report says something about."""

    address: str
    action: BounceAction
    status: str | None  # enhanced code (RFC 3463), such as 5.1.1


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that delivery failed or is delayed. It is hearsay: only a VERP token makes it one about our own mail."""

    recipients: tuple[BouncedRecipient, ...]  # none when the report could not be read
    original_message_id: str | None  # of the returned message, when its header came back


def read_report(message: Message, envelope: Envelope | None) -> Bounce | None:
    """Read a delivery report; None for any other message, and for reports of success.

    A standard report needs its delivery-status part. A mail of the mail system itself (null reverse-path, written by
    mailer-daemon or postmaster) in words of its own is a bounce without recipients.
    """
    original = _original_message_id(message)
    reports = [part for part in message.attachments if part.content_type in _STATUS_TYPES]
    if reports:
        recipients = tuple(dict.fromkeys(one for report in reports for one in _recipients(report)))
        return Bounce(recipients, original) if recipients else None
    null_path = envelope is not None and envelope.reverse_path == NULL_PATH
    speaks = automatic(message, None)  # by its header alone: the envelope has been looked at
    if null_path and speaks == "mailer-daemon" and message.content_type != "multipart/report":
        return Bounce((), original)
    return None


def _recipients(report: Attachment) -> list[BouncedRecipient]:
    """The per-recipient groups of fields, RFC 3464 §2.3; the first group is about the message."""
    found: dict[str, BouncedRecipient] = {}
    for group in _BLANK_LINES.split(report.content.strip())[: _MAX_RECIPIENTS + 1]:
        fields = split_block(group)
        address = _address(fields, "final-recipient") or _address(fields, "original-recipient")
        action = (_text(fields, "action").split() or [""])[0].lower()
        if not address or action not in (BounceAction.FAILED, BounceAction.DELAYED):
            continue
        code = _STATUS.search(_text(fields, "status")) or _STATUS.search(_text(fields, "diagnostic-code"))
        one = BouncedRecipient(address, BounceAction(action), code[1] if code else None)
        found.setdefault(address.lower(), one)
    return list(found.values())


def _address(fields: Block, name: str) -> str | None:
    """`rfc822; ann@example.org`; some systems leave the type out or put brackets on."""
    found = _ADDRESS.search(_text(fields, name).rpartition(";")[2])
    return found[0] if found else None


def _text(fields: Block, name: str) -> str:
    value = fields.first(name)
    return "" if value is None else decode_value(value)


def _original_message_id(message: Message) -> str | None:
    for part in message.attachments:
        if part.content_type in _RETURNED_TYPES:
            value = split_block(part.content).first("message-id")
            if value is not None:
                return read_id(decode_value(value))
    return None
