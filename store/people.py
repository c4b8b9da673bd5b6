"""Rows of customers, contacts and staff."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Insert, RowMapping, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from mailgate.errors import Permanent
from mailgate.mail.address import address_key, parse_mailbox
from mailgate.people import Contact, Customer, Role, Staff, Tongue
from store import locks
from store.rows import Rows, insert_row
from store.schema import contacts, customers, staff
from store.search import index as search

_OF_THIS_ADDRESS = (contacts.c.address_key == bindparam("the_key"), contacts.c.removed_at.is_(None))
_CONTACTS_WITH = select(contacts).where(*_OF_THIS_ADDRESS)
_CUSTOMERS_OF = select(customers).where(customers.c.id.in_(bindparam("ids", expanding=True)))
_CONTACTS_OF = (
    select(contacts)
    .where(contacts.c.customer_id.in_(bindparam("ids", expanding=True)), contacts.c.removed_at.is_(None))
    .order_by(contacts.c.id)
)
_CONTACTS_AT = (
    select(contacts)
    .where(contacts.c.address_key.in_(bindparam("keys", expanding=True)), contacts.c.removed_at.is_(None))
    .order_by(contacts.c.id)
)
_TONGUES_OF = select(customers.c.id, customers.c.language, customers.c.timezone).where(
    customers.c.id.in_(bindparam("ids", expanding=True))
)
_STAFF_WITH = select(staff).where(staff.c.address_key == bindparam("the_key"), staff.c.removed_at.is_(None))
_ALL_STAFF = select(staff).where(staff.c.removed_at.is_(None)).order_by(staff.c.id)
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
    external_id: str | None = None,
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
        "external_id": external_id,
    }
    number = insert_row(conn, insert(customers), values)
    add_contact(conn, number, name, address, (Role.OWNER,), now=now)
    return get_customer(conn, number)


def add_contact(
    conn: Connection, customer_id: int, name: str, address: str, roles: Sequence[Role], *, now: datetime
) -> Contact:
    """Register a person who may write for a customer.

    Raises BadAddress, UnknownCustomer, and AddressTaken when this customer has the address already; another
    customer may have it too. One that was removed comes back under its old id.
    """
    parse_mailbox(address)
    there = select(customers.c.id).where(customers.c.id == customer_id, customers.c.removed_at.is_(None))
    if conn.execute(there).first() is None:
        raise UnknownCustomer(f"there is no customer {customer_id}; `mailgate customer list` shows them")
    key = address_key(address)
    values = {"name": name, "address": address, "roles": [role.value for role in roles], "active_at": now}
    left = contacts.c.customer_id == customer_id, contacts.c.address_key == key, contacts.c.removed_at.is_not(None)
    contact_id = conn.execute(select(contacts.c.id).where(*left)).scalar()
    if contact_id is not None:
        conn.execute(update(contacts).where(contacts.c.id == contact_id).values(**values, removed_at=None))
    else:
        new = insert(contacts).values(**values, customer_id=customer_id, address_key=key)
        contact_id = _insert(conn, new, f"customer {customer_id} has a contact {address} already")
    search.mark(conn, search.Kind.CUSTOMER, customer_id)
    return Contact(contact_id, customer_id, name, address, tuple(roles), now)


def add_staff(conn: Connection, name: str, address: str, *, now: datetime) -> Staff:
    """Register a person who answers. Raises BadAddress and AddressTaken. One who had left comes back."""
    parse_mailbox(address)
    key = address_key(address)
    left = select(staff.c.id).where(staff.c.address_key == key, staff.c.removed_at.is_not(None))
    staff_id = conn.execute(left).scalar()
    if staff_id is not None:
        back = {"name": name, "address": address, "removed_at": None}
        conn.execute(update(staff).where(staff.c.id == staff_id).values(**back))
    else:
        new = insert(staff).values(name=name, address=address, address_key=key, created_at=now)
        staff_id = _insert(conn, new, f"{address} is a staff address already")
    return Staff(staff_id, name, address)


def find_customer(conn: Connection, customer_id: int) -> Customer | None:
    """A customer with all contacts; None when there is no such id."""
    return customers_of(conn, (customer_id,)).get(customer_id)


def get_customer(conn: Connection, customer_id: int) -> Customer:
    """The same of an id that was read from a row of ours. Raises LookupError when there is none after all."""
    customer = find_customer(conn, customer_id)
    if customer is None:
        raise LookupError(f"there is no customer {customer_id}")
    return customer


def find_by_external_id(conn: Connection, external_id: str) -> Customer | None:
    """The customer who had this id in an older system, also one who was removed."""
    found = conn.execute(select(customers.c.id).where(customers.c.external_id == external_id)).scalar()
    return None if found is None else find_customer(conn, found)


def tongue_of(conn: Connection, customer_id: int) -> Tongue:
    """How a customer is written to."""
    query = select(customers.c.language, customers.c.timezone).where(customers.c.id == customer_id)
    return Tongue(*conn.execute(query).one())


def tongues_of(conn: Connection, customer_ids: Iterable[int]) -> dict[int, Tongue]:
    """The same of several customers, by their numbers."""
    ids = sorted(set(customer_ids))
    rows = conn.execute(_TONGUES_OF, {"ids": ids}) if ids else ()
    return {row.id: Tongue(row.language, row.timezone) for row in rows}


def registered_at(conn: Connection, customer_id: int) -> datetime:
    """When the customer was registered."""
    at: datetime = conn.execute(select(customers.c.created_at).where(customers.c.id == customer_id)).scalar_one()
    return at


def list_customers(conn: Connection, *, after: int = 0, limit: int | None = None) -> tuple[Customer, ...]:
    """Customers behind id `after` who were not removed, each with its contacts."""
    query = select(customers).where(customers.c.id > after, customers.c.removed_at.is_(None))
    rows = conn.execute(query.order_by(customers.c.id).limit(limit)).mappings().all()
    people: dict[int, list[Contact]] = {row["id"]: [] for row in rows}
    theirs = contacts.c.customer_id.in_(people), contacts.c.removed_at.is_(None)
    found = conn.execute(select(contacts).where(*theirs).order_by(contacts.c.id))
    for row in found.mappings():
        people[row["customer_id"]].append(_CONTACT.read(row))
    return tuple(_customer(row, tuple(people[row["id"]])) for row in rows)


def customers_of(conn: Connection, numbers: Iterable[int]) -> dict[int, Customer]:
    """These customers with their contacts, by number, also those who were removed."""
    wanted = list(numbers)
    rows = conn.execute(_CUSTOMERS_OF, {"ids": wanted}).mappings().all()
    theirs: dict[int, list[Contact]] = {row["id"]: [] for row in rows}
    for row in conn.execute(_CONTACTS_OF, {"ids": wanted}).mappings():
        theirs[row["customer_id"]].append(_CONTACT.read(row))
    return {row["id"]: _customer(row, tuple(theirs[row["id"]])) for row in rows}


def keep_accounts(conn: Connection, numbers: Iterable[int]) -> None:
    """Nobody erases or ends these accounts before the commit. Who is a contact of them is read after this."""
    wanted = sorted(set(numbers))
    if wanted and not locks.has_one_writer(conn):
        kept = select(customers.c.id).where(customers.c.id.in_(wanted)).order_by(customers.c.id)
        conn.execute(kept.with_for_update(read=True, key_share=True))


def lock_account(conn: Connection, number: int) -> None:
    """Wait until nobody else works for this account, and have it until the commit."""
    if not locks.has_one_writer(conn):
        conn.execute(select(customers.c.id).where(customers.c.id == number).with_for_update())


def change_accounts(conn: Connection, numbers: Iterable[int]) -> tuple[int, ...]:
    """Nobody else changes, ends or erases these accounts before the commit, and mail goes on coming in for them.

    Returns those that there are, ascending, as they are locked.
    """
    query = select(customers.c.id).where(customers.c.id.in_(sorted(set(numbers)))).order_by(customers.c.id)
    if not locks.has_one_writer(conn):
        query = query.with_for_update(key_share=True)  # FOR NO KEY UPDATE: beside the key shares of keep_accounts
    return tuple(conn.execute(query).scalars())


def contacts_with(conn: Connection, address: str) -> tuple[Contact, ...]:
    """Every contact that has this address, of whatever customer."""
    return tuple(
        _CONTACT.read(row) for row in conn.execute(_CONTACTS_WITH, {"the_key": address_key(address)}).mappings()
    )


def contacts_at(conn: Connection, addresses: Iterable[str]) -> dict[str, tuple[Contact, ...]]:
    """The same of several addresses, by their keys; those that no contact has are left out."""
    keys = sorted({address_key(address) for address in addresses})
    found: dict[str, list[Contact]] = {}
    for row in conn.execute(_CONTACTS_AT, {"keys": keys}).mappings() if keys else ():
        found.setdefault(row["address_key"], []).append(_CONTACT.read(row))
    return {key: tuple(theirs) for key, theirs in found.items()}


def registered_among(conn: Connection, addresses: Iterable[str]) -> frozenset[str]:
    """Those of the addresses that a contact has."""
    keys = {address: address_key(address) for address in addresses if "@" in address}
    query = select(contacts.c.address_key).where(
        contacts.c.address_key.in_(set(keys.values())), contacts.c.removed_at.is_(None)
    )
    known = set(conn.execute(query).scalars()) if keys else set()
    return frozenset(address for address, key in keys.items() if key in known)


def customers_with(conn: Connection, address: str) -> tuple[Customer, ...]:
    """Every customer of whom this address is a contact, by their numbers."""
    found = customers_of(conn, sorted({contact.customer_id for contact in contacts_with(conn, address)}))
    return tuple(found[number] for number in sorted(found))


def list_contacts(conn: Connection) -> tuple[Contact, ...]:
    """Every contact of every customer."""
    there = select(contacts).where(contacts.c.removed_at.is_(None)).order_by(contacts.c.id)
    return tuple(_CONTACT.read(row) for row in conn.execute(there).mappings())


def find_contact(conn: Connection, contact_id: int) -> Contact | None:
    """One contact; None when there is no such id, or when it was removed."""
    there = contacts.c.id == contact_id, contacts.c.removed_at.is_(None)
    row = conn.execute(select(contacts).where(*there)).mappings().first()
    return _CONTACT.read(row) if row else None


def touch(conn: Connection, contact_id: int, *, now: datetime) -> None:
    """The contact wrote: of several accounts with one address, this is the one that is meant next time.

    A mail that was held for long and is processed as of its own date takes nothing from a later one.
    """
    conn.execute(_TOUCH, {"the_id": contact_id, "active_at": now})


def read_contact(row: RowMapping) -> Contact:
    """The contact of a row."""
    return _CONTACT.read(row)


def staff_with(conn: Connection, address: str) -> Staff | None:
    """The staff member with this address."""
    row = conn.execute(_STAFF_WITH, {"the_key": address_key(address)}).mappings().first()
    return _STAFF.read(row) if row else None


def find_staff(conn: Connection, staff_id: int) -> Staff | None:
    """One staff member; None when there is no such id, or when he has left."""
    return next((one for one in list_staff(conn) if one.id == staff_id), None)


def set_away(conn: Connection, staff_id: int, *, until: datetime | None) -> None:
    """They are not there until then; None: they are back."""
    conn.execute(update(staff).where(staff.c.id == staff_id).values(away_until=until))


def set_desks(conn: Connection, staff_id: int, desks: Iterable[str]) -> None:
    """They hear of the tickets of these desks while they are nobody's; of all when none is named."""
    conn.execute(update(staff).where(staff.c.id == staff_id).values(desks=list(desks) or None))


def set_hours(conn: Connection, staff_id: int, hours: Iterable[str]) -> None:
    """They work in these hours, as `opening_hours.read_hours` takes them; day and night when there are none."""
    conn.execute(update(staff).where(staff.c.id == staff_id).values(hours=list(hours) or None))


def list_staff(conn: Connection) -> tuple[Staff, ...]:
    """Everybody who answers now."""
    return tuple(_STAFF.read(row) for row in conn.execute(_ALL_STAFF).mappings())


def staff_addresses_ever(conn: Connection) -> frozenset[str]:
    """The address keys of all staff, also of those who have left."""
    return frozenset(conn.execute(select(staff.c.address_key)).scalars())


def _insert(conn: Connection, new: Insert, taken: str) -> int:
    try:
        return insert_row(conn, new, {})
    except IntegrityError as error:
        raise AddressTaken(taken) from error


def _customer(row: RowMapping, people: tuple[Contact, ...]) -> Customer:
    owner = next((contact for contact in people if Role.OWNER in contact.roles), None)
    return _CUSTOMER.read(row, address=owner.address if owner else "", contacts=people)


_CUSTOMER = Rows(Customer, given=("address", "contacts"))
_CONTACT = Rows(Contact)
_STAFF = Rows(Staff)
