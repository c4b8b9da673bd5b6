"""A contact, a customer or a staff member leaves: refused while open tickets hang on it, unless that is meant."""

from collections.abc import Sequence

from sqlalchemy import Connection

from mailgate.errors import Permanent
from mailgate.flows.story.act import Act
from mailgate.flows.story.record import record
from mailgate.people import Contact, Customer, Role, Staff
from mailgate.tickets.ticket import Event, State
from store import people, people_edits
from store.billing import services
from store.desk import staff_acts, tickets

_NAMED = 10
"""Tickets that a refusal names; further ones are counted."""


class StillNeeded(Permanent):
    """Something hangs on whoever should be removed."""


def remove_contact(act: Act, contact: Contact, *, force: bool) -> None:
    """Take a contact's right to write for the customer. Raises StillNeeded, for the only owner also with `force`."""
    people.lock_account(act.conn, contact.customer_id)
    refuse_only_owner(act.conn, contact)
    unclosed = people_edits.unclosed_of_contact(act.conn, contact.id)
    if unclosed and not force:
        raise StillNeeded(f"contact {contact.id} takes part in {_named(unclosed)}; --force removes it all the same")
    people_edits.remove_contact(act.conn, contact.id, now=act.now)


def refuse_only_owner(conn: Connection, contact: Contact) -> None:
    """Raise StillNeeded when the customer would be left without an owner."""
    customer = people.get_customer(conn, contact.customer_id)
    if [one.id for one in customer.contacts if Role.OWNER in one.roles] == [contact.id]:
        raise StillNeeded(
            f"contact {contact.id} is the only owner of customer {customer.id}: "
            "give another one the role first, or remove the customer"
        )


def remove_customer(act: Act, customer: Customer, *, force: bool) -> tuple[int, ...]:
    """End a customer. With `force` the tickets that are not closed are closed, and returned.

    Raises StillNeeded, also with `force` while the customer has services: they would be billed to nobody.
    """
    people.lock_account(act.conn, customer.id)
    going_on = services.of_accounts(act.conn, (customer.id,)).get(customer.id, [])
    if going_on:
        named = ", ".join(str(one.id) for one in going_on[:_NAMED])
        raise StillNeeded(f"customer {customer.id} has services that have not ended, {named}: cancel them first")
    unclosed = people_edits.unclosed_of_customer(act.conn, customer.id)
    if unclosed and not force:
        raise StillNeeded(f"customer {customer.id} has {_named(unclosed)}; --force closes and removes")
    for ticket in tickets.locked(act.conn, unclosed).values():
        if ticket.state is not State.CLOSED:
            record(act, ticket, Event.CLOSED, cause="customer-removed")
    people_edits.remove_customer(act.conn, customer.id, now=act.now)
    return unclosed


def remove_staff(act: Act, member: Staff, *, force: bool) -> tuple[int, ...]:
    """End a staff member's work here; returns his tickets, which are free now. Raises StillNeeded for the last one."""
    others = [one for one in people.list_staff(act.conn) if one.id != member.id]
    if not others and not force:
        raise StillNeeded(f"{member.name} is the only one who is told of new mail; --force removes all the same")
    tickets.lock(act.conn, staff_acts.unclosed_of(act.conn, member.id))
    freed = people_edits.remove_staff(act.conn, member.id, now=act.now)
    tickets.lock(act.conn, freed)
    for ticket in tickets.itself(act.conn, freed).values():
        if ticket.state is not State.CLOSED:
            record(act, ticket, Event.ASSIGNED, left=member.name)
    return freed


def _named(numbers: Sequence[int]) -> str:
    names = ", ".join(f"#{number}" for number in numbers[:_NAMED])
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    return f"tickets that are not closed: {names}{more}"
