"""What `!customer edit` and `!customer note` mean: which customer, which changes, and why they cannot be done."""

import re

from mailgate.commands.verb import Command
from mailgate.flows.staff.account import planned, whose
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.story.act import Act
from mailgate.people import Contact, Customer
from mailgate.tickets.account_edit import CannotEdit, Edit

_NUMBER = re.compile(r"#?(\d{1,9})\Z", re.ASCII)


def why_not_edited(act: Act, mail: StaffMail, command: Command) -> str | None:
    """Why these fields cannot be asked for; None when they can."""
    if any(value is None for value in command.fields.values()):
        return "nothing of a customer can be emptied; leave the line out"
    try:
        edit_of(act, mail, command)
    except CannotEdit as error:
        return str(error)
    return None


def why_not_noted(act: Act, mail: StaffMail, command: Command) -> str | None:
    """Why nothing can be kept; None when it can."""
    found = meant(act, mail, command)
    if found is None:
        return _NOBODY
    if mail.incoming.message.attachments:
        return "files are kept with a ticket alone: attach them to a !note there"
    return None if words_of(found[1], mail) else "there are no words to be kept: write them below it"


_NOBODY = "it is not plain whose: write a customer's address or number behind it, such as ann@example.org"


def edit_of(act: Act, mail: StaffMail, command: Command) -> Edit:
    """The changes. Raises CannotEdit."""
    found = meant(act, mail, command)
    if found is None or found[1]:
        raise CannotEdit(_NOBODY)
    (customer, contact), _ = found
    return planned(act, customer, contact, {name: one.words for name, one in command.fields.items() if one})


def meant(act: Act, mail: StaffMail, command: Command) -> tuple[tuple[Customer, Contact], str] | None:
    """The customer that the command names, else the ticket's, and what else stands on its line.

    A number is one only where it stands alone: `3 servers were moved` is a note.
    """
    first, _, rest = command.argument.words.partition(" ")
    address = first.strip("<>,;:")
    if "@" in address:
        found = whose(act, address)
        return (found, rest.strip()) if found else None
    if number := _NUMBER.match(command.argument.words):
        found = whose(act, number[1])
        return (found, "") if found else None
    owner = mail.ticket.customer_id if mail.ticket else None
    found = whose(act, str(owner)) if owner is not None else None
    return (found, command.argument.words) if found else None


def words_of(said: str, mail: StaffMail) -> str:
    """Those of a note: what stands on its line behind the customer, and below it."""
    return "\n".join(part for part in (said, mail.words) if part).strip()
