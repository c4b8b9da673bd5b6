"""Is this mail a report of a failed or late delivery? Independent evidence adds up; words of a language come last.

At least one mark of a machine must be there: people send our own mail back to us, and quote reports.
"""

import re
from dataclasses import dataclass

from mailgate.mail.automatic import automatic
from mailgate.mail.away_subject import is_auto_reply_subject
from mailgate.mail.bounces.codes import has_answer, status_in
from mailgate.mail.bounces.fields import has_fields
from mailgate.mail.bounces.finding import addresses_in
from mailgate.mail.bounces.hard import says_dead
from mailgate.mail.bounces.lexicon import about
from mailgate.mail.bounces.normal_form import words_of
from mailgate.mail.bounces.notice import MAX_REPORT, beginning_lines, in_sentences, speaks_of_failure
from mailgate.mail.bounces.returned import RETURNED_TYPES, Returned
from mailgate.mail.complaint import is_complaint
from mailgate.mail.envelope import NULL_PATH, Envelope
from mailgate.mail.message import Message

STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status", "message/xdelivery-status"})

_OTHER_REPORTS = frozenset({"message/disposition-notification"})
_OTHER_REPORT_TYPES = frozenset({"disposition-notification", "feedback-report"})
_MAIL_SYSTEM = about("mail_system")
_JOINTS = re.compile(r"[-_.@]")
_FAILURE = about("failure")
_POSTMASTER = re.compile(r"post[-_. ]?master")
_ROBOT = re.compile(
    r"(?i)no-?reply|do-?not-?reply|[-_.](?:admin|owner|request)@|system|mail ?server|gateway|notif|robot|\bmailer\b"
    r"|filter|firewall|\bscan(?:ner)?\b"
)
_ANSWERED = re.compile(r"(?:re|fwd?|aw|wg|tr|rv|sv|vs|antw) ?(?:\[\d+\])?:")
_DIALOGUE = re.compile(r"(?m)^[ \t]{0,9}<<< [45]\d\d|\bsaid: ?[45]\d\d")
_RETURNED_HEADER = re.compile(r"(?im)^[ \t>]{0,9}(?:message-id|received|return-path)[ \t]?:")
_MAX_SUBJECT = 500
_MAX_LINES = 400


@dataclass(frozen=True, slots=True)
class Marks:
    """Who seems to have written: the header alone, so that ordinary mail costs nothing more."""

    standard: bool  # multipart/report of a delivery status (RFC 6522, RFC 3464), or X-Failed-Recipients
    null_path: bool
    mail_system: bool  # the address in From is that of one
    named: bool  # the name in From is like that of one: of a house that carries goods, too
    machine: bool  # it says that a program sent it, or no author at all

    def __bool__(self) -> bool:
        return self.standard or self.null_path or self.mail_system or self.named or self.machine


def marks_of(message: Message, envelope: Envelope | None) -> Marks:
    """The marks of a machine that a header bears."""
    null_path = _null_path(message, envelope)
    return Marks(
        standard=message.report_type == "delivery-status" or message.header("X-Failed-Recipients") is not None,
        null_path=null_path,
        mail_system=names_mail_system(message) or (null_path and _is_postmaster(message)),
        named=message.author is not None and is_mail_system(message.author.name),
        machine=_by_machine(message),
    )


def is_another(message: Message) -> bool:
    """A read receipt (RFC 8098), a complaint (RFC 5965), or somebody's answering program."""
    return (
        message.report_type in _OTHER_REPORT_TYPES
        or any(part.content_type in _OTHER_REPORTS for part in message.attachments)
        or is_auto_reply_subject(message.subject)
        or is_complaint(message)
    )


