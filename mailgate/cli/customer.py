"""`mailgate customer`: register and list customers."""

import re
from zoneinfo import ZoneInfo

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_DATAERR, after_option, fail, json_option, limit_option, print_object, print_rows
from mailgate.people import Customer
from mailgate.tickets.desks import is_ours
from store import people
from store.engine import reading, transaction


@click.group()
def customer() -> None:
    """Register and list customers."""


@customer.command()
@click.argument("name")
@click.argument("email")
@click.option("--country", help="ISO 3166 code, such as DE.")
@click.option("--currency", help="ISO 4217 code; by default gate.currency.")
@click.option("--timezone", help="IANA zone; by default gate.timezone.")
@click.option("--language", default="en", show_default=True, help="Language of the mails to this customer.")
@json_option
def add(
    name: str, email: str, country: str | None, currency: str | None, timezone: str | None, language: str, as_json: bool
) -> None:
    """Register a customer; EMAIL is the address of its owner, who may write at once."""
    with gate(as_json=as_json) as parts:
        home = parts.settings.gate
        if country and not re.fullmatch("[A-Za-z]{2}", country):
            fail(f"{country!r} is no country code", code=EX_DATAERR, hint="two letters, such as DE", as_json=as_json)
        if currency and not re.fullmatch("[A-Za-z]{3}", currency):
            fail(f"{currency!r} is no currency code", code=EX_DATAERR, hint="three letters, EUR", as_json=as_json)
        try:
            ZoneInfo(timezone or home.timezone)
        except (KeyError, OSError, ValueError):
            fail(f"{timezone!r} is no time zone", code=EX_DATAERR, hint="such as Europe/Berlin", as_json=as_json)
        if is_ours(email, parts.settings.desks, home.domain):
            fail(f"{email} is an address of the gate", code=EX_DATAERR, hint="it would talk to itself", as_json=as_json)
        with transaction(parts.engine) as conn:
            added = people.add_customer(
                conn,
                name,
                email,
                country=country.upper() if country else None,
                currency=(currency or home.currency).upper(),
                timezone=timezone or home.timezone,
                language=language,
                now=now(),
            )
        print_object(as_row(added), as_json=as_json)


@customer.command("list")
@limit_option
@after_option
@json_option
def list_(limit: int | None, after: int, as_json: bool) -> None:
    """All customers with their contacts."""
    with gate(as_json=as_json) as parts, reading(parts.engine) as conn:
        found = people.list_customers(conn, after=after, limit=limit)
    print_rows([as_row(one) for one in found], ("id", "name", "email", "country", "currency"), as_json=as_json)


@customer.command()
@click.argument("customer_id", metavar="ID", type=int)
@json_option
def show(customer_id: int, as_json: bool) -> None:
    """One customer."""
    with gate(as_json=as_json) as parts, reading(parts.engine) as conn:
        found = people.find_customer(conn, customer_id)
    if found is None:
        fail(f"there is no customer {customer_id}", code=EX_DATAERR, hint="mailgate customer list", as_json=as_json)
    print_object(as_row(found), as_json=as_json)


def as_row(one: Customer) -> dict[str, object]:
    """The JSON face of a customer."""
    return {
        "id": one.id,
        "name": one.name,
        "email": one.address,
        "country": one.country,
        "currency": one.currency,
        "timezone": one.timezone,
        "language": one.language,
        "contacts": [
            {
                "id": person.id,
                "name": person.name,
                "email": person.address,
                "roles": [role.value for role in person.roles],
            }
            for person in one.contacts
        ],
    }
