"""`mailgate invoice`: what was issued, how it stands, and how it is taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import click

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.cli.billing_words import (
    BY,
    TABLES,
    WITH_AMOUNT,
    Line,
    dealing,
    document_object,
    document_of,
    document_row,
    document_rows,
    issued_rows,
    on_option,
    positive,
    steps_of,
)
from mailgate.cli.document_pdf import output_option, syntax_option, write_pdf, write_xml
from mailgate.cli.gate import gate
from mailgate.cli.group import Group
from mailgate.cli.ids import Typed, customer_option, only_of
from mailgate.cli.output import (
    EX_DATAERR,
    after_option,
    fail,
    json_option,
    limit_option,
    print_rows,
    print_whole,
    utc_option,
)
from mailgate.commands import about_money
from mailgate.flows.billing.back import take_back
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.dunning import time_given
from mailgate.flows.billing.money import settle
from store.billing import invoices
from store.billing.invoices import Issued
from store.engine import reading

COLUMNS = ("number", "state", "customer", "issued_on", "due_on", "total_minor", "open_minor", "currency")
_NUMBER = click.argument("number", metavar="NUMBER")


@click.group(cls=Group)
def invoice() -> None:
    """What was issued: list and show it, give it time, make it void, write it off, give a part of it back."""


@invoice.command("list")
@customer_option
@click.option("--state", type=click.Choice([one.value for one in DocumentState]), help="Only those in this state.")
@limit_option
@after_option
@json_option
def list_(customer: Typed | None, state: str | None, limit: int | None, after: int) -> None:
    """Invoices in the order of their issue."""
    with gate() as parts, reading(parts.engine) as conn:
        found = invoices.listing(
            conn,
            customer_id=only_of(conn, customer),
            state=DocumentState(state) if state else None,
            after=after,
            limit=limit,
        )
        rows = document_rows(conn, found)
    print_rows(rows, COLUMNS)


@invoice.command()
@_NUMBER
@utc_option
@json_option
def show(number: str) -> None:
    """One invoice, with its lines, taxes and payments, what was done about it, and what comes when nobody pays."""
    with gate() as parts, reading(parts.engine) as conn:
        found = document_of(conn, number)
        row = {**document_object(conn, found), **steps_of(conn, parts.settings, found)}
    print_whole(row, TABLES)


@invoice.command()
@_NUMBER
@output_option
@json_option
def pdf(number: str, path: Path) -> None:
    """The invoice as a PDF (PDF/A-3): made when it is first asked for, and the same ever after."""
    write_pdf(number, DocumentKind.INVOICE, path)


@invoice.command()
@_NUMBER
@syntax_option
@output_option
@json_option
def xml(number: str, syntax: str, path: Path) -> None:
    """The invoice as an e-invoice of EN 16931: made when it is first asked for, and the same ever after."""
    write_xml(number, DocumentKind.INVOICE, syntax, path)


@invoice.command()
@_NUMBER
@click.option("--bill-again", is_flag=True, help="What it billed is free: the next run bills it anew.")
@on_option
@json_option
def void(number: str, bill_again: bool, on: date | None) -> None:
    """Take a whole invoice back by a credit note; what was paid of it becomes credit."""
    with _about(number, on) as (deal, found):
        note = take_back.void(deal, found, bill_again=bill_again)
        row = document_row(deal.conn, invoices.get(deal.conn, found.id))
    print_whole({**row, "documents": issued_rows([note])}, TABLES)


@invoice.command("write-off")
@_NUMBER
@on_option
@json_option
def write_off(number: str, on: date | None) -> None:
    """Give up what is open of an invoice."""
    with _about(number, on) as (deal, found):
        given_up = settle.write_off(deal, found)
        row = document_row(deal.conn, invoices.get(deal.conn, found.id))
    print_whole({**row, "written_off_minor": given_up}, TABLES)


@invoice.command()
@_NUMBER
@click.argument("time", metavar="TIME")
@on_option
@json_option
def extend(number: str, time: str, on: date | None) -> None:
    """Give an invoice time to pay: 7d, 2w, or until a day such as 2026-12-31. Its due date stays.

    Until then reminders rest, and what would follow from them. A later extension takes the place of the former.
    """
    with _about(number, on) as (deal, found):
        customer_id, conn = deal.payer.customer.id, deal.conn
        standing = replace(time_given.stand(conn, customer_id, now=deal.now), today=deal.day)
        days = _days(time, standing.today)
        until = time_given.extend(conn, standing, found, days, by=BY, spool_id=None, now=deal.now)
        row = document_row(conn, found)
    print_whole({**row, "extended_until": until.isoformat()}, TABLES)


@invoice.command(context_settings=WITH_AMOUNT)
@_NUMBER
@click.argument("amount", metavar="AMOUNT")
@click.option("--reason", type=Line(), default="", help="What the credit note says.")
@on_option
@json_option
def credit(number: str, amount: str, reason: str, on: date | None) -> None:
    """Give a part of an invoice back by a credit note. AMOUNT is with tax, in major units: 24.00."""
    with _about(number, on) as (deal, found):
        note = take_back.credit(deal, found, positive(amount, found.currency), reason=reason)
        row = document_row(deal.conn, invoices.get(deal.conn, found.id))
    print_whole({**row, "documents": issued_rows([note])}, TABLES)


def _days(time: str, today: date) -> int:
    days = about_money.days_in(time, today=today, language="en")
    if days is None or not 1 <= days <= about_money.MOST_DAYS:
        example = f"7d, 2w, or a day such as {today + timedelta(days=7)}"
        most = about_money.MOST_DAYS
        fail(f"{time!r} is no time to pay: write {example}, {most} days at most", code=EX_DATAERR, name="BadTime")
    return days


@contextmanager
def _about(number: str, on: date | None) -> Iterator[tuple[Deal, Issued]]:
    """An invoice whose account is locked, as it stands then."""
    with gate() as parts, reading(parts.engine) as conn:
        found = document_of(conn, number)
    with dealing(found.customer_id, on) as deal:
        yield deal, invoices.get(deal.conn, found.id)


@click.group(cls=Group)
def credit_note() -> None:
    """What was taken back: list and show it."""


@credit_note.command("list")
@customer_option
@limit_option
@after_option
@json_option
def list_notes(customer: Typed | None, limit: int | None, after: int) -> None:
    """Credit notes in the order of their issue."""
    with gate() as parts, reading(parts.engine) as conn:
        found = invoices.listing(
            conn, DocumentKind.CREDIT_NOTE, customer_id=only_of(conn, customer), after=after, limit=limit
        )
        rows = document_rows(conn, found)
    print_rows(rows, ("number", "customer", "issued_on", "total_minor", "currency"))


@credit_note.command("pdf")
@_NUMBER
@output_option
@json_option
def pdf_of_note(number: str, path: Path) -> None:
    """The credit note as a PDF (PDF/A-3): made when it is first asked for, and the same ever after."""
    write_pdf(number, DocumentKind.CREDIT_NOTE, path)


@credit_note.command("xml")
@_NUMBER
@syntax_option
@output_option
@json_option
def xml_of_note(number: str, syntax: str, path: Path) -> None:
    """The credit note as an e-invoice of EN 16931: made when it is first asked for, and the same ever after."""
    write_xml(number, DocumentKind.CREDIT_NOTE, syntax, path)


@credit_note.command("show")
@_NUMBER
@utc_option
@json_option
def show_note(number: str) -> None:
    """One credit note with its lines and taxes."""
    with gate() as parts, reading(parts.engine) as conn:
        row = document_object(conn, document_of(conn, number, DocumentKind.CREDIT_NOTE))
    print_whole(row, TABLES)
