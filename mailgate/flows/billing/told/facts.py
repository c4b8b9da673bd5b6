"""What staff are told of a customer's money below a mail: services, balance, and what is due next."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from mailgate.billing.service import State
from mailgate.tickets.context import Fact
from mailgate.tickets.result import Item, item
from store.billing.glance import Glance, Has, Owes, glance

LISTED = 5
"""Services that are named; further ones are counted."""


def money_facts(conn: Connection, customer_id: int) -> tuple[Item, ...]:
    """A line each; none about what there is not."""
    found = glance(conn, customer_id)
    return (*_services(found.services), *_balances(found), *_due(found.services, found.open))


def _services(has: Sequence[Has]) -> tuple[Item, ...]:
    """A site and its domain have one name."""
    names = Counter((one.name, one.state) for one in has)
    told = [{"name": name, "state": state.value, "count": count} for (name, state), count in names.items()]
    return (item(Fact.SERVICES, services=told[:LISTED], more=max(0, len(told) - LISTED)),) if told else ()


def _balances(found: Glance) -> tuple[Item, ...]:
    owed = []
    for currency in sorted({one.currency for one in found.open}):
        theirs = [one for one in found.open if one.currency == currency]
        minor = sum(one.open_minor for one in theirs)
        owed.append({"amount_minor": minor, "currency": currency, "invoices": len(theirs)})
    credit = [{"amount_minor": minor, "currency": currency} for currency, minor in found.credit]
    return (item(Fact.BALANCE, owed=owed, credit=credit),) if owed or credit else ()


def _due(has: Sequence[Has], owes: Sequence[Owes]) -> tuple[Item, ...]:
    if owes:
        return (item(Fact.INVOICE_DUE, invoice=owes[0].number, on=owes[0].due_on.isoformat()),)
    renewing = [one.billed_through for one in has if one.is_recurring and one.state is State.ACTIVE]
    return (item(Fact.NEXT_DUE, on=min(renewing).isoformat()),) if renewing else ()
