"""What staff are told of a customer's money below a mail: services, balance, and what is due next."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from mailgate.billing.money.amount import written
from mailgate.billing.service import State
from mailgate.language.tags import FALLBACK
from mailgate.language.telling import full_date, speaking
from store.billing.glance import Glance, Has, Owes, glance

LISTED = 5
"""Services that are named; further ones are counted."""


def money_facts(conn: Connection, customer_id: int) -> tuple[str, ...]:
    """A line each, in English as the rest of the block; none about what there is not."""
    found = glance(conn, customer_id)
    return (*_services(found.services), *_balances(found), *_due(found.services, found.open))


def _services(has: Sequence[Has]) -> tuple[str, ...]:
    """A site and its domain have one name."""
    names = Counter(one.name if one.state is State.ACTIVE else f"{one.name} ({one.state})" for one in has)
    told = [f"{count} x {name}" if count > 1 else name for name, count in names.items()]
    more = f" and {len(told) - LISTED} more" if len(told) > LISTED else ""
    return (f"Services: {', '.join(told[:LISTED])}{more}",) if told else ()


def _balances(found: Glance) -> tuple[str, ...]:
    told = []
    for currency in sorted({one.currency for one in found.open}):
        theirs = [one for one in found.open if one.currency == currency]
        owed = sum(one.open_minor for one in theirs)
        told.append(f"owes {written(owed, currency)} {currency} ({len(theirs)} open)")
    told += [f"has {written(minor, currency)} {currency} of credit" for currency, minor in found.credit]
    return (f"Balance: {', '.join(told)}",) if told else ()


def _due(has: Sequence[Has], owes: Sequence[Owes]) -> tuple[str, ...]:
    if owes:
        return (f"Due: invoice {owes[0].number} on {_day(owes[0].due_on)}",)
    renewing = [one.billed_through for one in has if one.is_recurring and one.state is State.ACTIVE]
    return (f"Next due on {_day(min(renewing))}",) if renewing else ()


def _day(on: date) -> str:
    with speaking(FALLBACK, "UTC"):  # a date is the same everywhere
        return full_date(on)
