"""What pages for staff offer to do: mails that are ready to be sent, to addresses that are the visitor's own.

Each decision that a mail of ours offers is offered here as well, so that nobody needs that mail, or a shell, to decide.
"""

from mailgate.desks import Desk
from mailgate.letters.kind import OWN_WORDS, Template
from mailgate.letters.letter import own_address
from mailgate.mail.address_token import Purpose
from mailgate.mail.mailto import MailAction
from mailgate.tickets.verbs import lists, staff
from store.views import visitors
from store.views.staff_mails import OutgoingLine
from store.views.staff_money import CustomerHead
from store.views.visitors import StaffVisitor
from webview.site import Visit

StaffVisit = Visit[StaffVisitor]

ELSEWHERE, AGAIN = "elsewhere", "again"


def on_held(visit: StaffVisit, mail_id: int, author: str) -> list[MailAction]:
    """Each decision on a held mail, by the name of its command. `author`: as the mail names them."""
    address = _address(visit, visit.site.desks[0], Purpose.HELD, mail_id)
    name = author.partition("<")[0].strip()
    lines = {
        verb: f"{verb.name} {mail_id}{f' {name}' if verb is lists.REGISTER else ''}".strip()
        for verb in lists.HELD.verbs
    }
    return [MailAction(verb.name, address, f"Re: {lines[verb]}", lines[verb]) for verb in lists.HELD.verbs]


def on_customer(visit: StaffVisit, head: CustomerHead) -> list[MailAction]:
    """To change the customer, to note something about it, or to write to it: new mails to the desk, each a form."""
    to = visit.site.desks[0].mailbox.address
    fields = {"name": head.name, "country": head.country or "", "language": head.language, "time zone": head.timezone}
    lines = [f"!{staff.CUSTOMER_EDIT.name} {head.id}", *(f"{name}: {value}" for name, value in fields.items())]
    actions = [
        MailAction(staff.CUSTOMER_EDIT.name, to, head.name, "\n".join(lines)),
        MailAction(staff.CUSTOMER_NOTE.name, to, head.name, f"!{staff.CUSTOMER_NOTE.name} {head.id}\n"),
    ]
    if head.contacts:
        begin = f"!{staff.CUSTOMER.name} {head.contacts[0].address}\n"
        actions.append(MailAction(staff.CUSTOMER.name, to, "", begin))
    return actions


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


def _address(visit: StaffVisit, desk: Desk, purpose: Purpose, number: int) -> str:
    return own_address(
        desk.mailbox,
        purpose,
        number,
        visit.visitor.staff_id,
        visitors.signing_key(visit.conn),
        today=visit.now.date(),
    )
