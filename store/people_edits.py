"""Changes to registered people, and their leaving: a row that history refers to is marked, never deleted."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from mailgate.errors import Permanent
from mailgate.mail.address import address_key, parse_mailbox
from mailgate.people import Role
from mailgate.tickets.ticket import State
from store.people import AddressTaken
from store.schema import contacts, customers, participants, staff, tickets
from store.search import index as search


class ExternalIdTaken(Permanent):
    """Another customer has this id of the older system."""


def edit_customer(conn: Connection, customer_id: int, changes: Mapping[str, object]) -> None:
    """Write these columns of a customer. Raises ExternalIdTaken."""
    try:
        conn.execute(update(customers).where(customers.c.id == customer_id).values(**changes))
    except IntegrityError as error:
        raise ExternalIdTaken(f"another customer has the external id {changes.get('external_id')}") from error
    search.mark(conn, search.Kind.CUSTOMER, customer_id)


def edit_contact(
    conn: Connection,
    contact_id: int,
    *,
    name: str | None = None,
    address: str | None = None,
    roles: Sequence[Role] | None = None,
    gets_files: bool | None = None,
) -> None:
    """Write what is not None. Raises BadAddress, and AddressTaken when the customer has, or had, the address already.

    With another address all links and sessions of the customer end: they were sent to the old one.
    """
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = name
    if roles is not None:
        values["roles"] = [role.value for role in roles]
    if gets_files is not None:
        values["gets_files"] = gets_files
    if address is not None:
        parse_mailbox(address)
        values |= {"address": address, "address_key": address_key(address)}
    if not values:
        return
    there = contacts.c.id == contact_id
    customer_id, key = conn.execute(select(contacts.c.customer_id, contacts.c.address_key).where(there)).one()
    try:
        conn.execute(update(contacts).where(there).values(**values))
    except IntegrityError as error:
        raise AddressTaken(f"customer {customer_id} has, or had, a contact {address}: add that one again") from error
    search.mark(conn, search.Kind.CUSTOMER, customer_id)
    if values.get("address_key", key) != key:
        _sign_out(conn, customer_id)
    taking_part = {one: values[one] for one in ("name", "address", "address_key") if one in values}
    if not taking_part:
        return
    his = select(participants.c.ticket_id).where(participants.c.contact_id == contact_id)
    same = participants.c.address_key == taking_part.get("address_key", key), participants.c.contact_id.is_(None)
    conn.execute(delete(participants).where(participants.c.ticket_id.in_(his), *same))  # the same person, as a stranger
    conn.execute(update(participants).where(participants.c.contact_id == contact_id).values(**taking_part))


def remove_contact(conn: Connection, contact_id: int, *, now: datetime) -> None:
    """The contact is found by its address no more, gets no answers, and is signed out with all of the customer."""
    there = contacts.c.id == contact_id
    _sign_out(conn, conn.execute(select(contacts.c.customer_id).where(there)).scalar_one())
    conn.execute(update(contacts).where(there).values(removed_at=now))


def remove_customer(conn: Connection, customer_id: int, *, now: datetime) -> None:
    """The same for a customer and all its contacts."""
    _sign_out(conn, customer_id)
    left = contacts.c.customer_id == customer_id, contacts.c.removed_at.is_(None)
    conn.execute(update(contacts).where(*left).values(removed_at=now))
    conn.execute(update(customers).where(customers.c.id == customer_id).values(removed_at=now))


def remove_staff(conn: Connection, staff_id: int, *, now: datetime) -> tuple[int, ...]:
    """The same for a staff member; returns the tickets that were assigned to him, which nobody has now."""
    conn.execute(update(staff).where(staff.c.id == staff_id).values(removed_at=now, epoch=staff.c.epoch + 1))
    assigned = tickets.c.assignee_id == staff_id
    freed = conn.execute(select(tickets.c.id).where(assigned).order_by(tickets.c.id)).scalars().all()
    conn.execute(update(tickets).where(assigned).values(assignee_id=None))
    return tuple(freed)


def sign_out_staff(conn: Connection, staff_id: int) -> None:
    """Their sessions, links and feeds end; they may sign in anew at once."""
    conn.execute(update(staff).where(staff.c.id == staff_id).values(epoch=staff.c.epoch + 1))


def unclosed_of_contact(conn: Connection, contact_id: int) -> tuple[int, ...]:
    """Numbers of the tickets that are not closed and that the contact takes part in."""
    query = select(tickets.c.id).join(participants, participants.c.ticket_id == tickets.c.id)
    query = query.where(participants.c.contact_id == contact_id, tickets.c.state != State.CLOSED)
    return tuple(conn.execute(query.order_by(tickets.c.id)).scalars())


def unclosed_of_customer(conn: Connection, customer_id: int) -> tuple[int, ...]:
    """Numbers of the customer's tickets that are not closed."""
    query = select(tickets.c.id).where(tickets.c.customer_id == customer_id, tickets.c.state != State.CLOSED)
    return tuple(conn.execute(query.order_by(tickets.c.id)).scalars())


def _sign_out(conn: Connection, customer_id: int) -> None:
    conn.execute(update(customers).where(customers.c.id == customer_id).values(epoch=customers.c.epoch + 1))
