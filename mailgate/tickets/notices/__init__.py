"""What the mails of the desk are filled with. Words stand in `templates/mail/`, who may get them in `letters`."""

from mailgate.tickets.notices.to_askers import answered, confirm, ended, proposals, receipt, seconded
from mailgate.tickets.notices.to_colleagues import Deeds, Happened, News, collision, shortened, staff_copy, staff_news
from mailgate.tickets.notices.to_customers import acknowledgement, of_state, reply, to_another
from mailgate.tickets.notices.to_staff import (
    HeldMail,
    LateMail,
    QueuedTicket,
    UnpaidAfterAll,
    decided,
    delayed,
    held_alert,
    held_back,
    notification,
    queue,
    returned,
    undelivered,
    wait_ended,
)

__all__ = [
    "Deeds",
    "Happened",
    "HeldMail",
    "LateMail",
    "News",
    "QueuedTicket",
    "UnpaidAfterAll",
    "acknowledgement",
    "answered",
    "collision",
    "confirm",
    "decided",
    "delayed",
    "ended",
    "held_alert",
    "held_back",
    "notification",
    "of_state",
    "proposals",
    "queue",
    "receipt",
    "reply",
    "returned",
    "seconded",
    "shortened",
    "staff_copy",
    "staff_news",
    "to_another",
    "undelivered",
    "wait_ended",
]
