"""The marks of a delivery report in a mail system's own words: who writes, subject, null reverse-path."""

import re

from mailgate.mail.automatic import automatic
from mailgate.mail.away_subject import is_auto_reply_subject
from mailgate.mail.bounces.words import FAILURE, MAX_REPORT
from mailgate.mail.envelope import NULL_PATH, Envelope
from mailgate.mail.message import Message

_OTHER_REPORTS = frozenset({"message/disposition-notification", "message/feedback-report"})
_OTHER_REPORT_TYPES = frozenset({"disposition-notification", "feedback-report"})
_MAIL_SYSTEM = re.compile(
    r"mailer[-_. ]?d[ae]+mon|post[-_. ]?master|mail[-_. ]?daemon|mdaemon|mail(?:er)? deliver|internet mail delivery"
    r"|deliver(?:y|ed)?[-_. ](?:sub)?system|delivery (?:service|agent)|mail[-_. ]?system|mail[-_. ]?adm"
    r"|(?:system|mail) administrator|mail ?router|content[- ]filter|antivirus|mailsweeper|mail ?gateway|mailfilter"
    r"|@sns\.amazonaws\.com",
    re.IGNORECASE,
)
_MAX_SUBJECT = 500
_MACHINE = re.compile(
    r"no-?reply|do-?not-?reply|[-_.](?:admin|owner|request)@|system|mail ?server|gateway|anti-?virus"
    r"|notif|robot|list ?serv|majordomo",
    re.I,
)
_ANSWERED = re.compile(r"\s*(?:re|fwd?|aw|wg|tr|rv|sv|vs|antw)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)


def may_report(message: Message, envelope: Envelope | None) -> bool:
    """The header alone, so that ordinary mail costs nothing more: it may be a report."""
    return (
        message.header("X-Failed-Recipients") is not None
        or by_mail_system(message)
        or _null_path(message, envelope)
        or (_is_headed(message) and _by_machine(message))
    )


def is_another(message: Message) -> bool:
    """A read receipt (RFC 8098), a complaint (RFC 5965), or somebody's answering program."""
    return (
        message.report_type in _OTHER_REPORT_TYPES
        or any(part.content_type in _OTHER_REPORTS for part in message.attachments)
        or is_auto_reply_subject(message.subject)
    )


def speaks_of_failure(message: Message, envelope: Envelope | None, report: str, *, certain: bool) -> bool:
    """The subject and the text say so; one of them is enough where a mail system wrote it."""
    if message.header("X-Failed-Recipients") is not None:
        return True
    headed = _is_headed(message)
    if headed and (certain or _null_path(message, envelope)):
        return True
    return (headed or certain) and FAILURE.search(report[:MAX_REPORT]) is not None


def _is_headed(message: Message) -> bool:
    return FAILURE.search(message.subject[:_MAX_SUBJECT]) is not None and not _ANSWERED.match(message.subject)


def by_mail_system(message: Message) -> bool:
    """The From field or the report type is a mail system's."""
    if message.report_type == "delivery-status":
        return True
    written_by = message.header("From")
    if written_by is None:
        return False
    return names_mail_system(written_by) or written_by.strip() in ("", "<>")


def names_mail_system(written_by: str) -> bool:
    """A From field or an address is that of a mail system."""
    return _MAIL_SYSTEM.search(written_by[:500]) is not None


def _by_machine(message: Message) -> bool:
    # People who ask a desk for help write such subjects, and the words of the report below them.
    return automatic(message, None) is not None or _MACHINE.search((message.header("From") or "")[:500]) is not None


def _null_path(message: Message, envelope: Envelope | None) -> bool:
    if envelope is not None and envelope.reverse_path is not None:
        return envelope.reverse_path == NULL_PATH
    return message.header("Return-Path") in (NULL_PATH, "<>")
