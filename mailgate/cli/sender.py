"""`mailgate sender`: strangers whose verified mail is not held."""

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.output import EX_DATAERR, fail, json_option, print_object, print_rows, utc_option
from mailgate.desks import is_ours
from mailgate.people import Stranger, sender_of
from store import people
from store.engine import reading, transaction
from store.post import senders
from store.post.senders import AllowedSender

COLUMNS = ("email", "allowed_by", "allowed_at")


@click.group(cls=Group)
def sender() -> None:
    """Strangers whose verified mail is not held."""


@sender.command("list")
@utc_option
@json_option
def list_() -> None:
    """All addresses that were let in."""
    with gate() as parts, reading(parts.engine) as conn:
        found = senders.listing(conn)
    print_rows([_row(one) for one in found], COLUMNS)


@sender.command()
@click.argument("email")
@utc_option
@json_option
def allow(email: str) -> None:
    """What EMAIL writes, and is proved to have written, opens tickets from now on."""
    with gate() as parts:
        if is_ours(email, parts.settings.desks, parts.settings.gate.domain):
            fail(f"{email} is an address of the gate", code=EX_DATAERR, hint="it would talk to itself")
        with transaction(parts.engine) as conn:
            known = sender_of(None, people.contacts_with(conn, email), people.staff_with(conn, email))
            if not isinstance(known, Stranger):
                fail(f"{email} is registered already", code=EX_DATAERR, hint="its mail is not held")
            allowed = senders.allow(conn, email, by="the command line", now=now())
    print_object(_row(allowed))


@sender.command()
@click.argument("email")
@json_option
def remove(email: str) -> None:
    """Hold mail of EMAIL again."""
    with gate() as parts, transaction(parts.engine) as conn:
        removed = senders.remove(conn, email)
    if not removed:
        fail(f"{email} was not let in", code=EX_DATAERR, hint="mailgate sender list")
    print_object({"email": email})


def _row(one: AllowedSender) -> dict[str, object]:
    return {"email": one.address, "allowed_by": one.allowed_by, "allowed_at": one.at}