def may_report(message: Message, marks: Marks) -> bool:
    """It is worth while to look at the text."""
    if marks.standard or marks.null_path or marks.mail_system or marks.named:
        return True
    return marks.machine and (
        any(part.content_type in RETURNED_TYPES or part.content_type in STATUS_TYPES for part in message.attachments)
        or speaks_of_failure(message.subject[:_MAX_SUBJECT])
        or _RETURNED_HEADER.search(message.text[:MAX_REPORT]) is not None
    )


def is_report(message: Message, marks: Marks, report: str, back: Returned) -> bool:
    """The evidence is enough. `report` are the words above the returned message, `back` is what came back of it."""
    if marks.standard:
        return True
    if not marks:
        return False
    if any(part.content_type in STATUS_TYPES for part in message.attachments) or has_fields(message.text):
        return True
    author = message.author.address.lower() if message.author else ""
    if author in back.recipients and not marks.mail_system:  # who got the mail answers it: away, moved, on holiday
        return False
    ours = frozenset((author, *(one.address.lower() for one in (*message.to, *message.cc))))
    headed = _is_headed(message)
    told = headed or _FAILURE.search(words_of(message.subject[:_MAX_SUBJECT])) is not None or speaks_of_failure(report)
    coded = _has_code_beside_address(report, author) or _has_answer_about_another(report, ours)
    came_back = back.message_id is not None or bool(back.recipients)
    if marks.mail_system:
        return coded or came_back or told or says_dead(report) or has_answer(report)
    if marks.null_path:
        return coded or headed or came_back
    if marks.named and (coded or came_back):
        return True
    return (came_back and (coded or told)) or (headed and (coded or _names_who_failed(report, ours)))


def names_mail_system(message: Message) -> bool:
    """The From field is that of a mail system: a person may write from `postmaster`, but then with a name."""
    written_by = message.header("From")
    if written_by is None:
        return False
    if message.author is None:
        return written_by.strip() in ("", "<>") or is_mail_system(written_by)
    name, address = message.author.name, message.author.address
    if _is_postmaster(message):
        return not name or is_mail_system(name) or name.lower() == address.lower()
    return is_mail_system(address.rpartition("@")[0])


def _is_postmaster(message: Message) -> bool:
    return message.author is not None and _POSTMASTER.match(message.author.address.lower()) is not None


def is_mail_system(written_by: str) -> bool:
    """A name or an address is that of a mail system."""
    return _MAIL_SYSTEM.search(words_of(_JOINTS.sub(" ", written_by[:_MAX_SUBJECT]))) is not None


def _is_headed(message: Message) -> bool:
    subject = message.subject[:_MAX_SUBJECT]
    return speaks_of_failure(subject) and not _ANSWERED.match(words_of(subject))


def _has_code_beside_address(report: str, author: str) -> bool:
    """A code, and beside it an address that is not its writer's own."""
    text = report[:MAX_REPORT]
    lines = (line for line in text.split("\n")[:_MAX_LINES] if "@" in line and status_in(line) is not None)
    return _DIALOGUE.search(text) is not None or any(
        one.lower() != author for line in lines for one in addresses_in(line)
    )


def _has_answer_about_another(report: str, ours: frozenset[str]) -> bool:
    """What a server answered, in the lines below an address that is neither the writer's nor ours: in any language."""
    return any(one.address.lower() not in ours and has_answer(one.diagnostic) for one in beginning_lines(report))


def _names_who_failed(report: str, ours: frozenset[str]) -> bool:
    return any(one.address.lower() not in ours for one in in_sentences(report, failing=True))


def _by_machine(message: Message) -> bool:
    if message.author is None and message.header("From") is not None:
        return True
    if (message.header("Precedence") or "").lower() in ("bulk", "junk"):
        return True
    return automatic(message, None) is not None or _ROBOT.search((message.header("From") or "")[:500]) is not None


def _null_path(message: Message, envelope: Envelope | None) -> bool:
    if envelope is not None and envelope.reverse_path is not None:
        return envelope.reverse_path == NULL_PATH
    return message.header("Return-Path") in (NULL_PATH, "<>")
