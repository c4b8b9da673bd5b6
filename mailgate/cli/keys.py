"""`mailgate keys`: the keys that sign reply addresses, and those that sign our mail."""

import click

from mailgate.cli.dkim import dkim
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.output import json_option, print_object, print_rows, utc_option
from store import keys as key_rows
from store.engine import reading, transaction


@click.group(cls=Group)
def keys() -> None:
    """Signing keys, of reply addresses and of our mail."""


keys.add_command(dkim)


@keys.command("list")
@utc_option
@json_option
def list_() -> None:
    """All keys of reply addresses, oldest first; never their secrets."""
    with gate() as parts, reading(parts.engine) as conn:
        found = key_rows.listing(conn)
    rows = [{"id": key.kid, "created_at": key.created_at, "retired_at": key.retired_at} for key in found]
    print_rows(rows, ("id", "created_at", "retired_at"))


@keys.command()
@json_option
def rotate() -> None:
    """Make a new key of reply addresses. Addresses that older keys signed stay good until they expire."""
    with gate() as parts, transaction(parts.engine) as conn:
        kid = key_rows.rotate(conn, now=now())
    print_object({"id": kid})
