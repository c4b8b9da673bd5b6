"""`mailgate contact`: register people who may write for a customer."""

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_DATAERR, fail, json_option, print_object
from mailgate.people import Role
from mailgate.tickets.desks import is_ours
from store import people
from store.engine import transaction


@click.group()
def contact() -> None:
    """Register people who may write for a customer."""


@contact.command()
@click.argument("customer", type=int)
@click.argument("name")
@click.argument("email")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
    help="What the person is told about; may be given several times.",
)
@json_option
def add(customer: int, name: str, email: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Register a person who may write for CUSTOMER, by its id."""
    with gate(as_json=as_json) as parts, transaction(parts.engine) as conn:
        if is_ours(email, parts.settings.desks, parts.settings.gate.domain):
            fail(f"{email} is an address of the gate", code=EX_DATAERR, hint="it would talk to itself", as_json=as_json)
        added = people.add_contact(conn, customer, name, email, tuple(Role(role) for role in roles), now=now())
    row = {"id": added.id, "customer": customer, "name": name, "email": email, "roles": list(roles)}
    print_object(row, as_json=as_json)
