"""`mailgate dispute`: payments that a payer's bank has taken back."""

from collections.abc import Sequence

import click
from sqlalchemy import Connection

from mailgate.cli.billing_words import BY, dealing
from mailgate.cli.cells import named
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import NUMBER, Typed, customer_argument, customer_option, only_of
from mailgate.cli.listing import list_options
from mailgate.cli.output import found_or_fail, json_option, print_object, print_rows, utc_option
from mailgate.flows.billing.back import dispute as flow
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.money import owed as owing
from store.billing import disputes, owed
from store.billing.disputes import Dispute, State
from store.billing.owed import Owed
from store.called import names_of
from store.engine import reading, transaction

COLUMNS = ("id", "customer", "opened_at", "amount_minor", "currency", "state", "reason", "rests_until")

OWED = ("customer", "since", "amount_minor", "currency", "because", "id")

_ID = click.argument("dispute_id", metavar="ID", type=NUMBER)


@click.group(cls=Group)
def dispute() -> None:
    """Chargebacks: payments that a payer's bank has taken back."""


@dispute.command("list")
@list_options(State)
def list_(state: State | None, customer: Typed | None, limit: int | None, after: int) -> None:
    """Chargebacks in the order in which they were heard of."""
    states = (state,) if state else ()
    with gate() as parts, reading(parts.engine) as conn:
        found = disputes.listing(conn, states=states, customer_id=only_of(conn, customer), after=after, limit=limit)
        rows = _rows(conn, found)
    print_rows(rows, COLUMNS)


@dispute.command()
@_ID
@utc_option
@json_option
def show(dispute_id: int) -> None:
    """One chargeback."""
    with gate() as parts, reading(parts.engine) as conn:
        row = _rows(conn, (_found(conn, dispute_id),))[0]
    print_object(row)


@dispute.command()
@_ID
@utc_option
@json_option
def accept(dispute_id: int) -> None:
    """You have looked at it: reminders of what is open go on now, and not only after seven days."""
    with gate() as parts, transaction(parts.engine) as conn:
        deal = deal_with(conn, parts.settings, _found(conn, dispute_id).customer_id, Today(now()), by=BY)
        assert deal is not None  # a foreign key
        row = _rows(conn, (flow.accept(deal, _found(conn, dispute_id), by=BY),))[0]
    print_object(row)


@dispute.command("owed")
@customer_option
@json_option
def owed_(customer: Typed | None) -> None:
    """What is owed without an invoice: money was taken back that had gone back to its payer before."""
    with gate() as parts, reading(parts.engine) as conn:
        only = only_of(conn, customer)
        rows = _owed_rows(conn, owed.listing(conn) if only is None else owed.of_customer(conn, only))
    print_rows(rows, OWED)


@dispute.command()
@customer_argument
@json_option
def settle(customer: Typed) -> None:
    """Take what a customer owes without an invoice from his credit."""
    with dealing(customer, None) as deal:
        rows = _owed_rows(deal.conn, owing.pay_from_credit(deal))
    print_rows(rows, OWED)


@dispute.command("write-off")
@customer_argument
@json_option
def write_off(customer: Typed) -> None:
    """Give up what a customer owes without an invoice: nobody asks for it any more."""
    with dealing(customer, None) as deal:
        rows = _owed_rows(deal.conn, owing.give_up(deal))
    print_rows(rows, OWED)


def _owed_rows(conn: Connection, found: Sequence[Owed]) -> list[dict[str, object]]:
    customers = names_of(conn, (one.customer_id for one in found))
    return [
        {
            "customer": named(one.customer_id, customers),
            "since": one.since.isoformat(),
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "because": one.because,
            "id": one.object_id,
        }
        for one in found
    ]


def _found(conn: Connection, dispute_id: int) -> Dispute:
    return found_or_fail(
        disputes.find(conn, dispute_id), f"dispute {dispute_id}", hint="mailgate dispute list shows them"
    )


def _rows(conn: Connection, found: Sequence[Dispute]) -> list[dict[str, object]]:
    customers = names_of(conn, (one.customer_id for one in found))
    return [
        {
            "id": one.id,
            "customer": named(one.customer_id, customers),
            "payment": one.payment_id,
            "provider_id": one.provider_id,
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "state": one.state.value,
            "reason": one.reason,
            "opened_at": one.opened_at,
            "rests_until": one.rests_until,
            "decided_by": one.decided_by,
            "ended_at": one.ended_at,
        }
        for one in found
    ]
