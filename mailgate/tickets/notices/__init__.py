"""What the mails of the desk are filled with. Words stand in `templates/mail/`, who may get them in `letters`."""

from mailgate.tickets.notices.to_askers import confirm, ended, proposals, receipt
from mailgate.tickets.notices.to_colleagues import Deeds, collision, shortened, staff_copy
from mailgate.tickets.notices.to_customers import acknowledgement, of_state, reply, to_another
from mailgate.tickets.notices.to_staff import (
    HeldMail,
    LateMail,
    QueuedTicket,
    Said,
    decided,
    delayed,
    held_alert,
    notification,
    queue,
    returned,
    undelivered,
    wait_ended,
)

__all__ = [
    "Deeds",
    "HeldMail",
    "LateMail",
    "QueuedTicket",
    "Said",
    "acknowledgement",
    "collision",
    "confirm",
    "decided",
    "delayed",
    "ended",
    "held_alert",
    "notification",
    "of_state",
    "proposals",
    "queue",
    "receipt",
    "reply",
    "returned",
    "shortened",
    "staff_copy",
    "to_another",
    "undelivered",
    "wait_ended",
]
