"""`mailgate staff`: register, list, change and remove the people who answer."""

from collections.abc import Iterable, Sequence

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import CALLED, Typed, staff_of
from mailgate.cli.output import EX_DATAERR, fail, json_option, print_object, print_rows
from mailgate.cli.welcome import tell_welcomed, wanted, welcome_option
from mailgate.desks import refuse_ours
from mailgate.flows.story.act import Act
from mailgate.flows.ticket import leave
from mailgate.flows.welcome import welcome_staff
from mailgate.opening_hours import BadHours, Span, in_order, read_hours
from mailgate.people import Staff
from store import people, people_edits
from store.engine import reading, transaction


@click.group(cls=Group)
def staff() -> None:
    """Register, list, change and remove the people who answer."""


@staff.command()
@click.argument("name")
@click.argument("email")
@welcome_option
@json_option
def add(name: str, email: str, to_welcome: bool | None) -> None:
    """Register a person who answers; every new message goes to EMAIL, and replies from there go to customers."""
    with gate() as parts:
        refuse_ours(email, parts.settings.desks, parts.settings.gate.domain)
        with transaction(parts.engine) as conn:
            added = people.add_staff(conn, name, email, now=now())
            is_wanted = wanted(to_welcome, parts.settings.welcome.staff)
            welcomed = is_wanted and welcome_staff(Act.begin(conn, parts.settings, now()), added)
    print_object(_row(added))
    tell_welcomed(email, done=welcomed)


@staff.command("list")
@json_option
def list_() -> None:
    """Everybody who answers."""
    with gate() as parts, reading(parts.engine) as conn:
        found = people.list_staff(conn)
    print_rows([_row(one) for one in found], ("id", "name", "email", "desks", "hours"))


@staff.command()
@click.argument("member", metavar="STAFF", type=CALLED)
@click.option("--desk", "desks", multiple=True, metavar="NAME", help="May be given several times.")
@click.option("--all-desks", is_flag=True, help="They hear of every desk, as when they were added.")
@click.option(
    "--hours", multiple=True, metavar="HOURS", help='Such as "mon-fri 09:00-17:00"; may be given several times.'
)
@click.option("--all-hours", is_flag=True, help="They work day and night, as when they were added.")
@json_option
def edit(member: Typed, desks: tuple[str, ...], all_desks: bool, hours: tuple[str, ...], all_hours: bool) -> None:
    """Of which desks' tickets somebody hears while they are nobody's, and in which hours.

    STAFF is an id, an address or a name.
    """
    if (desks and all_desks) or (hours and all_hours) or not (desks or all_desks or hours or all_hours):
        raise click.UsageError("say --desk NAME or --all-desks, --hours HOURS or --all-hours")
    with gate() as parts:
        _check(desks, hours, [desk.name for desk in parts.settings.desks])
        with transaction(parts.engine) as conn:
            found = staff_of(conn, member)
            if desks or all_desks:
                people.set_desks(conn, found.id, dict.fromkeys(desks))
            if hours or all_hours:
                people.set_hours(conn, found.id, hours)
            changed = staff_of(conn, found.id)
    print_object(_row(changed))


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


@staff.command("sign-out")
@click.argument("member", metavar="STAFF", type=CALLED)
@json_option
def sign_out(member: Typed) -> None:
    """End somebody's sessions, links and feeds at once, as when a device is lost; signing in anew stays possible.

    STAFF is an id, an address or a name.
    """
    with gate() as parts, transaction(parts.engine) as conn:
        found = staff_of(conn, member)
        people_edits.sign_out_staff(conn, found.id)
    print_object({**_row(found), "signed_out": True})


def _check(desks: Iterable[str], hours: Iterable[str], known: Sequence[str]) -> None:
    for name in desks:
        if name not in known:
            fail(f"there is no desk {name}; there are {', '.join(known)}", code=EX_DATAERR)
    spans: list[Span] = []
    for text in hours:
        try:
            spans += read_hours(text)
            in_order(spans)
        except BadHours as error:
            fail(f"--hours {text}: {error}", code=EX_DATAERR)


def _row(one: Staff) -> dict[str, object]:
    return {"id": one.id, "name": one.name, "email": one.address, "desks": list(one.desks), "hours": list(one.hours)}
