"""`mailgate report missing-cards`: who is billed and has no card on file."""

import csv
import sys
from datetime import datetime

import click

from mailgate.cli.cells import Named
from mailgate.cli.gate import gate
from mailgate.cli.output import EX_USAGE, fail, instant, json_option, print_rows, say, wants_json
from mailgate.people import Customer
from store import people
from store.billing.cardless import Cardless, cardless
from store.engine import reading

COLUMNS = ("customer", "address", "services", "told_at", "next_due_on")
_AT_ONCE = 1000


@click.command("missing-cards")
@click.option("--csv", "as_csv", is_flag=True, help="The rows of --json as CSV.")
@json_option
def missing_cards(as_csv: bool) -> None:
    """Customers who are billed and have no card on file: who is due first, first.

    Cards cannot be given yet, so it is everybody who is billed. TOLD is when the mail about the move was written.
    """
    if as_csv and wants_json():
        fail("--csv and --json contradict each other", code=EX_USAGE, hint="one of them", name="usage")
    with gate() as parts, reading(parts.engine) as conn:
        found = cardless(conn)
        numbers = [one.customer_id for one in found]
        known: dict[int, Customer] = {}
        for begin in range(0, len(numbers), _AT_ONCE):
            known |= people.customers_of(conn, numbers[begin : begin + _AT_ONCE])
    rows = [_row(one, known[one.customer_id]) for one in found]
    if as_csv:
        _write(rows)
        return
    print_rows(rows, COLUMNS)
    if not wants_json():
        say(f"{len(rows)} customers; cards cannot be given yet, so each of them pays by hand")


def _row(one: Cardless, customer: Customer) -> dict[str, object]:
    return {
        "customer": Named(customer.id, customer.name),
        "name": customer.name,
        "address": customer.address,
        "external_id": customer.external_id,
        "services": one.services,
        "told_at": one.told_at,
        "next_due_on": one.next_due_on.isoformat() if one.next_due_on else None,
    }


def _write(rows: list[dict[str, object]]) -> None:
    columns = ("customer", "name", "address", "external_id", "services", "told_at", "next_due_on")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        customer, at = row["customer"], row["told_at"]
        assert isinstance(customer, Named)
        assert at is None or isinstance(at, datetime)
        plain = {**row, "customer": customer.id, "told_at": instant(at) if at else None}
        writer.writerow(plain[column] for column in columns)
