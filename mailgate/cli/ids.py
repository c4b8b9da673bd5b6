"""What people write for a thing: `7`, `#7`, an address, a domain, a name. Read as it is typed, then looked up.

Only what is the same is found. A name that several have ends the command with those that it may mean, and one that
nobody has with those that are nearly so: nothing is ever done to what was merely likely.
"""

from collections.abc import Callable, Sequence
from typing import NoReturn

import click
from sqlalchemy import Connection

from mailgate.cli.output import EX_DATAERR, fail, found_or_fail
from mailgate.people import Contact, Customer, Staff, staff_called
from store import called, people
from store.billing import services

Typed = int | str
"""A number, or words that are looked up."""

_NAMED = 5  # of those whom words may mean


class Number(click.ParamType[int]):
    """An id, as `7` or `#7`."""

    name = "integer"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or end the command with what is meant."""
        number = _number(value)
        if number is None:
            self.fail(f"{value!r} is no number, such as 7 or #7.", param, ctx)
        return number


class Called(click.ParamType[Typed]):
    """An id, or words that are looked up."""

    name = "text"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Typed:
        """Read it, or end the command with what is meant."""
        number = _number(value)
        if number is not None:
            return number
        words = " ".join(str(value).split())
        if not words or not words.isprintable():
            self.fail(f"{value!r} names nothing.", param, ctx)
        return words


class Mail(Called):
    """An id, or a Message-ID."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Typed:
        """Read it, or end the command with what is meant."""
        if _number(value) is None and "@" not in str(value):
            self.fail(f"{value!r} is neither a number, such as 7 or #7, nor a Message-ID.", param, ctx)
        return super().convert(value, param, ctx)


NUMBER, CALLED = Number(), Called()
mail_argument = click.argument("mail", metavar="MAIL", type=Mail())
customer_argument = click.argument("customer", metavar="CUSTOMER", type=CALLED)
customer_option = click.option(
    "--customer", type=CALLED, metavar="CUSTOMER", help="Of one customer: id, address, domain, name or invoice number."
)


def customer_of(conn: Connection, typed: Typed) -> Customer:
    """The customer who is meant; one who was removed is found by his number alone."""
    number = customer_id_of(conn, typed)
    return found_or_fail(people.find_customer(conn, number), f"customer {number}", hint="mailgate customer list")


def only_of(conn: Connection, typed: Typed | None) -> int | None:
    """Of which customer alone a list is; of none there is nothing in it."""
    return None if typed is None else customer_id_of(conn, typed)


def contact_of(conn: Connection, typed: Typed) -> Contact:
    """The contact who is meant."""
    if isinstance(typed, str):
        found = called.contacts_called(conn, typed)
        typed = _one(typed, found, "contact", lambda number: _contact_words(conn, number), _near(conn, typed))
    return found_or_fail(people.find_contact(conn, typed), f"contact {typed}", hint="mailgate customer list")


def staff_of(conn: Connection, typed: Typed) -> Staff:
    """The staff member who is meant: by number, address, whole or first name."""
    everybody = {one.id: one for one in people.list_staff(conn)}
    if isinstance(typed, str):
        at_address = people.staff_with(conn, typed) if "@" in typed else None
        found = [at_address] if at_address else staff_called(typed, tuple(everybody.values()))
        near = [word for one in everybody.values() for word in (one.name, one.name.partition(" ")[0], one.address)]
        typed = _one(typed, [one.id for one in found], "staff member", lambda number: everybody[number].name, near)
    return found_or_fail(everybody.get(typed), f"staff member {typed}", hint="mailgate staff list")


def service_id_of(conn: Connection, typed: Typed) -> int:
    """The number of the service that is meant; whether there is such a number is for others to say."""
    if isinstance(typed, int):
        return typed
    found = called.services_called(conn, typed)
    return _one(typed, found, "service", lambda number: _service_words(conn, number), ())


def accepted_of(conn: Connection, typed: Typed) -> int:
    """The number of an accepted mail: by itself, or by Message-ID."""
    return _mail(conn, typed, called.accepted_called, "mailgate inbox list")


def outgoing_of(conn: Connection, typed: Typed) -> int:
    """The number of a mail of ours: by itself, or by Message-ID."""
    return _mail(conn, typed, called.outgoing_called, "mailgate queue list")


def customer_id_of(conn: Connection, typed: Typed) -> int:
    """The number of the customer who is meant; whether there is such a number is for others to say."""
    if isinstance(typed, int):
        return typed
    found = called.customers_called(conn, typed)
    names = called.names_of(conn, found[:_NAMED])
    return _one(typed, found, "customer", lambda number: names[number], _near(conn, typed))


def _mail(conn: Connection, typed: Typed, look_up: Callable[[Connection, str], Sequence[int]], hint: str) -> int:
    if isinstance(typed, int):
        return typed
    found = look_up(conn, typed.removeprefix("<").removesuffix(">"))
    if not found:
        fail(f"there is no mail {typed!r}", code=EX_DATAERR, hint=f"its number or Message-ID; {hint}")
    return _one(typed, found, "mail", lambda _: "", ())


def _one(words: str, found: Sequence[int], kind: str, told: Callable[[int], str], near: Sequence[str]) -> int:
    """The only one that was found; the command ends when there are several, or none."""
    if len(found) > 1:
        _refuse_several(words, found, kind, told)
    if not found:
        _refuse_none(words, kind, near)
    return found[0]


def _refuse_several(words: str, found: Sequence[int], kind: str, told: Callable[[int], str]) -> NoReturn:
    meant = [f"{number} {told(number)}".rstrip() for number in found[:_NAMED]]
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    fail(
        f"{words!r} may be {kind} {', '.join(meant)}{more}",
        code=EX_DATAERR,
        hint="say which one by its number",
        name="Ambiguous",
    )


def _refuse_none(words: str, kind: str, near: Sequence[str]) -> NoReturn:
    from mailgate.toml_text.problems import nearest

    lists = {"contact": "customer", "staff member": "staff"}.get(kind, kind)
    suggested = " or ".join(map(repr, nearest(words, near)))
    asked = f"did you mean {suggested}? " if suggested else ""
    fail(f"there is no {kind} {words!r}", code=EX_DATAERR, hint=f"{asked}mailgate {lists} list")


def _near(conn: Connection, words: str) -> tuple[str, ...]:
    return called.beginning_as(conn, words)


def _contact_words(conn: Connection, number: int) -> str:
    one = people.find_contact(conn, number)
    if one is None:
        return ""
    return f"{one.name} <{one.address}> of customer {one.customer_id}"


def _service_words(conn: Connection, number: int) -> str:
    one = services.find(conn, number)
    return f"{one.name} of customer {one.customer_id}" if one else ""


def _number(value: object) -> int | None:
    """`7` and `#7`; None: it is no number."""
    digits = str(value).removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 100 else None
