"""What staff may change of a customer by mail: the lines below `!customer edit`, as changes and as words to say yes to.

`plan` is asked twice, before the question and after the yes: only when both come to the same is anything done.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailgate.commands import readers
from mailgate.commands.verb import Field
from mailgate.confirmation import Line, Says, Statement
from mailgate.errors import BadAddress, Permanent
from mailgate.mail.address import address_key, parse_mailbox
from mailgate.people import BadDetails, Codes, Contact, Customer, Role, checked_details

FIELDS = (
    Field("name", "Ann Smith", readers.text),
    Field("country", "DE", readers.text),
    Field("language", "de", readers.text),
    Field("time zone", "Europe/Berlin", readers.text),
    Field("email", "ann@example.net", readers.address),
    Field("contact", "Owen Reed <owen@example.org> support, invoice", readers.text),
    Field("remove", "owen@example.org", readers.address),
)

_COLUMNS = {"name": "name", "country": "country", "language": "language", "time zone": "timezone"}
_PERSON = re.compile(
    r"(?:(?P<name>[^<>@]*?)\s*<(?P<linked>[^<>\s]+)>|(?P<bare>[^<>\s]+@[^<>\s,]+))[\s,:]*(?P<roles>.*)\Z"
)
_SEPARATOR = re.compile(r"[\s,;]+")


class CannotEdit(Permanent):
    """These lines cannot be carried out; says why, all of it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as it is to be from now on; `known` is who has the address already."""

    name: str
    address: str
    roles: tuple[Role, ...]
    known: Contact | None


@dataclass(frozen=True, slots=True)
class Edit:
    """The changes; `statement` says each with what was so far."""

    customer: Customer
    statement: Statement
    columns: Mapping[str, str] = field(default_factory=dict)  # of the customer
    mover: Contact | None = None  # whose address becomes `email`
    email: str = ""
    person: Person | None = None
    leaver: Contact | None = None


def plan(customer: Customer, mover: Contact, given: Mapping[str, str], codes: Codes) -> Edit:
    """What the fields come to; `mover` is the contact that `email` is about. Raises CannotEdit."""
    faults: list[str] = []
    columns = _columns(customer, given, codes, faults)
    person = _person(customer, given["contact"], codes, faults) if "contact" in given else None
    leaver = _leaver(customer, given["remove"], faults) if "remove" in given else None
    email = given.get("email", "")
    if address_key(email) == address_key(mover.address):
        email = ""
    elif email and _with(customer, email):
        faults.append(f"{email} is a contact of customer {customer.id} already")
    if person and leaver and person.known == leaver:
        faults.append(f"{leaver.address} cannot be changed and removed at once")
    lines = [
        *(
            _changed(name, getattr(customer, column), columns[column])
            for name, column in _COLUMNS.items()
            if column in columns
        ),
        *([Line(Says.ADDRESS_MOVES, {"name": mover.name, "before": mover.address, "address": email})] if email else ()),
        *(_said_of(person) if person else ()),
        *([Line(Says.CONTACT_LEAVES, {"name": leaver.name, "address": leaver.address})] if leaver else ()),
    ]
    if not faults and not lines:
        faults.append("all of it is so already" if given else f"no line below it says what: {_EXAMPLE}")
    if faults:
        raise CannotEdit("; ".join(faults))
    first = Line(Says.EDIT_CUSTOMER, {"customer": str(customer.id), "name": customer.name})
    return Edit(customer, (first, *lines), columns, mover if email else None, email, person, leaver)


_EXAMPLE = ", ".join(f"{one.name}: {one.example}" for one in FIELDS[:2])


def _columns(customer: Customer, given: Mapping[str, str], codes: Codes, faults: list[str]) -> Mapping[str, str]:
    wanted = {column: given[name] for name, column in _COLUMNS.items() if name in given}
    try:
        kept = checked_details(wanted, codes)
    except BadDetails as error:
        faults.append(str(error))
        return {}
    return {column: value for column, value in kept.items() if value != getattr(customer, column)}


def _person(customer: Customer, text: str, codes: Codes, faults: list[str]) -> Person | None:
    found = _PERSON.match(text)
    address = (found["linked"] or found["bare"]) if found else ""
    try:
        parse_mailbox(address)
    except BadAddress:
        faults.append(f"contact: {text}: write it as {FIELDS[5].example}")
        return None
    assert found is not None
    words = [word.lower() for word in _SEPARATOR.split(found["roles"]) if word]
    if unknown := [word for word in words if word not in set(Role)]:
        faults.append(f"{unknown[0]} is no role; there are {', '.join(Role)}")
        return None
    known = _with(customer, address)
    roles = tuple(Role(word) for word in dict.fromkeys(words)) or (known.roles if known else (Role.SUPPORT,))
    name = " ".join((found["name"] or "").split()) or (known.name if known else address)
    if known and _is_only_owner(customer, known) and Role.OWNER not in roles:
        faults.append(f"{known.address} is the only owner: give somebody else that role first")
        return None
    try:
        checked_details({"name": name}, codes)
    except BadDetails as error:
        faults.append(f"contact: {error}")
        return None
    person = Person(name, known.address if known else address, roles, known)
    return None if known and (known.name, known.roles) == (name, roles) else person


def _leaver(customer: Customer, address: str, faults: list[str]) -> Contact | None:
    leaver = _with(customer, address)
    if leaver is None:
        there = ", ".join(one.address for one in customer.contacts)
        faults.append(f"{address} is no contact of customer {customer.id}; there are {there}")
    elif _is_only_owner(customer, leaver):
        faults.append(f"{leaver.address} is the only owner: give somebody else that role first")
    return leaver


def _said_of(person: Person) -> Sequence[Line]:
    given = {"name": person.name, "address": person.address, "roles": ", ".join(person.roles)}
    if person.known is None:
        return (Line(Says.CONTACT_COMES, given),)
    before = f"{person.known.name}: {', '.join(person.known.roles)}"
    return (Line(Says.CONTACT_CHANGES, {**given, "before": before}),)


def _changed(name: str, before: str | None, now: str) -> Line:
    return Line(Says.FIELD_CHANGES, {"field": name, "before": before or "–", "now": now})


def _with(customer: Customer, address: str) -> Contact | None:
    key = address_key(address)
    return next((one for one in customer.contacts if address_key(one.address) == key), None)


def _is_only_owner(customer: Customer, contact: Contact) -> bool:
    return [one.id for one in customer.contacts if Role.OWNER in one.roles] == [contact.id]
