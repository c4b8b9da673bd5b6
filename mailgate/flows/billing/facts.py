"""What staff are told of a customer's money below a mail: services, balance, and what is due next."""

from collections.abc import Sequence

from sqlalchemy import Connection

from mailgate.billing.ledger.accounts import CREDIT
from mailgate.billing.money import written
from mailgate.billing.service import Service, State
from store.billing import invoices, ledger, services
from store.billing.invoices import Issued

LISTED = 5
"""Services that are named; further ones are counted."""


def money_facts(conn: Connection, customer_id: int) -> tuple[str, ...]:
    """A line each, in English as the rest of the block; none about what there is not."""
    has = services.of_accounts(conn, (customer_id,)).get(customer_id, [])
    due = invoices.open_of(conn, customer_id)
    return (*_services(has), *_balances(conn, customer_id, due), *_due(has, due))


def _services(has: Sequence[Service]) -> tuple[str, ...]:
    if not has:
        return ()
    named = [one.name if one.state is State.ACTIVE else f"{one.name} ({one.state})" for one in has[:LISTED]]
    more = f" and {len(has) - LISTED} more" if len(has) > LISTED else ""
    return (f"Services: {', '.join(named)}{more}",)


def _balances(conn: Connection, customer_id: int, due: Sequence[Issued]) -> tuple[str, ...]:
    told = []
    for currency in sorted({one.currency for one in due}):
        theirs = [one for one in due if one.currency == currency]
        owed = sum(one.open_minor for one in theirs)
        told.append(f"owes {written(owed, currency)} {currency} ({len(theirs)} open)")
    for line, minor in ledger.balances(conn, customer_id).items():
        if line.account == CREDIT and minor:
            told.append(f"has {written(-minor, line.currency)} {line.currency} of credit")
    return (f"Balance: {', '.join(told)}",) if told else ()


def _due(has: Sequence[Service], due: Sequence[Issued]) -> tuple[str, ...]:
    if due:
        return (f"Due: invoice {due[0].number} on {due[0].due_on}",)
    renewing = [one.billed_through for one in has if one.is_recurring and one.state is State.ACTIVE]
    return (f"Next due on {min(renewing)}",) if renewing else ()
