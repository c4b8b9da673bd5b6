"""`mailgate statement`: what happened to an account in a month, as text, JSON, a PDF, or by mail to the customer."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from mailgate.billing.statement import BadMonth, Section, Statement, month_words, read_month
from mailgate.cli.backup import told_disk_errors
from mailgate.cli.document_pdf import STANDARD_OUTPUT, must_be_new, put
from mailgate.cli.gate import gate, now
from mailgate.cli.ids import Typed, customer_argument, customer_of
from mailgate.cli.output import EX_DATAERR, Row, fail, json_option, print_object, print_whole, wants_json
from mailgate.flows.billing.papers.statement import (
    STATEMENT_PDF,
    account_day,
    model_of,
    says,
    statement_notices,
    statement_of,
)
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act, send_jobs
from mailgate.people import Customer
from mailgate.wiring import Parts
from store.billing import accounts
from store.engine import reading, transaction

_TABLES = {"entries": ("on", "kind", "number", "words", "amount_minor", "used_minor")}


class Month(click.ParamType[date]):
    """A month, as 2027-03."""

    name = "month"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it, or end the command with what is meant."""
        if isinstance(value, date):
            return value
        try:
            return read_month(str(value))
        except BadMonth as error:
            fail(str(error), code=EX_DATAERR, name="BadMonth")


@click.command()
@customer_argument
@click.argument("month", metavar="MONTH", type=Month())
@click.option(
    "-o", "--output", "path", type=click.Path(path_type=Path), help="Write it as a PDF; - for standard output."
)
@click.option("--mail", is_flag=True, help="Send it to whom the customer's mail about money goes.")
@json_option
def statement(customer: Typed, month: date, path: Path | None, mail: bool) -> None:
    """What an account owed when a month began, what came and went in it, and what it owes at its end, by currency.

    The sums are those of the ledger, by the dates of documents and payments. Of this month it goes up to today.
    """
    with gate() as parts:
        with reading(parts.engine) as conn:
            found = customer_of(conn, customer)
            told = statement_of(conn, found.id, month, now=now())
        if path is not None:
            _write(parts, found, told, path)
        sent = _send(parts, found, month) if mail else ()
    if path == STANDARD_OUTPUT:
        return
    if wants_json() or path is None:
        _print(told, {"sent_to": list(sent)} if mail else {})


def _write(parts: Parts, customer: Customer, found: Statement, path: Path) -> None:
    must_be_new(path)
    with told_disk_errors():
        with reading(parts.engine) as conn:
            values = model_of(conn, parts.settings, found, made_on=account_day(customer, now()))
        written = put(path, parts.makers[STATEMENT_PDF](values))
    if written and not wants_json():
        print_object(written)


def _send(parts: Parts, customer: Customer, month: date) -> Sequence[str]:
    """To which addresses."""
    with transaction(parts.engine) as conn:
        act = Act.begin(conn, parts.settings, now())
        accounts.lock(conn, (customer.id,))
        found = statement_of(conn, customer.id, month, now=now())
        if found.is_empty:
            why = f"customer {customer.id} has nothing in {month_words(month)}: there is nothing to send"
            fail(why, code=EX_DATAERR, name="NothingToTell")
        notices = statement_notices(act, found)
        if not notices:
            fail(
                f"customer {customer.id} gets no mail about money", code=EX_DATAERR, hint="billed elsewhere, or removed"
            )
        notify(act, notices, cause=None)
    send_jobs(act.outgoing, parts.enqueue)
    return tuple(dict.fromkeys(one.to_address for one in notices))


def _print(found: Statement, more: Row) -> None:
    head: dict[str, object] = {
        "customer": found.customer_id,
        "month": month_words(found.month),
        "first_on": found.month.isoformat(),
        "last_on": found.through.isoformat(),
    }
    rows = [_section(one) for one in found.sections]
    if wants_json():
        print_object({**head, "currencies": rows, **more})
        return
    print_object({**head, **more})
    for one in rows:
        click.echo()
        print_whole(one, _TABLES)


def _section(one: Section) -> Row:
    return {
        "currency": one.currency,
        "opening_minor": one.opening.balance_minor,
        "closing_minor": one.closing.balance_minor,
        "to_pay_minor": one.closing.to_pay_minor,
        "credit_minor": one.closing.credit_minor,
        "entries": [
            {
                "on": each.on.isoformat(),
                "kind": says(each.kind),
                "number": each.about.number,
                "method": each.about.method,
                "words": each.about.words,
                "amount_minor": each.amount_minor,
                "used_minor": each.used_minor,
            }
            for each in one.entries
        ],
    }
