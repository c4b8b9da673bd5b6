"""`mailgate customer note` and `notes`: what staff keep about a customer, which no customer sees."""

import sys

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.ids import CALLED, Typed, customer_argument, customer_of, staff_of
from mailgate.cli.output import EX_DATAERR, fail, json_option, print_object, print_rows, utc_option
from store import customer_notes
from store.engine import reading, transaction


@click.command()
@customer_argument
@click.option("--as", "writer", type=CALLED, required=True, metavar="STAFF", help="Who notes it.")
@click.option("--text", help="The words; without it they are read from standard input.")
@json_option
def note(customer: Typed, writer: Typed, text: str | None) -> None:
    """Keep a note on CUSTOMER, an id, an address, a domain or a name; no customer sees it."""
    words = (text if text is not None else sys.stdin.read()).strip()
    if not words:
        fail("there are no words to be kept", code=EX_DATAERR)
    with gate() as parts, transaction(parts.engine) as conn:
        found, by, at = customer_of(conn, customer), staff_of(conn, writer), now()
        customer_notes.add(conn, found.id, words, writer=by, spool_id=None, now=at)
    print_object({"customer": found.id, "author": by.name, "at": at, "text": words})


@click.command()
@customer_argument
@utc_option
@json_option
def notes(customer: Typed) -> None:
    """The notes on CUSTOMER, the newest last."""
    with gate() as parts, reading(parts.engine) as conn:
        found = customer_notes.of_customer(conn, customer_of(conn, customer).id)
    print_rows([{"author": one.author, "at": one.at, "text": one.text} for one in found], ("at", "author", "text"))
