"""`mailgate credit`: what customers have with us."""

from datetime import date

import click

from mailgate.billing.ledger.accounts import CREDIT
from mailgate.cli.billing_words import BY, TABLES, WITH_AMOUNT, Line, dealing, on_option, positive
from mailgate.cli.cells import Named
from mailgate.cli.gate import gate
from mailgate.cli.group import Group
from mailgate.cli.ids import Typed, customer_argument, customer_of
from mailgate.cli.output import EX_USAGE, fail, json_option, print_whole
from mailgate.flows.billing.money import settle
from store.billing import ledger
from store.billing.payments import Payment
from store.engine import reading


@click.group(cls=Group)
def credit() -> None:
    """What customers have with us: it pays what falls due, oldest first."""


@credit.command(context_settings=WITH_AMOUNT)
@customer_argument
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
    customer: Typed,
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
    with dealing(customer, on) as deal:
        customer_id = deal.payer.customer.id
        of = currency.upper() if currency else deal.payer.customer.currency
        minor = positive(amount, of)
        row: dict[str, object]
        if method is not None and reference is not None:
            least = deal.books.settings.billing.least_deposit_minor(of, home=deal.books.settings.gate.currency)
            one = Payment(0, customer_id, method.casefold(), reference, of, minor, deal.day, deal.now, BY)
            row = {"payment": settle.deposit(deal, one, least_minor=least)}
        else:
            row = {"gift": settle.give(deal, of, minor, reason=reason)}
        balance = ledger.credit(deal.conn, customer_id, of)
    whose = Named(customer_id, deal.payer.customer.name)
    print_whole({"customer": whose, **row, "currency": of, "balance_minor": balance}, TABLES)


@credit.command()
@customer_argument
@json_option
def show(customer: Typed) -> None:
    """What a customer has, by currency."""
    with gate() as parts, reading(parts.engine) as conn:
        found = customer_of(conn, customer)
        balances = [
            {"currency": line.currency, "balance_minor": -minor}
            for line, minor in ledger.balances(conn, found.id).items()
            if line.account == CREDIT
        ]
    print_whole({"customer": Named(found.id, found.name), "balances": balances}, TABLES)
