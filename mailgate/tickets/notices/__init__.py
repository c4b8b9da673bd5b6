"""Which mail each ticket event calls for, with its frozen values. Words stand in `templates/mail/`."""

from mailgate.tickets.notices.letterhead import Letterhead, ReplyAddress
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
    "HeldMail",
    "Letterhead",
    "ReplyAddress",
    "acknowledgement",
    "autoclose_warning",
    "autoclosed",
    "closed",
    "decided",
    "held",
    "held_alert",
    "notification",
    "reply",
    "returned",
    "sign_in",
    "undelivered",
    "wait_ended",
    "welcome",
]
