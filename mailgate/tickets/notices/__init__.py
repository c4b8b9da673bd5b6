"""What the mails of the desk are filled with. Words stand in `templates/mail/`, who may get them in `letters`."""

from mailgate.tickets.notices.to_askers import confirm, ended, proposals, receipt
from mailgate.tickets.notices.to_colleagues import Deeds, collision, staff_copy
from mailgate.tickets.notices.to_customers import acknowledgement, of_state, reply
from mailgate.tickets.notices.to_staff import (
    HeldMail,
    QueuedTicket,
    decided,
    held_alert,
    notification,
    queue,
    returned,
    undelivered,
)

__all__ = [
    "Deeds",
    "HeldMail",
    "QueuedTicket",
    "acknowledgement",
    "collision",
    "confirm",
    "decided",
    "ended",
    "held_alert",
    "notification",
    "of_state",
    "proposals",
    "queue",
    "receipt",
    "reply",
    "returned",
    "staff_copy",
    "undelivered",
]
