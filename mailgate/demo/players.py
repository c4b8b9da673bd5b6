"""Whom one can be in the demo: everybody who is registered, now."""

from dataclasses import dataclass

from sqlalchemy import Connection

from mailgate.demo.magic import Fate, fate_of
from mailgate.people import Role
from store import people


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody with a mailbox."""

    name: str
    address: str
    is_staff: bool
    remark: str


class NoSuchPlayer(Exception):
    """Nobody of this address is registered."""


_MAGIC = {
    Fate.TEMPFAIL: "mail to this address is put off",
    Fate.BOUNCE: "mail to this address is refused",
    Fate.LATE_BOUNCE: "mail to this address is taken and then reported as not delivered",
}


def everybody(conn: Connection) -> tuple[Player, ...]:
    """Customers with their colleagues, then the staff."""
    contacts = [
        Player(contact.name, contact.address, False, _remark(contact.address, contact.roles, customer.name))
        for customer in people.list_customers(conn)
        for contact in customer.contacts
    ]
    staff = [Player(member.name, member.address, True, "staff") for member in people.list_staff(conn)]
    return (*contacts, *staff)


def player(conn: Connection, address: str) -> Player:
    """Who has this address. Raises NoSuchPlayer."""
    found = next((one for one in everybody(conn) if one.address == address), None)
    if found is None:
        raise NoSuchPlayer(address)
    return found


def _remark(address: str, roles: tuple[Role, ...], customer: str) -> str:
    role = "customer" if Role.OWNER in roles else f"colleague at {customer}"
    return ", ".join(filter(None, (role, _MAGIC.get(fate_of(address), ""))))
