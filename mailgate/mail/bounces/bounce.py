"""Delivery reports: whom a mail did not reach or not yet, and whether the address is dead.

First the fields of a standard report (RFC 3464) are read, then the words of the mail system; flufl.bounce, which knows
wordings of many systems, is asked where these name nobody. What none of them tells is not guessed.
"""

from dataclasses import dataclass, replace

from mailgate.mail.bounces.as_json import read_notification
from mailgate.mail.bounces.fields import bounced, groups_in_part, groups_in_text, merged
from mailgate.mail.bounces.finding import BounceAction, Finding, addresses_in
from mailgate.mail.bounces.hard import has_reason, is_dead, status_in
from mailgate.mail.bounces.library import named_by_library
from mailgate.mail.bounces.marks import by_mail_system, is_another, may_report, names_mail_system, speaks_of_failure
from mailgate.mail.bounces.returned import Returned, returned, split_report
from mailgate.mail.bounces.words import MAX_REPORT, is_late, named_in, said_of
from mailgate.mail.envelope import NULL_PATH, Envelope
from mailgate.mail.message import Message
from mailgate.mail.parse import parse

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status", "message/xdelivery-status"})


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

    A report in a mail system's own words counts only with the marks of one (who writes, subject, null reverse-path):
    a person who quotes such words sends no report. Where an envelope is known, its reverse-path must be null
    (RFC 5321 §6.1), since anybody can write the words.
    """
    reports = [part for part in message.attachments if part.content_type in _STATUS_TYPES]
    if not reports and not may_report(message, envelope):
        return None
    groups = [group for part in reports for group in groups_in_part(part.content)]
    found = [one for group in groups if (one := bounced(group)) is not None]
    if groups and not found:
        return None
    report, back = _report_and_returned(message)
    if found:
        return _judge(found, message, report, back)
    if envelope is not None and envelope.reverse_path not in (None, NULL_PATH):
        return None
    if is_another(message):
        return None
    notification = read_notification(message.text)
    if notification is not None:
        return _judge(notification[0], message, "", replace(back, message_id=notification[1]))
    certain = bool(reports) or by_mail_system(message)
    if not reports and not speaks_of_failure(message, envelope, report, certain=certain):
        return None
    flat = [one for group in groups_in_text(message.text) if (one := bounced(group)) is not None]
    named = flat or _named(message, report, back)
    if not named and (inner := _report_inside(message)):
        return inner
    return _judge(named, message, report, back) if named or certain else None


def _named(message: Message, report: str, back: Returned) -> list[Finding]:
    """Whom the words name; at last the one to whom the returned message was written, when there was only one."""
    ours = frozenset({*(one.address.lower() for one in (*message.to, *message.cc)), *back.authors})
    failed = addresses_in(
        ", ".join(v for name, v in message.headers if name.lower() == "x-failed-recipients")[:MAX_REPORT]
    )
    if failed:
        return _explained(failed, report)
    if message.author is not None:
        ours |= {message.author.address.lower()}
    named = named_in(report, ours) or (named_in(message.text, ours) if not back.recipients else [])
    if named:
        return named
    by_library = [address for address in named_by_library(message, report) if address.lower() not in ours]
    if by_library:
        return _explained(by_library, report)
    to = [address for address in back.recipients if address not in ours]
    return [Finding(to[0])] if len(to) == 1 and not any(names_mail_system(one) for one in back.authors) else []


def _report_inside(message: Message) -> Bounce | None:
    """The report that a gateway passed on as the message that it returns; only one level down."""
    for part in message.attachments:
        if part.content_type == "message/rfc822" and b"delivery-status" in part.content[:MAX_REPORT]:
            inner = parse(part.content, render_html=False)
            found = [
                one
                for report in inner.attachments
                if report.content_type in _STATUS_TYPES
                for group in groups_in_part(report.content)
                if (one := bounced(group)) is not None
            ]
            return _judge(found, inner, *_report_and_returned(inner)) if found and by_mail_system(inner) else None
    return None


def _report_and_returned(message: Message) -> tuple[str, Returned]:
    report, below = split_report(message.text)
    return report, returned(message, below)


def _explained(addresses: list[str], report: str) -> list[Finding]:
    words = said_of(report)
    return [Finding(address, diagnostic=words.get(address.lower(), "")) for address in addresses]


def _judge(found: list[Finding], message: Message, report: str, back: Returned) -> Bounce:
    context = said_of(report)
    late = is_late(f"{message.subject}\n{report[:MAX_REPORT]}")
    if any(not one.address for one in found):
        others = [one for one in found if one.address]
        named = _named(message, report, back) if not others else []
        found = others + [
            replace(one, address=named[0].address) for one in found if not one.address and len(named) == 1
        ]
    recipients = []
    for one in merged(found):
        said = one.diagnostic
        if not has_reason(said) and len(found) == 1:
            said = f"{said}\n{report[:MAX_REPORT]}"
        action = one.action or (BounceAction.DELAYED if late else BounceAction.FAILED)
        status = _status(one, action, said)
        hard = action is BounceAction.FAILED and is_dead(status, said, context.get(one.address.lower(), ""))
        recipients.append(BouncedRecipient(one.address, action, status, hard))
    return Bounce(tuple(recipients), back.message_id)


def _status(one: Finding, action: BounceAction, said: str) -> str | None:
    told = status_in(said)
    if one.status is None:
        return told
    # A relay that gave up after a permanent refusal may still write its own temporary class into the field.
    contradicted = action is BounceAction.FAILED and one.status.startswith("4") and told and not told.endswith(".0.0")
    return told if contradicted and told and told.startswith("5") else one.status
