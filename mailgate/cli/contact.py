"""`mailgate contact`: register, change and remove people who may write for a customer."""

from collections.abc import Sequence

import click
from sqlalchemy import Connection

from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import CALLED, Typed, contact_of, customer_argument, customer_of
from mailgate.cli.output import EX_USAGE, fail, json_option, print_object, say
from mailgate.cli.welcome import tell_welcomed, wanted, welcome_option
from mailgate.config.codes import CODES
from mailgate.desks import refuse_ours
from mailgate.flows.story.act import Act
from mailgate.flows.ticket import leave
from mailgate.flows.welcome import welcome
from mailgate.people import Contact, Customer, Role, checked_details, named
from store import people, people_edits
from store.engine import transaction

ROLES = [role.value for role in Role]


@click.group(cls=Group)
def contact() -> None:
    """Register, change and remove people who may write for a customer."""


@contact.command()
@customer_argument
@click.argument("name")
@click.argument("email")
@click.option(
    "--role",
    "roles",
    type=click.Choice(ROLES),
    multiple=True,
    required=True,
    help="What the person is told about; may be given several times.",
)
@welcome_option
@json_option
def add(customer: Typed, name: str, email: str, roles: tuple[str, ...], *, to_welcome: bool | None) -> None:
    """Register a person who may write for CUSTOMER: an id, an address, a domain or a name."""
    with gate() as parts, transaction(parts.engine) as conn:
        kept = checked_details({"name": name}, CODES)
        refuse_ours(email, parts.settings.desks, parts.settings.gate.domain)
        whose = customer_of(conn, customer).id
        added = people.add_contact(conn, whose, kept["name"], email, tuple(Role(role) for role in roles), now=now())
        others = _others(conn, added)
        is_wanted = wanted(to_welcome, parts.settings.welcome.customers)
        welcomed = is_wanted and welcome(Act.begin(conn, parts.settings, now()), added)
    print_object(_row(added))
    tell_welcomed(email, done=welcomed)
    _tell_others(added, others)


@contact.command()
@click.argument("contact", metavar="CONTACT", type=CALLED)
@click.option("--name", help="What the person is called.")
@click.option("--email", help="All links and sessions of the customer end with the old address.")
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, help="Instead of the roles it has.")
@click.option(
    "--attach/--link-only", "gets_files", default=None, help="Invoices come with their PDF, or with a link to it alone."
)
@json_option
def edit(
    contact: Typed, name: str | None, email: str | None, roles: tuple[str, ...], *, gets_files: bool | None
) -> None:
    """Change a contact, named by id, address or name."""
    if name is None and email is None and not roles and gets_files is None:
        fail("nothing to change", code=EX_USAGE, hint="--name, --email, --role, --attach or --link-only", name="usage")
    with gate() as parts, transaction(parts.engine) as conn:
        if name is not None:
            name = checked_details({"name": name}, CODES)["name"]
        found = contact_of(conn, contact)
        if email is not None:
            refuse_ours(email, parts.settings.desks, parts.settings.gate.domain)
        chosen = tuple(Role(role) for role in roles) or None
        if chosen is not None and Role.OWNER not in chosen:
            leave.refuse_only_owner(conn, found)
        people_edits.edit_contact(conn, found.id, name=name, address=email, roles=chosen, gets_files=gets_files)
        changed = contact_of(conn, found.id)
        others = _others(conn, changed) if email is not None else ()
    print_object(_row(changed))
    _tell_others(changed, others)


@contact.command()
@click.argument("contact", metavar="CONTACT", type=CALLED)
@click.option("--force", is_flag=True, help="Also while it takes part in tickets that are not closed.")
@json_option
def remove(contact: Typed, force: bool) -> None:
    """Take a contact's right to write for its customer, of whom everybody is signed out."""
    with gate() as parts, transaction(parts.engine) as conn:
        found = contact_of(conn, contact)
        leave.remove_contact(Act.begin(conn, parts.settings, now()), found, force=force)
    print_object({**_row(found), "removed": True})


def _others(conn: Connection, one: Contact) -> tuple[Customer, ...]:
    return tuple(other for other in people.customers_with(conn, one.address) if other.id != one.customer_id)


def _tell_others(one: Contact, others: Sequence[Customer]) -> None:
    """Not refused, as the customer was named: an accountant or agency writes for several."""
    if others:
        say(f"mailgate: {one.address} is a contact of {named(others)} too")


def _row(one: Contact) -> dict[str, object]:
    roles = [role.value for role in one.roles]
    return {
        "id": one.id,
        "customer": one.customer_id,
        "name": one.name,
        "email": one.address,
        "roles": roles,
        "gets_files": one.gets_files,
    }
