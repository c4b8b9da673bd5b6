"""`mailgate staff`: register and list the people who answer."""

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_DATAERR, fail, json_option, print_object, print_rows
from mailgate.people import Staff
from mailgate.tickets.desks import is_ours
from store import people
from store.engine import reading, transaction


@click.group()
def staff() -> None:
    """Register and list the people who answer."""


@staff.command()
@click.argument("name")
@click.argument("email")
@json_option
def add(name: str, email: str, as_json: bool) -> None:
    """Register a person who answers; every new message goes to EMAIL, and replies from there go to customers."""
    with gate(as_json=as_json) as parts:
        if is_ours(email, parts.settings.desks, parts.settings.gate.domain):
            fail(f"{email} is an address of the gate", code=EX_DATAERR, hint="it would talk to itself", as_json=as_json)
        with transaction(parts.engine) as conn:
            added = people.add_staff(conn, name, email, now=now())
    print_object(_row(added), as_json=as_json)


@staff.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Everybody who answers."""
    with gate(as_json=as_json) as parts, reading(parts.engine) as conn:
        found = people.list_staff(conn)
    print_rows([_row(one) for one in found], ("id", "name", "email"), as_json=as_json)


def _row(one: Staff) -> dict[str, object]:
    return {"id": one.id, "name": one.name, "email": one.address}
