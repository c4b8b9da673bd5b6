"""`mailgate refund`: money that goes back, by a provider or by hand."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click
from sqlalchemy import Connection

from mailgate.billing.refund import RefundState, Way
from mailgate.cli.billing_words import BY, WITH_AMOUNT, Line, dealing, document_of, positive
from mailgate.cli.cells import named
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import CALLED, NUMBER, Typed, only_of
from mailgate.cli.listing import list_options
from mailgate.cli.output import (
    EX_USAGE,
    fail,
    found_or_fail,
    json_option,
    print_object,
    print_rows,
    say,
    utc_option,
    wants_json,
)
from mailgate.flows.billing.back import refund_by_hand
from mailgate.flows.billing.back.tell_refunds import address_of
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.money.refund import give_back
from store.billing import invoices, refunds
from store.billing.refunds import Refund
from store.called import names_of
from store.engine import reading, transaction

COLUMNS = ("id", "customer", "amount_minor", "currency", "way", "state", "deadline_on", "code")

_ID = click.argument("refund_id", metavar="ID", type=NUMBER)


@click.group(cls=Group)
def refund() -> None:
    """Money that goes back: what a provider sends, and what a person has to send."""


@refund.command("list")
@list_options(RefundState)
def list_(state: RefundState | None, customer: Typed | None, limit: int | None, after: int) -> None:
    """Refunds in the order in which they were asked for; a `task` is sent by a person, until its deadline."""
    states = (state,) if state else ()
    with gate() as parts, reading(parts.engine) as conn:
        found = refunds.listing(conn, states=states, customer_id=only_of(conn, customer), after=after, limit=limit)
        rows = _rows(conn, found)
    print_rows(rows, COLUMNS)


@refund.command()
@_ID
@utc_option
@json_option
def show(refund_id: int) -> None:
    """One refund: of which payment, for which credit note, and where a check is sent to."""
    with gate() as parts, reading(parts.engine) as conn:
        one = _found(conn, refund_id)
        row = _row(conn, one)
        address = address_of(conn, one.customer_id)
    if one.way is Way.BY_HAND:
        row["address"] = address
        if not address and one.state is RefundState.TASK and not wants_json():
            say("there is no address on file: ask the customer for one, or for a bank account")
    print_object(row)


@refund.command(context_settings=WITH_AMOUNT)
@click.argument("amount", metavar="[AMOUNT]", required=False)
@click.option("--invoice", "number", metavar="NUMBER", help="Only what has paid this invoice.")
@click.option("--customer", type=CALLED, metavar="CUSTOMER", help="Whatever has come in from this customer.")
@click.option("--currency", help="ISO 4217 code; the customer's own by default.")
@utc_option
@json_option
def give(amount: str | None, number: str | None, customer: Typed | None, currency: str | None) -> None:
    """Send credit back to who has paid it, the newest payment first. Without AMOUNT, all that there is."""
    if (number is None) == (customer is None):
        fail("say whose credit: --invoice NUMBER or --customer CUSTOMER", code=EX_USAGE, name="usage")
    invoice = None
    if number is not None:
        with gate() as parts, reading(parts.engine) as conn:
            invoice = document_of(conn, number)
    whose = invoice.customer_id if invoice else customer
    assert whose is not None
    with dealing(whose) as deal:
        of = invoice.currency if invoice else currency.upper() if currency else deal.payer.customer.currency
        minor = positive(amount, of) if amount else None
        found = give_back(deal, invoice, minor, asked_by=BY, currency=of)
        rows = _rows(deal.conn, found)
    print_rows(rows, COLUMNS)


@refund.command()
@_ID
@utc_option
@json_option
def retry(refund_id: int) -> None:
    """Look now how a refund stands; of a task, ask the provider to send it after all."""
    _do(refund_id, refund_by_hand.retry)


@refund.command()
@_ID
@click.option("--method", type=Line(needed=True), required=True, help="How it was sent: check, transfer or cash.")
@click.option("--reference", type=Line(needed=True), required=True, help="The check's number, or the bank's own.")
@utc_option
@json_option
def record(refund_id: int, method: str, reference: str) -> None:
    """A check or transfer was sent: the task is done, and the customer hears of it."""
    _do(refund_id, lambda deal, one: refund_by_hand.record(deal, one, method=method, reference=reference))


@refund.command()
@_ID
@utc_option
@json_option
def keep(refund_id: int) -> None:
    """Do not send it: it becomes the customer's credit again."""
    _do(refund_id, refund_by_hand.keep)


def _do(refund_id: int, act: Callable[[Deal, Refund], Refund]) -> None:
    with _about(refund_id) as (deal, one):
        row = _row(deal.conn, act(deal, one))
    print_object(row)


@contextmanager
def _about(refund_id: int) -> Iterator[tuple[Deal, Refund]]:
    """A refund under the lock of its account."""
    with gate() as parts, transaction(parts.engine) as conn:
        deal = deal_with(conn, parts.settings, _found(conn, refund_id).customer_id, Today(now()), by=BY)
        assert deal is not None  # a foreign key
        yield deal, _found(conn, refund_id)


def _found(conn: Connection, refund_id: int) -> Refund:
    return found_or_fail(refunds.find(conn, refund_id), f"refund {refund_id}", hint="mailgate refund list shows them")


def _row(conn: Connection, one: Refund) -> dict[str, object]:
    return _rows(conn, (one,))[0]


def _rows(conn: Connection, found: Sequence[Refund]) -> list[dict[str, object]]:
    customers = names_of(conn, (one.customer_id for one in found))
    notes = invoices.numbers(conn, [one.credit_note_id for one in found if one.credit_note_id is not None])
    return [
        {
            "id": one.id,
            "customer": named(one.customer_id, customers),
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "way": one.way.value,
            "state": one.state.value,
            "deadline_on": one.deadline_on.isoformat(),
            "payment": one.payment_id,
            "credit_note": notes.get(one.credit_note_id or 0),
            "method": one.method,
            "reference": one.reference,
            "code": one.code,
            "provider_id": one.provider_id,
            "asked_by": one.asked_by,
            "approved_by": one.approved_by,
            "made_at": one.made_at,
            "ended_at": one.ended_at,
        }
        for one in found
    ]
