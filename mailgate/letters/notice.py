"""Notice: template, recipient and frozen values of a mail to be written; a wish, not yet a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Template(StrEnum):
    """The mails that mailgate writes: `templates/mail/<locale>/<value>.md`."""

    ACKNOWLEDGEMENT = "acknowledgement"
    LEFT_OUT = "left-out"  # to the sender of a further mail: files of it are not in the ticket
    REPLY = "reply"
    NOTIFICATION = "notification"
    CLOSED = "closed"
    AUTOCLOSE_WARNING = "autoclose-warning"  # to a customer who says nothing: the ticket will be closed
    AUTOCLOSED = "autoclosed"
    WAIT_ENDED = "wait-ended"  # to staff: the day has come until which a ticket was put off
    RETURNED = "returned"  # to the writer: not understood or not sent on, nothing was done
    DONE = "done"  # to staff: what came of a command that answers
    STAFF_HELP = "staff-help"  # to staff: the commands that work here
    COLLISION = "collision"  # to staff: your answer is held, a colleague was quicker
    STAFF_COPY = "staff-copy"  # to staff: what a colleague wrote to the customer
    HELD = "held"  # to a sender: a person will look at your mail
    HELD_ALERT = "held-alert"  # to staff: mail waits for your decision
    QUEUE = "queue"  # to staff: the open tickets, to be worked by an answer
    DECIDED = "decided"  # to staff: what your answer to such a list did
    UNDELIVERED = "undelivered"  # to staff: a mail of ours did not reach its reader
    SIGN_IN = "sign-in"  # to whoever asked: a link that opens the web view
    WELCOME = "welcome"  # to a customer who was taken over: where to write, how to sign in
    MIGRATED = "migrated"  # the same, to one who was a customer before
    RECEIPT = "receipt"  # to a customer: what became of the commands of a mail
    COPY = "copy"  # to a customer: a mail that was sent before
    CONFIRM = "confirm"  # to a registered address: shall this be done?
    NOT_CONFIRMED = "not-confirmed"  # to whoever was asked: no answer came in time
    PROPOSAL = "proposal"  # to an owner: who was in copy and could be added


FOR_STAFF = frozenset(
    {
        Template.NOTIFICATION,
        Template.RETURNED,
        Template.DONE,
        Template.STAFF_HELP,
        Template.COLLISION,
        Template.STAFF_COPY,
        Template.HELD_ALERT,
        Template.QUEUE,
        Template.DECIDED,
        Template.UNDELIVERED,
        Template.WAIT_ENDED,
    }
)
"""Mails to staff members, which customers never see. One that fails is told in lists and the log alone."""

OF_TICKETS = frozenset({Template.NOTIFICATION, Template.STAFF_COPY, Template.COLLISION})
"""What carries a person's words to staff, with lines below that are for them alone."""

REPLY_TO = "reply_to"
"""Among the secrets of a notice: the address that its answer goes to, in the place of `Notice.reply_to`."""

AUTOMATIC = frozenset(Template) - {Template.REPLY, *OF_TICKETS}
"""What a program writes: Auto-Submitted (RFC 3834 §5) and, where it answers, a null reverse-path (§3.3)."""


@dataclass(frozen=True, slots=True)
class NoticeAttachment:
    """A file to be sent along, by the digest of its bytes in the archive."""

    filename: str
    content_type: str
    sha256: str  # hex


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail to be sent to one address.

    `values` are frozen when the event happens: strings, numbers, lists and objects of these (they are stored as JSON).
    `secret` holds further values, which nobody may find later: the archive's copy has a placeholder for each.
    `reply_to` and `reverse_path` are bare addresses; a reverse-path of None means "our bounce address for this row".
    `locale` and `zone` are those of the reader; the send gate fills them in, and nobody else.
    """

    template: Template
    to_address: str
    to_name: str
    from_name: str
    from_address: str
    values: Mapping[str, object]
    reply_to: str | None = None
    reverse_path: str | None = None
    in_reply_to: str | None = None  # message id, no angle brackets
    references: tuple[str, ...] = ()
    attachments: tuple[NoticeAttachment, ...] = ()
    secret: Mapping[str, str] = field(default_factory=dict)  # live links and codes: sent, but never kept
    thread_index: str | None = None  # Outlook's name of the thread
    locale: str = "en"  # BCP 47
    zone: str = "UTC"  # IANA
    ticket_id: int | None = None
    customer_id: int | None = None
    entry_id: int | None = None  # the ticket entry that this notice carries or is about
