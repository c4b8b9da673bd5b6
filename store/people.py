"""Rows of customers, contacts and staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from mailgate.errors import Permanent
from mailgate.mail.address import address_key, parse_mailbox
from mailgate.people import Contact, Customer, Role, Staff
from store.schema import contacts, customers, staff

_CONTACTS_WITH = select(contacts).where(contacts.c.address_key == bindparam("the_key"))
_STAFF_WITH = select(staff).where(staff.c.address_key == bindparam("the_key"))
_ALL_STAFF = select(staff).order_by(staff.c.id)
_TOUCH = (
    update(contacts)
    .where(contacts.c.id == bindparam("the_id"), contacts.c.active_at < bindparam("active_at"))
    .values(active_at=bindparam("active_at"))
)


class AddressTaken(Permanent):
    """The address is registered already."""


class UnknownCustomer(Permanent):
    """There is no customer with this id."""


def epoch_of_contact(conn: Connection, contact_id: int) -> int:
    """The epoch of the contact's customer: links and sessions of an earlier one are void."""
    query = select(customers.c.epoch).join(contacts, contacts.c.customer_id == customers.c.id)
    return int(conn.execute(query.where(contacts.c.id == contact_id)).scalar_one())


def epoch_of_staff(conn: Connection, staff_id: int) -> int:
    """The epoch of a staff member."""
    return int(conn.execute(select(staff.c.epoch).where(staff.c.id == staff_id)).scalar_one())


def add_customer(
    conn: Connection,
    name: str,
    address: str,
    *,
    country: str | None,
    currency: str,
    timezone: str,
    language: str,
    now: datetime,
) -> Customer:
    """Register a customer with one contact, its owner. Raises BadAddress."""
    parse_mailbox(address)
    values = {
        "name": name,
        "country": country,
        "currency": currency,
        "timezone": timezone,
        "language": language,
        "created_at": now,
    }
    inserted = conn.execute(insert(customers).values(**values)).inserted_primary_key
    assert inserted is not None
    add_contact(conn, inserted[0], name, address, (Role.OWNER,), now=now)
    customer = find_customer(conn, inserted[0])
    assert customer is not None
    return customer


def add_contact(
    conn: Connection, customer_id: int, name: str, address: str, roles: Sequence[Role], *, now: datetime
) -> Contact:
    """Register a person who may write for a customer.

    Raises BadAddress, UnknownCustomer, and AddressTaken when this customer has the address already; another
    customer may have it too.
    """
    parse_mailbox(address)
    if conn.execute(select(customers.c.id).where(customers.c.id == customer_id)).first() is None:
        raise UnknownCustomer(f"there is no customer {customer_id}; `mailgate customer list` shows them")
    values = {
        "customer_id": customer_id,
        "name": name,
        "address": address,
        "address_key": address_key(address),
        "roles": [role.value for role in roles],
        "active_at": now,
    }
    try:
        inserted = conn.execute(insert(contacts).values(**values)).inserted_primary_key
    except IntegrityError as error:
        raise AddressTaken(f"customer {customer_id} has a contact {address} already") from error
    assert inserted is not None
    return Contact(inserted[0], customer_id, name, address, tuple(roles), now)


def add_staff(conn: Connection, name: str, address: str, *, now: datetime) -> Staff:
    """Register a person who answers. Raises BadAddress and AddressTaken."""
    parse_mailbox(address)
    values = {"name": name, "address": address, "address_key": address_key(address), "created_at": now}
    try:
        inserted = conn.execute(insert(staff).values(**values)).inserted_primary_key
    except IntegrityError as error:
        raise AddressTaken(f"{address} is a staff address already") from error
    assert inserted is not None
    return Staff(inserted[0], name, address)


def find_customer(conn: Connection, customer_id: int) -> Customer | None:
    """A customer with all contacts; None when there is no such id."""
    return next(iter(list_customers(conn, only=customer_id)), None)


def list_customers(
    conn: Connection, *, only: int | None = None, after: int = 0, limit: int | None = None
) -> tuple[Customer, ...]:
    """Customers behind id `after`, each with its contacts."""
    query = select(customers).where(customers.c.id > after).order_by(customers.c.id).limit(limit)
    if only is not None:
        query = query.where(customers.c.id == only)
    rows = conn.execute(query).mappings().all()
    people: dict[int, list[Contact]] = {row["id"]: [] for row in rows}
    found = conn.execute(select(contacts).where(contacts.c.customer_id.in_(people)).order_by(contacts.c.id))
    for row in found.mappings():
        people[row["customer_id"]].append(_contact(row))
    return tuple(_customer(row, tuple(people[row["id"]])) for row in rows)


def contacts_with(conn: Connection, address: str) -> tuple[Contact, ...]:
    """Every contact that has this address, of whatever customer."""
    return tuple(_contact(row) for row in conn.execute(_CONTACTS_WITH, {"the_key": address_key(address)}).mappings())


def find_contact(conn: Connection, contact_id: int) -> Contact | None:
    """One contact; None when there is no such id."""
    row = conn.execute(select(contacts).where(contacts.c.id == contact_id)).mappings().first()
    return _contact(row) if row else None


def touch(conn: Connection, contact_id: int, *, now: datetime) -> None:
    """The contact wrote: of several accounts with one address, this is the one that is meant next time.

    A mail that was held for long and is processed as of its own date takes nothing from a later one.
    """
    conn.execute(_TOUCH, {"the_id": contact_id, "active_at": now})


def staff_with(conn: Connection, address: str) -> Staff | None:
    """The staff member with this address."""
    row = conn.execute(_STAFF_WITH, {"the_key": address_key(address)}).mappings().first()
    return _staff(row) if row else None


def list_staff(conn: Connection) -> tuple[Staff, ...]:
    """Everybody who answers."""
    return tuple(_staff(row) for row in conn.execute(_ALL_STAFF).mappings())


def _customer(row: RowMapping, people: tuple[Contact, ...]) -> Customer:
    owner = next((contact for contact in people if Role.OWNER in contact.roles), None)
    return Customer(
        id=row["id"],
        name=row["name"],
        address=owner.address if owner else "",
        country=row["country"],
        currency=row["currency"],
        timezone=row["timezone"],
        language=row["language"],
        contacts=people,
    )


def _contact(row: RowMapping) -> Contact:
    roles = tuple(Role(role) for role in row["roles"])
    return Contact(row["id"], row["customer_id"], row["name"], row["address"], roles, row["active_at"])


def _staff(row: RowMapping) -> Staff:
    values: dict[str, Any] = dict(row)
    return Staff(values["id"], values["name"], values["address"])
