"""`mailgate suppression`: addresses that nothing is sent to, since their mail server says that they do not exist."""

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.output import EX_DATAERR, fail, json_option, limit_option, print_object, print_rows, utc_option
from store.engine import reading, transaction
from store.post import suppressions
from store.post.suppressions import Suppression

COLUMNS = ("address", "since", "until", "reason")


@click.group(cls=Group)
def suppression() -> None:
    """Addresses that take no mail: list, remove."""


@suppression.command("list")
@limit_option
@click.option("--after", default="", metavar="ADDRESS", help="Only those behind this address.")
@utc_option
@json_option
def list_(limit: int | None, after: str) -> None:
    """Addresses that nothing is sent to, by the alphabet."""
    with gate() as parts, reading(parts.engine) as conn:
        found = suppressions.listing(conn, now=now(), after=after, limit=limit)
    print_rows([_row(one) for one in found], COLUMNS)


@suppression.command()
@click.argument("address")
@json_option
def remove(address: str) -> None:
    """Send mail to ADDRESS again; what was not sent stays failed until `mailgate queue retry`."""
    with gate() as parts, transaction(parts.engine) as conn:
        if not suppressions.remove(conn, address):
            fail(
                f"nothing is known against {address}",
                code=EX_DATAERR,
                hint="mailgate suppression list",
            )
    print_object({"address": address, "removed": True})


def _row(one: Suppression) -> dict[str, object]:
    return {
        "address": one.address,
        "since": one.since,
        "until": one.until,
        "reason": one.reason,
    }
