"""`!extend`: staff give an invoice time, in an answer on its ticket or by its number in a new mail."""

from datetime import date

from mailgate.commands.verb import Command
from mailgate.flows.billing.dunning import time_given
from mailgate.flows.staff.answer.invoice_meant import invoice_meant
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import tell
from mailgate.flows.story.act import Act
from mailgate.flows.story.record import record
from mailgate.flows.story.settled import Settled
from mailgate.mail.disposition import Disposition
from mailgate.tickets.result import Done, Item, item
from mailgate.tickets.ticket import Event, Ticket
from mailgate.tickets.verbs import staff
from store import people
from store.billing import invoices
from store.billing.invoices import Issued


def why_not_extended(act: Act, mail: StaffMail, command: Command) -> str | None:
    """Why no time can be given; None when it can."""
    number = command.argument.words
    invoice = invoice_meant(act, mail, command.argument.words)
    if invoice is None and number:
        return f"there is no invoice {number}"
    if invoice is None:
        example = "!extend 2027-0031 7d"
        return f"it is not plain which invoice: write its number before the time, such as {example}"
    return None if invoice.open_minor else f"nothing is open of invoice {invoice.number}"


def extend(act: Act, mail: StaffMail, ticket: Ticket, command: Command) -> Ticket:
    """On a ticket: what was given stands in its history."""
    invoice = invoice_meant(act, mail, command.argument.words)
    assert invoice is not None
    until, said = _give(act, mail, command, invoice)
    tell(act, mail, said, is_unread=False)
    if until is None:
        return ticket
    return record(act, ticket, Event.EXTENDED, doer=mail.doer, number=invoice.number, until=until)


def extend_alone(act: Act, mail: StaffMail, command: Command) -> Settled:
    """In a new mail, about no ticket."""
    invoice = invoice_meant(act, mail, command.argument.words)
    assert invoice is not None
    tell(act, mail, _give(act, mail, command, invoice)[1])
    return Settled(Disposition.COMMAND, f"!{staff.EXTEND.name}", evidence=mail.incoming.evidence)


def _give(act: Act, mail: StaffMail, command: Command, invoice: Issued) -> tuple[date | None, Item]:
    """Until when there is time now, None where it was settled meanwhile; and what is said of that."""
    days = command.argument.number
    assert days is not None
    standing = time_given.stand(act.conn, invoice.customer_id, now=act.now)
    by = f"{mail.writer.name} <{mail.writer.address}>"
    invoice = invoices.get(act.conn, invoice.id)  # as it is under the lock
    if not invoice.open_minor:
        return None, item(Done.NOT_EXTENDED, number=invoice.number)
    number = mail.incoming.lent.spool_id
    until = time_given.extend(act.conn, standing, invoice, days, by=by, spool_id=number, now=act.now)
    customer = people.get_customer(act.conn, invoice.customer_id)
    said = item(
        Done.EXTENDED,
        number=invoice.number,
        day=f"{until}",
        name=customer.name,
        open_minor=invoice.open_minor,
        currency=invoice.currency,
    )
    return until, said
