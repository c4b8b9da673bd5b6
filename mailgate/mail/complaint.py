"""A reader's mail provider reports that he took a mail for spam: a program brings what a person complained of."""

import re

from mailgate.mail.message import Message
from mailgate.mail.notification import notification_in, object_in

_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers"})
_MAX_TEXT = 2000  # characters
_ABOUT = re.compile(r"(?i)\b(?:spam|junk|abuse|complain\w{0,4}|unsolicited|feedback)\b")
_DESK = re.compile(r"(?i)(?:feedback|fbl|scomp|complaints?|abuse-?reports?|no-?reply|do-?not-?reply)(?:[._+-].*)?\Z")
_NUMBER = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_FIELDS = re.compile(r"(?im)^feedback-type[ \t]*:")  # of RFC 5965, flattened into the text
_BY_PROGRAM = re.compile(
    r"(?i)\bautomat\w{1,8} (?:generated|created|complaint|report|notif\w{1,9}|abuse)|\b(?:generated|created) automat"
)


def is_complaint(message: Message) -> bool:
    """A standard report (RFC 5965), a notification of SES, or the mail itself below words of a program that say so.

    People, too, complain of spam and send it along: the third way needs the mark of a program.
    """
    types = {attachment.content_type for attachment in message.attachments}
    if "message/feedback-report" in types:
        return True
    notification = notification_in(message.text)
    if notification is not None:
        return "complainedRecipients" in object_in(notification, "complaint")
    if types.isdisjoint(_RETURNED):
        return False
    text = message.text[:_MAX_TEXT]
    return _is_by_program(message, text) and _ABOUT.search(f"{message.subject}\n{text}") is not None


def _is_by_program(message: Message, text: str) -> bool:
    local_part = message.author.address.rpartition("@")[0] if message.author else ""
    if _DESK.match(local_part) or _FIELDS.search(text) or _BY_PROGRAM.search(text):
        return True
    return not text.strip() and _NUMBER.search(message.subject) is not None  # the host's address, and not a word
