"""Which mail each ticket event calls for, with its frozen values. Words stand in `templates/mail/`."""

from mailgate.tickets.notices.letterhead import Letterhead, ReplyAddress
from mailgate.tickets.notices.to_askers import (
    Thread,
    confirm,
    copy,
    ended,
    proposal,
    receipt,
)
from mailgate.tickets.notices.to_colleagues import Asked, Deeds, collision, done, staff_copy, staff_help
from mailgate.tickets.notices.to_customers import (
    acknowledgement,
    autoclose_warning,
    autoclosed,
    closed,
    held,
    reply,
    sign_in,
    welcome,
)
from mailgate.tickets.notices.to_staff import (
    HeldMail,
    QueuedTicket,
    decided,
    held_alert,
    notification,
    queue,
    returned,
    undelivered,
    wait_ended,
)

__all__ = [
    "Asked",
    "Deeds",
    "HeldMail",
    "Letterhead",
    "QueuedTicket",
    "ReplyAddress",
    "Thread",
    "acknowledgement",
    "autoclose_warning",
    "autoclosed",
    "closed",
    "collision",
    "confirm",
    "copy",
    "decided",
    "done",
    "ended",
    "held",
    "held_alert",
    "notification",
    "proposal",
    "queue",
    "receipt",
    "reply",
    "returned",
    "sign_in",
    "staff_copy",
    "staff_help",
    "undelivered",
    "wait_ended",
    "welcome",
]
