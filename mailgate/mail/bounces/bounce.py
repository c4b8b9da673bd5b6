"""Delivery reports: whom a mail did not reach or not yet, and whether the address is dead.

The fields of a standard report (RFC 3464) are read first, then the words of the mail system; flufl.bounce, which knows
wordings of many systems, is asked where these name nobody. What none of them tells is not guessed.
"""

from dataclasses import dataclass, replace

from mailgate.mail.bounces.as_json import read_notification
from mailgate.mail.bounces.codes import status_in
from mailgate.mail.bounces.evidence import STATUS_TYPES, is_another, is_report, marks_of, may_report
from mailgate.mail.bounces.fields import bounced, groups_in_part, groups_in_text, merged
from mailgate.mail.bounces.finding import BounceAction, Finding
from mailgate.mail.bounces.hard import is_dead
from mailgate.mail.bounces.notice import MAX_REPORT, is_late, lines_about
from mailgate.mail.bounces.returned import Returned, returned, split_report
from mailgate.mail.bounces.whom import named_in
from mailgate.mail.bounds import MAX_GUESSES_OF_MAIL
from mailgate.mail.envelope import NULL_PATH, Envelope
from mailgate.mail.message import Message
from mailgate.mail.notification import notification_in
from mailgate.mail.parse import parse
from mailgate.mail.wire.charset import Guesses


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """One address that a report says something about."""

    address: str
    action: BounceAction
    status: str | None  # enhanced code (RFC 3463), such as 5.1.1; a class alone is 5.0.0
    hard: bool  # nobody can be reached there: no such user or host, moved, takes no mail


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that delivery failed or is delayed. It is hearsay: only a VERP token makes it one about our own mail."""

    recipients: tuple[BouncedRecipient, ...]  # none when the report names nobody
    original_message_id: str | None  # of the returned message, when its header came back


def read_report(message: Message, envelope: Envelope | None) -> Bounce | None:
    """Read a delivery report; None for any other message, and for reports of success.

    Where an envelope is known and the report is no standard one, its reverse-path must be null (RFC 5321 §6.1), since
    anybody can write the words.
    """
    notification = notification_in(message.text)
    if notification is not None:
        found, message_id = read_notification(notification)
        return _judge(found, message, "", Returned(message_id, (), ())) if found else None
    marks = marks_of(message, envelope)
    if not may_report(message, marks):
        return None
    report, below = split_report(message.text)
    back = returned(message, below)
    groups = [
        group
        for part in message.attachments
        if part.content_type in STATUS_TYPES
        for group in groups_in_part(part.content)
    ]
    guesses = Guesses(MAX_GUESSES_OF_MAIL)
    found = [one for group in groups if (one := bounced(group, guesses)) is not None]
    if groups and not found:
        return None
    if groups and is_report(message, marks, report, back):
        return _judge(found, message, report, back)
    if envelope is not None and envelope.reverse_path not in (None, NULL_PATH):
        return None
    if is_another(message) or not is_report(message, marks, report, back):
        return None
    found = [one for group in groups_in_text(message.text) if (one := bounced(group)) is not None]
    found = found or named_in(message, report, back)
    if not found and (inner := _report_inside(message)):
        return inner
    return _judge(found, message, report, back)


def _report_inside(message: Message) -> Bounce | None:
    """The report that a gateway passed on as the message that it returns; only one level down."""
    for part in message.attachments:
        if part.content_type == "message/rfc822" and b"delivery-status" in part.content[:MAX_REPORT]:
            inner = parse(part.content, render_html=False)
            guesses = Guesses(MAX_GUESSES_OF_MAIL)
            found = [
                one
                for report in inner.attachments
                if report.content_type in STATUS_TYPES
                for group in groups_in_part(report.content)
                if (one := bounced(group, guesses)) is not None
            ]
            report, below = split_report(inner.text)
            return _judge(found, inner, report, returned(inner, below)) if found else None
    return None


def _judge(found: list[Finding], message: Message, report: str, back: Returned) -> Bounce:
    if any(not one.address for one in found):
        others = [one for one in found if one.address]
        named = named_in(message, report, back) if not others else []
        found = others + [
            replace(one, address=named[0].address) for one in found if not one.address and len(named) == 1
        ]
    found = merged(found)
    late = is_late(f"{message.subject}\n{report}")
    own_lines = lines_about(report, [one.address.lower() for one in found])
    ours = frozenset((*(one.address.lower() for one in (*message.to, *message.cc)), *back.authors))
    recipients = []
    for one in found:
        own = own_lines.get(one.address.lower(), "")
        said = [one.diagnostic, own, *([report[:MAX_REPORT]] if len(found) == 1 else [])]  # the surest first
        status = _status(one, said)
        refused = (status or "").startswith("5")
        action = one.action or (BounceAction.DELAYED if late and not refused else BounceAction.FAILED)
        hard = action is BounceAction.FAILED and is_dead(
            status, *said, recipient=one.address, ours=ours, around="\n".join(said[:2])
        )
        recipients.append(BouncedRecipient(one.address, action, status, hard))
    return Bounce(tuple(recipients), back.message_id)


def _status(one: Finding, said: list[str]) -> str | None:
    told = next((code for text in said if (code := status_in(text)) is not None), None)
    if one.status is None:
        return told
    # A relay that gave up after a permanent refusal may still write its own temporary class into the field.
    contradicted = (
        one.action is BounceAction.FAILED and one.status.startswith("4") and told and not told.endswith(".0.0")
    )
    return told if contradicted and told and told.startswith("5") else one.status
