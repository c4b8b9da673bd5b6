"""What pages for staff offer to do: mails that are ready to be sent, to addresses that are the visitor's own.

Each decision that a mail of ours offers is offered here as well, so that nobody needs that mail, or a shell, to decide.
"""

from mailgate.commands import readers
from mailgate.commands.place import Where
from mailgate.commands.verb import Verb
from mailgate.desks import Desk, desk_named
from mailgate.letters.kind import OWN_WORDS, Template
from mailgate.letters.letter import own_address
from mailgate.mail.address_token import Purpose
from mailgate.mail.mailto import MailAction
from mailgate.tickets.actions import answer_subject
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs import lists, staff
from store.views import visitors
from store.views.staff_mails import OutgoingLine
from store.views.staff_tickets import StaffTicketHead
from store.views.visitors import StaffVisitor
from webview.site import Visit

StaffVisit = Visit[StaffVisitor]

REPLY = "reply"
ELSEWHERE, AGAIN = "elsewhere", "again"

_BESIDE_OTHERS = frozenset({staff.AWAY, staff.QUEUE, staff.HELP})
"""What is about no ticket, though it may stand in an answer to one's mail."""

_AS_IT_STANDS = frozenset({readers.nothing, readers.anything, readers.instant, readers.priority})
"""Commands whose example may be sent as it is; of the others the argument is the visitor's to fill in."""


def on_ticket(visit: StaffVisit, head: StaffTicketHead) -> list[MailAction]:
    """A reply, and each command that would do something in this ticket's state."""
    line = head.line
    address = _address(visit, desk_named(line.desk, visit.site.desks), Purpose.STAFF, line.id)
    subject = answer_subject(line.subject, line.id)
    idle = staff.CLOSE if line.state is State.CLOSED else staff.REOPEN
    verbs = [verb for verb in staff.STAFF.verbs if verb.where is not Where.NEW and verb not in {idle, *_BESIDE_OTHERS}]
    return [
        MailAction(REPLY, address, subject),
        *(MailAction(_named(verb), address, subject, f"{_written(verb)}\n") for verb in verbs),
    ]


def on_held(visit: StaffVisit, mail_id: int, author: str) -> list[MailAction]:
    """Each decision on a held mail, by the name of its command. `author`: as the mail names them."""
    address = _address(visit, visit.site.desks[0], Purpose.HELD, mail_id)
    name = author.partition("<")[0].strip()
    lines = {
        verb: f"{verb.name} {mail_id}{f' {name}' if verb is lists.REGISTER else ''}".strip()
        for verb in lists.HELD.verbs
    }
    return [MailAction(verb.name, address, f"Re: {lines[verb]}", lines[verb]) for verb in lists.HELD.verbs]


def on_lost(visit: StaffVisit, mail: OutgoingLine) -> list[MailAction]:
    """Words that did not arrive: to another address, or once more to the same; nothing for any other mail."""
    if not mail.is_lost or Template(mail.template) not in OWN_WORDS or mail.ticket_id is None:
        return []
    address = _address(visit, visit.site.desks[0], Purpose.MEND, mail.id)
    subject = f"Re: {mail.subject or mail.to_address}"
    return [
        MailAction(ELSEWHERE, address, subject),
        MailAction(AGAIN, address, subject, mail.to_address),
    ]


def _named(verb: Verb) -> str:
    """As a link names it: with the example, or with a place for what belongs there."""
    return verb.example if verb.read in _AS_IT_STANDS else f"!{verb.name} …"


def _written(verb: Verb) -> str:
    if verb.read is readers.anything:
        return f"!{verb.name}"
    return verb.example if verb.read in _AS_IT_STANDS else f"!{verb.name} "


def _address(visit: StaffVisit, desk: Desk, purpose: Purpose, number: int) -> str:
    return own_address(
        desk.mailbox,
        purpose,
        number,
        visit.visitor.staff_id,
        visitors.signing_key(visit.conn),
        today=visit.now.date(),
    )
