"""Which mail each ticket event calls for, with its frozen values. Words stand in `templates/mail/`."""

from mailgate.tickets.notices.letterhead import Letterhead, ReplyAddress
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
    decided,
    held_alert,
    notification,
    returned,
    undelivered,
    wait_ended,
)

__all__ = [
    "Asked",
    "Deeds",
    "HeldMail",
    "Letterhead",
    "ReplyAddress",
    "acknowledgement",
    "autoclose_warning",
    "autoclosed",
    "closed",
    "collision",
    "decided",
    "done",
    "held",
    "held_alert",
    "notification",
    "reply",
    "returned",
    "sign_in",
    "staff_copy",
    "staff_help",
    "undelivered",
    "wait_ended",
    "welcome",
]
