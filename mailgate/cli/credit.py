"""`mailgate credit`: what customers have with us."""

from datetime import date

import click

from mailgate.billing.ledger.accounts import CREDIT
from mailgate.cli.billing_words import BY, TABLES, WITH_AMOUNT, Line, dealing, on_option, positive
from mailgate.cli.gate import gate
from mailgate.cli.output import EX_USAGE, fail, found_or_fail, json_option, print_whole
from mailgate.flows.billing import settle
from store import people
from store.billing import ledger
from store.billing.payments import Payment
from store.engine import reading

_CUSTOMER = click.argument("customer_id", metavar="CUSTOMER", type=int)


@click.group()
def credit() -> None:
    """What customers have with us: it pays what falls due, oldest first."""


@credit.command(context_settings=WITH_AMOUNT)
@_CUSTOMER
@click.argument("amount", metavar="AMOUNT")
@click.option("--reason", type=Line(), default="", help="Why it is given.")
@click.option(
    "--method",
    type=Line(needed=True),
    help="How the money of a deposit came: transfer, check, cash … Without it, it is a gift.",
)
@click.option("--reference", type=Line(needed=True), help="What tells that money from others.")
@click.option("--currency", help="ISO 4217 code; the customer's own by default.")
@on_option
@json_option
def add(
    customer_id: int,
    amount: str,
    reason: str,
    method: str | None,
    reference: str | None,
    currency: str | None,
    on: date | None,
) -> None:
    """Give credit, or record a deposit. AMOUNT is in major units: 24.00."""
    if (method is None) != (reference is None):
        fail("a deposit has both --method and --reference", code=EX_USAGE, name="usage")
    with dealing(customer_id, on) as deal:
        of = currency.upper() if currency else deal.payer.customer.currency
        minor = positive(amount, of)
        row: dict[str, object]
        if method is not None and reference is not None:
            least = deal.books.settings.billing.least_deposit_minor(of, home=deal.books.settings.gate.currency)
            one = Payment(0, customer_id, method.casefold(), reference, of, minor, deal.day, deal.now, BY)
            row = {"payment": settle.deposit(deal.conn, one, least_minor=least, now=deal.now)}
        else:
            row = {
                "gift": settle.give(
                    deal.conn, customer_id, of, minor, reason=reason, by=BY, on=deal.issue_day, now=deal.now
                )
            }
        balance = ledger.credit(deal.conn, customer_id, of)
    print_whole({"customer": customer_id, **row, "currency": of, "balance_minor": balance}, TABLES)


@credit.command()
@_CUSTOMER
@json_option
def show(customer_id: int) -> None:
    """What a customer has, by currency."""
    with gate() as parts, reading(parts.engine) as conn:
        found_or_fail(
            people.find_customer(conn, customer_id), f"customer {customer_id}", hint="mailgate customer list shows them"
        )
        balances = [
            {"currency": line.currency, "balance_minor": -minor}
            for line, minor in ledger.balances(conn, customer_id).items()
            if line.account == CREDIT
        ]
    print_whole({"customer": customer_id, "balances": balances}, TABLES)
