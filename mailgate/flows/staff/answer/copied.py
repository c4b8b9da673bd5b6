"""Whom a staff mail has in To and Cc besides us: it reached them past the gate, and they take no part in the ticket."""

from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.story.act import Act
from mailgate.flows.ticket.readers import contact_of, in_copy
from mailgate.tickets.ticket import Ticket
from mailgate.tickets.verbs import staff


def copied(act: Act, mail: StaffMail, ticket: Ticket | None) -> tuple[str, ...]:
    """The addresses that get no mails of the ticket, and that none of the mail's commands is about."""
    message = mail.incoming.message
    named = [command.argument.words for command in mail.commands if command.verb in _NAMING]
    return in_copy(act, (*message.to, *message.cc), ticket, besides=named) if mail.has_content else ()


def strangers(act: Act, mail: StaffMail, ticket: Ticket | None, customer_id: int | None) -> tuple[str, ...]:
    """Those of them who are no contacts of this customer: a contact takes part from then on."""
    return tuple(one for one in copied(act, mail, ticket) if contact_of(act, customer_id, one) is None)


_NAMING = (staff.ADD, staff.REMOVE, staff.CUSTOMER)
