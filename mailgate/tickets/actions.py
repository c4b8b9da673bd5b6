"""What a customer can do about a ticket with one mail that is ready to be sent; the same for mails and for pages.

Each is the reader's own reply address with a command: it needs no token of its own, and twice is the same as once.
"""

from mailgate.mail.mailto import MailAction
from mailgate.tickets.thread import without_tag
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs import customers

_MAX_SUBJECT = 120


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
