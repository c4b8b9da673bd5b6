"""Customers, their contacts, and staff; who the author of a message is, and what may be written about a customer."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from mailgate.errors import Permanent
from mailgate.mail.address import Mailbox, address_key
from mailgate.opening_hours import opening

_MAX_DETAIL = 200  # characters: a name that is longer is something else, pasted
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?\Z")  # BCP 47 §2.1


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
    gets_files: bool = True  # an invoice comes with its PDF; else with a link to it


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
    desks: tuple[str, ...] = ()  # whose tickets they hear of while these are nobody's; none named: all
    hours: tuple[str, ...] = ()  # in which they work, as `mon-fri 09:00-17:00`; none named: day and night

    def works_at(self, desk: str) -> bool:
        """They answer the mail of this desk."""
        return not self.desks or desk in self.desks

    def works(self, now: datetime, zone: tzinfo) -> bool:
        """It is one of their hours, in this zone."""
        return not self.hours or opening(self.hours, zone).is_open(now)

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


def staff_at(address: str, staff: Sequence[Staff]) -> Staff | None:
    """Who of the staff has this address."""
    key = address_key(address)
    return next((one for one in staff if address_key(one.address) == key), None)


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


def call_name(one: Staff, staff: Sequence[Staff]) -> str:
    """What this one is called among the staff: by the first name where that is enough, else by the address."""
    first = one.name.strip().partition(" ")[0].lower()
    return first if staff_called(first, staff) == (one,) else one.address


def sender_of(mailbox: Mailbox | None, contacts: Sequence[Contact], staff: Staff | None) -> Sender:
    """Who the author is, given the rows that have the author's address. Staff come first: they may be customers too."""
    if staff is not None:
        return staff
    if contacts:
        return Registered(tuple(sorted(contacts, key=lambda contact: (contact.active_at, contact.id), reverse=True)))
    return Stranger(mailbox)


@dataclass(frozen=True, slots=True)
class Codes:
    """What the world has agreed on, and a customer may have of it."""

    currencies: Collection[str]  # ISO 4217
    languages: Collection[str]  # the first subtag of BCP 47
    countries: Collection[str]  # ISO 3166-1, two letters
    usual_countries: Mapping[str, str]  # what people write in their place: UK for GB
    timezones: Callable[[], Collection[str]]  # IANA; read from the disk, so only when somebody gives one


@dataclass(frozen=True, slots=True)
class BadDetail:
    """A value that a customer cannot have; `reason` goes on from the value: "is no time zone"."""

    field: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"{self.value!r} {self.reason}" if self.value.strip() else f"the {self.field} {self.reason}"


class BadDetails(Permanent):
    """All that is wrong with what was given about a customer or contact."""

    def __init__(self, details: Sequence[BadDetail]) -> None:
        super().__init__("; ".join(map(str, details)))
        self.details = tuple(details)


class AlreadyContact(Permanent):
    """The address is a contact's: a second account is made on purpose or not at all."""

    def __init__(self, address: str, customers: Sequence[Customer]) -> None:
        super().__init__(f"{address} is a contact of {named(customers)} already")


def checked_details(given: Mapping[str, str], codes: Codes) -> dict[str, str]:
    """The same values as they are kept: codes in their usual case. Raises BadDetails, which names all that is wrong."""
    kept: dict[str, str] = {}
    bad: list[BadDetail] = []
    for field, value in given.items():
        try:
            kept[field] = _CHECKS[field](_one_line(value), codes)
        except _NotThat as error:
            bad.append(BadDetail(field, value, str(error)))
    if bad:
        raise BadDetails(bad)
    return kept


def named(customers: Sequence[Customer]) -> str:
    """Customers as people and commands call them, by number and name."""
    return " and ".join(f"customer {one.id} ({one.name})" for one in customers)


def refuse_second_account(address: str, theirs: Sequence[Customer]) -> None:
    """Raise AlreadyContact when there are customers of whom this address is a contact."""
    if theirs:
        raise AlreadyContact(address, theirs)


def line_fault(value: str) -> str:
    """Why a value is no line of words, to go on from the value: "is empty"; "" when it is one."""
    if not value.strip():
        return "is empty"
    if _CONTROL.search(value):
        return "contains a line break or control character"
    return f"is longer than {_MAX_DETAIL} characters" if len(value) > _MAX_DETAIL else ""


class _NotThat(Exception):
    """Why a value cannot be taken."""


def _one_line(value: str) -> str:
    if fault := line_fault(value):
        raise _NotThat(fault)
    return value


def _words(value: str, _codes: Codes) -> str:
    return value


def _country(value: str, codes: Codes) -> str:
    code = value.upper()
    if code not in codes.countries:
        usual = codes.usual_countries.get(code)
        raise _NotThat(f"is no country code of ISO 3166-1{f': did you mean {usual}?' if usual else ', such as DE'}")
    return code


def _currency(value: str, codes: Codes) -> str:
    if value.upper() not in codes.currencies:
        raise _NotThat(f"is no currency code of ISO 4217{_near(value, codes.currencies, 'EUR')}")
    return value.upper()


def _timezone(value: str, codes: Codes) -> str:
    known = codes.timezones()
    if value not in known:
        raise _NotThat(f"is no time zone{_near(value, known, 'Europe/Berlin')}")
    return value


def _language(value: str, codes: Codes) -> str:
    tag = _LANGUAGE.match(value)
    if tag is None or tag[1].lower() not in codes.languages:
        raise _NotThat("is no language, such as en or pt-BR")
    script, region = tag[2], tag[3]
    return "-".join(filter(None, (tag[1].lower(), script and script.title(), region and region.upper())))


def _near(value: str, known: Collection[str], example: str) -> str:
    spelled = {one.casefold(): one for one in known}
    found = difflib.get_close_matches(value.casefold(), spelled, n=1)
    return f": did you mean {spelled[found[0]]}?" if found else f", such as {example}"


_CHECKS: Mapping[str, Callable[[str, Codes], str]] = {
    "external_id": _words,
    "name": _words,
    "country": _country,
    "currency": _currency,
    "timezone": _timezone,
    "language": _language,
}
