"""`mailgate ledger`: is it whole, what is booked, and the same for accounting programs."""

import sys
from collections.abc import Mapping
from datetime import date

import click
from sqlalchemy import Connection

from mailgate.billing.ledger.plain_text import CARRIED, Extract, Format, write
from mailgate.billing.ledger.transaction import Booked
from mailgate.cli.backup import show_progress
from mailgate.cli.billing_words import Day
from mailgate.cli.cells import named
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import Typed, customer_of, customer_option
from mailgate.cli.output import (
    EX_DATAERR,
    after_option,
    fail,
    instant,
    json_option,
    limit_option,
    print_object,
    print_rows,
    say,
    wants_json,
)
from mailgate.flows.billing.verify_ledger import described, look
from store.billing import ledger as rows
from store.called import names_of, numbers_of
from store.engine import reading

COLUMNS = ("id", "date", "key", "customer", "account", "amount_minor", "currency", "invoice")


@click.group(cls=Group)
def ledger() -> None:
    """What was booked: look whether it is whole, show it, and write it for accounting programs."""


@ledger.command()
@json_option
def verify() -> None:
    """Look through the whole ledger: each transaction as it was booked, in balance and in its place, and the balances.

    Exit code 65 when something is not. Booking may go on meanwhile. The same is done each night by itself.
    """
    with gate() as parts:
        found = look(parts.engine, now=now(), progress=show_progress)
    faults = [{"transaction": one.transaction_id, "key": one.key, "reason": one.reason} for one in found.faults]
    summary = {"transactions": found.transactions, "entries": found.entries, "sha256": found.digest}
    print_object({**summary, "wrong": found.found, **({"faults": faults} if wants_json() else {})})
    for one in found.faults:
        say(f"mailgate: {described(one)}")
    if found.found > len(found.faults):
        say(f"mailgate: and {found.found - len(found.faults)} more")
    if found.found:
        say("mailgate: the ledger was changed by another hand; compare it with the last backup in which it was whole")
        sys.exit(EX_DATAERR)


@ledger.command()
@customer_option
@limit_option
@after_option
@json_option
def show(customer: Typed | None, limit: int | None, after: int) -> None:
    """Transactions with their entries, oldest first; a debit is above zero."""
    with gate() as parts, reading(parts.engine) as conn:
        customer_id = None if customer is None else customer_of(conn, customer).id
        found = rows.listing(conn, customer_id=customer_id, after=after, limit=limit)
        if wants_json():
            table = [_as_json(one) for one in found]
        else:
            customers = names_of(conn, (one.customer_id for one in found))
            documents = numbers_of(conn, (entry.invoice_id for one in found for entry in one.entries))
            table = [line for one in found for line in _as_lines(one, customers, documents)]
    print_rows(table, COLUMNS)


@ledger.command()
@click.option(
    "--format", "form", type=click.Choice([one.value for one in Format]), required=True, help="Whose text it is."
)
@click.option("--from", "from_on", type=Day(), metavar="DATE", help="The first day; what stood before opens it.")
@click.option("--to", "to_on", type=Day(), metavar="DATE", help="The last day.")
def export(form: str, from_on: date | None, to_on: date | None) -> None:
    """The ledger as text on stdout: hledger, which the program ledger reads as well, or beancount."""
    if from_on is not None and to_on is not None and to_on < from_on:
        fail(f"--to {to_on} is before --from {from_on}", code=EX_DATAERR, hint="both days are included")
    with gate() as parts, reading(parts.engine) as conn:
        extract = _extract(conn, from_on)
        out = sys.stdout.buffer  # UTF-8 in every locale: it is for programs
        for line in write(Format(form), extract, rows.between(conn, from_on, to_on)):
            out.write(f"{line}\n".encode())
        out.flush()


def _extract(conn: Connection, from_on: date | None) -> Extract:
    lines = rows.lines(conn)
    if from_on is None:
        return Extract(rows.first_day(conn) or now().date(), lines)
    opening = [(line, minor) for line, minor in rows.balances_before(conn, from_on) if line.account.startswith(CARRIED)]
    return Extract(from_on, lines, opening)


def _as_json(one: Booked) -> dict[str, object]:
    return {
        "id": one.id,
        "key": one.key,
        "kind": one.kind,
        "date": one.on_date.isoformat(),
        "booked_at": instant(one.booked_at),
        "customer": one.customer_id,
        "currency": one.currency,
        "object_kind": one.object_kind,
        "object": one.object_id,
        "document_sha256": one.document_sha256 or None,
        "entries": [
            {
                "account": entry.account,
                "amount_minor": entry.amount_minor,
                "customer": entry.customer_id,
                "invoice": entry.invoice_id,
            }
            for entry in one.entries
        ],
    }


def _as_lines(one: Booked, customers: Mapping[int, str], documents: Mapping[int, str]) -> list[dict[str, object]]:
    """A row for each entry, and one for a document that came to nothing."""
    head: dict[str, object] = {"id": one.id, "date": one.on_date, "key": one.key}
    head["customer"] = named(one.customer_id, customers)
    return [
        head
        | {
            "account": entry.account,
            "amount_minor": entry.amount_minor,
            "currency": one.currency,
            "invoice": documents.get(entry.invoice_id or 0, entry.invoice_id),
        }
        for entry in one.entries
    ] or [head]
