"""`mailgate rate`: what the company's own currency is in others, for the tax that documents in them must tell."""

from datetime import date
from zoneinfo import ZoneInfo

import click

from mailgate.billing.document.home_tax import read_rate
from mailgate.billing.money.currencies import CURRENCIES, UnknownCurrency
from mailgate.billing.period import local_date
from mailgate.billing.service import checked_day
from mailgate.cli.billing_words import BY, WITH_AMOUNT, Day
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.output import (
    EX_DATAERR,
    Row,
    fail,
    json_option,
    print_object,
    print_rows,
    say,
    utc_option,
    wants_json,
)
from store.billing import rates
from store.billing.rates import Rate
from store.engine import reading, transaction

COLUMNS = ("currency", "rate", "home", "since_on", "recorded_at")


@click.group(cls=Group)
def rate() -> None:
    """Rates of exchange, for the tax of documents in other currencies: add and list them."""


@rate.command(context_settings=WITH_AMOUNT)
@click.argument("currency", metavar="CURRENCY")
@click.argument("rate", metavar="RATE")
@click.option("--on", type=Day(), metavar="DATE", help="The first day on which it holds; today by default.")
@json_option
@utc_option
def add(currency: str, rate: str, on: date | None) -> None:
    """From a day on, one of gate.currency is RATE of CURRENCY, as the European Central Bank tells it: USD 1.0826.

    It holds until the next. Documents keep the rate that they were issued with.
    """
    code = currency.strip().upper()
    if code not in CURRENCIES:
        fail(str(UnknownCurrency(currency)), code=EX_DATAERR, name="UnknownCurrency", hint="write it as USD")
    with gate() as parts, transaction(parts.engine) as conn:
        home = parts.settings.gate.currency
        if code == home:
            fail(f"{code} is gate.currency itself", code=EX_DATAERR, name="BadRate", hint="name another currency")
        day = checked_day(on) if on else local_date(now(), ZoneInfo(parts.settings.gate.timezone))
        found = Rate(home, code, day, read_rate(rate), now(), BY)
        rates.add(conn, found)
    print_object(_row(found))
    if not wants_json():
        say(f"one {home} is {found.rate} {code} from {day} on")


@rate.command("list")
@json_option
@utc_option
def list_() -> None:
    """The rates on record, by currency, the newest first."""
    with gate() as parts, reading(parts.engine) as conn:
        found = rates.listing(conn)
    print_rows([_row(one) for one in found], COLUMNS)


def _row(one: Rate) -> Row:
    return {
        "currency": one.currency,
        "rate": one.rate,
        "home": one.home,
        "since_on": one.since_on.isoformat(),
        "recorded_at": one.recorded_at,
        "recorded_by": one.recorded_by,
    }
