"""`mailgate payment`: money that came in, recorded by hand."""

from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

from mailgate.billing.money.amount import written
from mailgate.cli.backup import told_disk_errors
from mailgate.cli.billing_words import BY, WITH_AMOUNT, Line, dealing, document_of, on_option, positive
from mailgate.cli.cells import named
from mailgate.cli.document_pdf import must_be_new, output_option, put
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import Typed, only_of
from mailgate.cli.listing import list_options
from mailgate.cli.output import EX_DATAERR, fail, json_option, print_object, print_rows, say, wants_json
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.papers.receipt import RECEIPT_PDF, receipt_of
from store.billing import invoices, payments
from store.billing.payments import Payment
from store.called import names_of
from store.engine import reading

COLUMNS = ("id", "customer", "received_on", "method", "reference", "amount_minor", "currency")


@click.group(cls=Group)
def payment() -> None:
    """Money that came in: record and list it, and write receipts."""


@payment.command(context_settings=WITH_AMOUNT)
@click.argument("number", metavar="NUMBER")
@click.argument("amount", metavar="AMOUNT")
@click.option("--method", type=Line(needed=True), required=True, help="How it came: transfer, check, cash …")
@click.option(
    "--reference",
    type=Line(needed=True),
    required=True,
    help="What tells it from others: the bank's own, or the check's number.",
)
@click.option("--as-credit", is_flag=True, help="Keep it for the customer, though nothing is open of the invoice.")
@on_option
@json_option
def record(number: str, amount: str, method: str, reference: str, as_credit: bool, on: date | None) -> None:
    """Money for an invoice came in. AMOUNT is in major units: 24.00. Less leaves the rest due, more becomes credit."""
    with gate() as parts, reading(parts.engine) as conn:
        found = document_of(conn, number)
    with dealing(found.customer_id, on) as deal:
        minor = positive(amount, found.currency)
        one = Payment(0, found.customer_id, method.casefold(), reference, found.currency, minor, deal.day, deal.now, BY)
        done = settle.record_payment(deal, invoices.get(deal.conn, found.id), one, as_credit=as_credit)
        after = invoices.get(deal.conn, found.id)
    if done.credit_minor and not wants_json():
        say(f"{written(done.credit_minor, found.currency)} {found.currency} is more than was open: it is credit now")
    print_object(
        {
            "id": done.payment_id,
            "invoice": found.number,
            "state": after.state.value,
            "open_minor": after.open_minor,
            "allocated_minor": done.allocated_minor,
            "credit_minor": done.credit_minor,
            "currency": found.currency,
        }
    )


@payment.command()
@click.argument("payment_id", metavar="ID", type=int)
@output_option
@json_option
def receipt(payment_id: int, path: Path) -> None:
    """The receipt of a payment as a PDF: what came and how, which invoices it settled, and what is left of them now."""
    must_be_new(path)
    with gate() as parts, told_disk_errors():
        with reading(parts.engine) as conn:
            values = receipt_of(conn, parts.settings, _payment_of(conn, payment_id), made_on=now().date())
        written = put(path, parts.makers[RECEIPT_PDF](values))
    if written:
        print_object({"id": payment_id, **written})


def _payment_of(conn: Connection, payment_id: int) -> Payment:
    try:
        return payments.get(conn, payment_id)
    except LookupError as error:
        fail(str(error), code=EX_DATAERR, hint="`mailgate payment list` has their ids", name="NoSuchPayment")


@payment.command("list")
@list_options()
def list_(customer: Typed | None, limit: int | None, after: int) -> None:
    """Payments in the order in which they were recorded."""
    with gate() as parts, reading(parts.engine) as conn:
        found = payments.listing(conn, customer_id=only_of(conn, customer), after=after, limit=limit)
        customers = names_of(conn, (one.customer_id for one in found))
    rows = [
        {
            "id": one.id,
            "customer": named(one.customer_id, customers),
            "received_on": one.received_on.isoformat(),
            "method": one.method,
            "reference": one.reference,
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "recorded_at": one.recorded_at,
            "recorded_by": one.recorded_by,
        }
        for one in found
    ]
    print_rows(rows, COLUMNS)
