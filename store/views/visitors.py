"""Who looks at a page, contact or staff member, while they are registered; and the keys that seal their words."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, bindparam, select

from mailgate.mail.address import address_key
from mailgate.mail.address_token import Key
from mailgate.people import Role
from store.schema import contacts, customers, keys, staff

SEES_MONEY = frozenset({Role.OWNER, Role.INVOICE})
"""Roles of contacts who are shown prices and documents; others see no money at all."""


@dataclass(frozen=True, slots=True)
class ContactVisitor:
    """A customer's contact. The owner sees all of the customer's, others what they take part in."""

    contact_id: int
    customer_id: int
    name: str
    address: str
    address_key: str
    is_owner: bool
    sees_money: bool  # what things cost, and documents about it
    timezone: str  # IANA
    language: str
    epoch: int


@dataclass(frozen=True, slots=True)
class StaffVisitor:
    """Somebody of the staff."""

    staff_id: int
    name: str
    address: str
    epoch: int


_KEYS = select(keys.c.kid, keys.c.secret)
_SIGNING_KEY = _KEYS.order_by(keys.c.kid.desc()).limit(1)

_CONTACT = select(
    contacts.c.id,
    contacts.c.customer_id,
    contacts.c.name,
    contacts.c.address,
    contacts.c.address_key,
    contacts.c.roles,
    customers.c.timezone,
    customers.c.language,
    customers.c.epoch,
).join(customers, customers.c.id == contacts.c.customer_id)

_CONTACT_BY_ID = _CONTACT.where(contacts.c.id == bindparam("contact_id"), contacts.c.removed_at.is_(None))
_CONTACTS_OF = _CONTACT.where(customers.c.id == bindparam("customer_id")).order_by(
    contacts.c.removed_at.is_not(None), contacts.c.id
)
_STAFF = select(staff.c.id, staff.c.name, staff.c.address, staff.c.epoch).where(staff.c.removed_at.is_(None))
_STAFF_BY_ID = _STAFF.where(staff.c.id == bindparam("staff_id"))


def contact(conn: Connection, contact_id: int) -> ContactVisitor | None:
    """The contact with this id; None when it is gone."""
    row = conn.execute(_CONTACT_BY_ID, {"contact_id": contact_id}).mappings().first()
    return None if row is None else _contact(row)


def owner(conn: Connection, customer_id: int) -> ContactVisitor | None:
    """The owner of a customer, also of one who was removed; None when there is no such customer."""
    rows = conn.execute(_CONTACTS_OF, {"customer_id": customer_id}).mappings().all()
    return next((one for one in map(_contact, rows) if one.is_owner), None)


def _contact(row: RowMapping) -> ContactVisitor:
    return ContactVisitor(
        contact_id=row["id"],
        customer_id=row["customer_id"],
        name=row["name"],
        address=row["address"],
        address_key=row["address_key"],
        is_owner=Role.OWNER in row["roles"],
        sees_money=not SEES_MONEY.isdisjoint(row["roles"]),
        timezone=row["timezone"],
        language=row["language"],
        epoch=row["epoch"],
    )


def staff_member(conn: Connection, staff_id: int) -> StaffVisitor | None:
    """The staff member with this id; None when it is gone."""
    return _staff(conn.execute(_STAFF_BY_ID, {"staff_id": staff_id}).mappings().first())


def staff_with(conn: Connection, address: str) -> StaffVisitor | None:
    """The staff member with this address."""
    return _staff(conn.execute(_STAFF.where(staff.c.address_key == address_key(address))).mappings().first())


def signing_key(conn: Connection) -> Key:
    """The key that signs now."""
    row = conn.execute(_SIGNING_KEY).one()
    return Key(row.kid, row.secret)


def verifying_keys(conn: Connection) -> Mapping[int, bytes]:
    """All keys by id."""
    return {row.kid: row.secret for row in conn.execute(_KEYS)}


def _staff(row: RowMapping | None) -> StaffVisitor | None:
    return None if row is None else StaffVisitor(row["id"], row["name"], row["address"], row["epoch"])
