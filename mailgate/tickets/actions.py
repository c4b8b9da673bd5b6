"""What can be done about a ticket with one mail that is ready to be sent: for customers by mails and pages alike.

Each is the reader's own reply address with a command: it needs no token of its own, and twice is the same as once.
"""

from collections.abc import Sequence

from mailgate.mail.mailto import MailAction
from mailgate.people import Staff, call_name
from mailgate.tickets.thread import without_tag
from mailgate.tickets.ticket import Priority, State
from mailgate.tickets.verbs import customers, staff
from mailgate.tickets.verbs.staff import PREFILLED, Standing

_MAX_SUBJECT = 120
_STAFF_VERBS = (
    staff.TAKE,
    staff.CLOSE,
    staff.REOPEN,
    staff.NOTE,
    staff.WAIT,
    staff.TAG,
    staff.ADD,
    staff.MERGE,
    staff.FOLLOW,
    staff.MUTE,
    staff.SPAM,
)
"""What a mail can say that is begun from nothing but the ticket. Splitting and taking back are about a mail of it."""


def answer_subject(subject: str, number: int) -> str:
    """The subject of an answer to a ticket."""
    short = " ".join(without_tag(subject).split())
    short = short if len(short) <= _MAX_SUBJECT else f"{short[: _MAX_SUBJECT - 1]}…"
    return f"{'' if short[:3].lower() == 're:' else 'Re: '}{short} [#{number}]"


def ticket_actions(state: State, *, to: str, subject: str, shared: bool) -> tuple[MailAction, ...]:
    """The mails that do something about a ticket in this state. `to` is the reader's reply address.

    `shared`: others get its mails too, so that the reader may leave.
    """
    turn = customers.REOPEN if state is State.CLOSED else customers.CLOSE
    verbs = (turn, customers.STATUS, *((customers.STOP,) if shared else ()))
    return tuple(MailAction(verb.name, to, subject, f"!{verb.name}\n") for verb in verbs)


def staff_actions(standing: Standing, priority: Priority | None, *, to: str, subject: str) -> tuple[MailAction, ...]:
    """The mails of a staff member that do something about a ticket as it stands, named by their commands.

    Its priority is named by what it would be then: urgent, or normal again.
    """
    idle = staff.idle(standing)
    rank = Priority.NORMAL if priority is Priority.URGENT else Priority.URGENT
    said = [(verb.name, PREFILLED.get(verb, f"{verb.example}\n")) for verb in _STAFF_VERBS if verb not in idle]
    said.append((rank.value, f"!{staff.PRIORITY.name} {rank}\n"))
    return tuple(MailAction(name, to, subject, body) for name, body in said)


def hand_overs(
    whom: Sequence[Staff], among: Sequence[Staff], *, to: str, subject: str
) -> tuple[tuple[str, MailAction], ...]:
    """Names of colleagues, each with the mail that gives the ticket to them; `among` are all who may be meant."""
    verb = staff.ASSIGN.name
    return tuple((one.name, MailAction(verb, to, subject, f"!{verb} {call_name(one, among)}\n")) for one in whom)
