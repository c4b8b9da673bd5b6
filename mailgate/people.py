"""Customers, their contacts, and staff; who the author of a message is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailgate.mail.address import Mailbox


class Role(StrEnum):
    """What a contact is told about and may ask for; the owner everything."""

    OWNER = "owner"
    GENERAL = "general"
    INVOICE = "invoice"
    SUPPORT = "support"
    PRODUCT = "product"
    DOMAIN = "domain"
    AFFILIATE = "affiliate"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who may write for a customer."""

    id: int
    customer_id: int
    name: str
    address: str
    roles: tuple[Role, ...]
    active_at: datetime  # of the last mail


@dataclass(frozen=True, slots=True)
class Customer:
    """An account. Its own name and address are those of its first owner contact."""

    id: int
    name: str
    address: str
    country: str | None
    currency: str  # ISO 4217
    timezone: str  # IANA
    language: str
    contacts: tuple[Contact, ...]  # those that were not removed
    external_id: str | None = None  # in the system that it was moved from
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tongue:
    """How somebody is written to: in which language, and with the times of which zone."""

    language: str  # BCP 47
    timezone: str  # IANA


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who answers."""

    id: int
    name: str
    address: str
    away_until: datetime | None = None

    def is_away(self, now: datetime) -> bool:
        """Not there, by their own word."""
        return self.away_until is not None and now < self.away_until


@dataclass(frozen=True, slots=True)
class Stranger:
    """Neither registered nor staff; `mailbox` is None when the From rule was broken."""

    mailbox: Mailbox | None


@dataclass(frozen=True, slots=True)
class Registered:
    """One address, registered as a contact of one or several customers, the one active last first."""

    contacts: tuple[Contact, ...]

    @property
    def is_ambiguous(self) -> bool:
        """The address speaks for several customers: staff are told which one was taken."""
        return len(self.contacts) > 1


Sender = Staff | Registered | Stranger


def present(staff: Sequence[Staff], *, now: datetime) -> tuple[Staff, ...]:
    """Who is there to be told; all, when nobody is."""
    return tuple(one for one in staff if not one.is_away(now)) or tuple(staff)


def staff_called(words: str, staff: Sequence[Staff]) -> tuple[Staff, ...]:
    """Whom of the staff these words mean: by address, else by whole name, else by first name; several may share it."""
    wanted = " ".join(words.split()).casefold()
    ways: tuple[Callable[[Staff], str], ...] = (
        lambda one: one.address,
        lambda one: " ".join(one.name.split()),
        lambda one: one.name.strip().partition(" ")[0],
    )
    for called in ways:
        found = tuple(one for one in staff if called(one).casefold() == wanted)
        if found:
            return found
    return ()


def sender_of(mailbox: Mailbox | None, contacts: Sequence[Contact], staff: Staff | None) -> Sender:
    """Who the author is, given the rows that have the author's address. Staff come first: they may be customers too."""
    if staff is not None:
        return staff
    if contacts:
        return Registered(tuple(sorted(contacts, key=lambda contact: (contact.active_at, contact.id), reverse=True)))
    return Stranger(mailbox)
