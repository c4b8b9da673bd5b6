"""`mailgate staff`: register, list and remove the people who answer."""

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import CALLED, Typed, staff_of
from mailgate.cli.output import json_option, print_object, print_rows
from mailgate.desks import refuse_ours
from mailgate.flows.story.act import Act
from mailgate.flows.ticket import leave
from mailgate.people import Staff
from store import people
from store.engine import reading, transaction


@click.group(cls=Group)
def staff() -> None:
    """Register, list and remove the people who answer."""


@staff.command()
@click.argument("name")
@click.argument("email")
@json_option
def add(name: str, email: str) -> None:
    """Register a person who answers; every new message goes to EMAIL, and replies from there go to customers."""
    with gate() as parts:
        refuse_ours(email, parts.settings.desks, parts.settings.gate.domain)
        with transaction(parts.engine) as conn:
            added = people.add_staff(conn, name, email, now=now())
    print_object(_row(added))


@staff.command("list")
@json_option
def list_() -> None:
    """Everybody who answers."""
    with gate() as parts, reading(parts.engine) as conn:
        found = people.list_staff(conn)
    print_rows([_row(one) for one in found], ("id", "name", "email"))


@staff.command()
@click.argument("member", metavar="STAFF", type=CALLED)
@click.option("--force", is_flag=True, help="Also the last one: then nobody is told of new mail.")
@json_option
def remove(member: Typed, force: bool) -> None:
    """Somebody leaves: signed out at once, his tickets are nobody's, his mail is a stranger's.

    STAFF is an id, an address or a name.
    """
    with gate() as parts, transaction(parts.engine) as conn:
        found = staff_of(conn, member)
        freed = leave.remove_staff(Act.begin(conn, parts.settings, now()), found, force=force)
    print_object({**_row(found), "removed": True, "freed": list(freed)})


def _row(one: Staff) -> dict[str, object]:
    return {"id": one.id, "name": one.name, "email": one.address}
