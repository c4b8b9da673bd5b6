"""A customer as staff work on it by mail: whom a command means, and the changes that were said yes to."""

from collections.abc import Mapping

from mailgate.config.codes import CODES
from mailgate.confirmation import Became, Confirmation
from mailgate.desks import is_ours
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Told
from mailgate.flows.welcome import welcome
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.people import Contact, Customer, Role, staff_at
from mailgate.tickets.account_edit import CannotEdit, Edit, Person, plan
from mailgate.tickets.result import about_question
from store import people, people_edits

CUSTOMER, CONTACT = "customer", "about"
"""Among the values of the question: the numbers of the customer, and of the contact that was named."""

CHANGED_SINCE = "the customer is not as it was when you were asked: send the command again"


def whose(act: Act, named: str) -> tuple[Customer, Contact] | None:
    """Whom an address means, of several customers the one active last, or a number; with its contact, or the owner."""
    if "@" in named:
        found = people.contacts_with(act.conn, named)
        contact = max(found, key=lambda one: (one.active_at, one.id), default=None)
        return (people.get_customer(act.conn, contact.customer_id), contact) if contact else None
    customer = people.find_customer(act.conn, int(named))
    if customer is None or customer.removed_at or not customer.contacts:
        return None
    owner = next((one for one in customer.contacts if Role.OWNER in one.roles), customer.contacts[0])
    return customer, owner


def planned(act: Act, customer: Customer, contact: Contact, given: Mapping[str, str]) -> Edit:
    """The changes that these fields ask for. Raises CannotEdit."""
    edit = plan(customer, contact, given, CODES)
    for address in (edit.email, edit.person.address if edit.person else ""):
        if address and is_ours(address, act.settings.desks, act.settings.gate.domain):
            raise CannotEdit(f"{address} is one of our own addresses")
        if address and staff_at(address, act.staff):
            raise CannotEdit(f"{address} is a colleague's")
    if edit.leaver and (unclosed := people_edits.unclosed_of_contact(act.conn, edit.leaver.id)):
        numbers = ", ".join(f"#{number}" for number in unclosed)
        raise CannotEdit(f"{edit.leaver.address} takes part in tickets that are not closed: {numbers}")
    return edit


def edit_customer(act: Act, incoming: Incoming, asked: Confirmation) -> Told:
    """Do what was said yes to, when it still means the same; the receipt says what is now and what was."""
    given = {name: value for name, value in asked.values.items() if name not in (CUSTOMER, CONTACT)}
    number = int(asked.values[CUSTOMER])
    people.lock_account(act.conn, number)
    customer, contact = (
        people.find_customer(act.conn, number),
        people.find_contact(act.conn, int(asked.values[CONTACT])),
    )
    if customer is None or customer.removed_at or contact is None or contact.customer_id != number:
        return Told(about_question(Became.DECIDED, why=CHANGED_SINCE))
    try:
        edit = planned(act, customer, contact, given)
    except CannotEdit as error:
        return Told(about_question(Became.DECIDED, why=str(error)))
    if edit.statement != asked.statement:
        return Told(about_question(Became.DECIDED, why=CHANGED_SINCE))
    by = next((one.name for one in act.staff if one.id == asked.staff_id), act.settings.gate.company)
    _write(act, edit, by)
    return Told(about_question(Became.DONE, asked.statement))


def _write(act: Act, edit: Edit, by: str) -> None:
    if edit.columns:
        people_edits.edit_customer(act.conn, edit.customer.id, edit.columns)
    if edit.mover:
        _move(act, edit.mover, edit.email, by)
    if edit.person:
        _keep(act, edit.customer.id, edit.person)
    if edit.leaver:
        people_edits.remove_contact(act.conn, edit.leaver.id, now=act.now)


def _move(act: Act, mover: Contact, email: str, by: str) -> None:
    """Both addresses hear of it, the old one while it still is the contact's: whoever reads it can object."""
    for number in (0, 1):
        contact = people.find_contact(act.conn, mover.id)
        assert contact is not None
        values = {"before": mover.address, "address": email, "by": by}
        notify(act, [letter(Template.ADDRESS_CHANGED, sheet_for(act, contact, subject=""), values)], cause=None)
        if number == 0:
            people_edits.edit_contact(act.conn, mover.id, address=email)


def _keep(act: Act, customer_id: int, person: Person) -> None:
    if person.known:
        people_edits.edit_contact(act.conn, person.known.id, name=person.name, roles=person.roles)
        return
    added = people.add_contact(act.conn, customer_id, person.name, person.address, person.roles, now=act.now)
    if act.settings.welcome.customers:
        welcome(act, added)
