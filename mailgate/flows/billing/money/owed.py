"""What is owed without an invoice: staff take it from the customer's credit, or give it up. Nobody is dunned for it."""

from mailgate.billing.ledger import events
from mailgate.billing.money.amount import written
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.offers import renew_links
from store.billing import ledger, owed
from store.billing.owed import Owed


class NothingOwed(Permanent):
    """There is none of it, or not enough credit to pay any; `str()` says so."""


def pay_from_credit(deal: Deal) -> tuple[Owed, ...]:
    """Each sum that the credit of its currency is enough for, the oldest first. Raises NothingOwed."""
    found, paid = _found(deal), []
    for one in found:
        if one.amount_minor > ledger.credit(deal.conn, one.customer_id, one.currency):
            continue
        booked = events.owed_paid(one.booking_id, _whose(deal, one), amount_minor=one.amount_minor)
        ledger.book(deal.conn, [booked], now=deal.now)
        paid.append(one)
    if not paid:
        least = min(found, key=lambda one: one.amount_minor)
        amount = f"{written(least.amount_minor, least.currency)} {least.currency}"
        raise NothingOwed(f"customer {least.customer_id} has less credit than the {amount} that are owed")
    renew_links(deal.conn, deal.books.settings, deal.payer.customer.id, now=deal.now)  # they ask for what credit leaves
    return tuple(paid)


def give_up(deal: Deal) -> tuple[Owed, ...]:
    """All of them: nobody asks for them any more. Raises NothingOwed."""
    found = _found(deal)
    booked = [events.owed_given_up(one.booking_id, _whose(deal, one), amount_minor=one.amount_minor) for one in found]
    ledger.book(deal.conn, booked, now=deal.now)
    return found


def _found(deal: Deal) -> tuple[Owed, ...]:
    number = deal.payer.customer.id
    found = owed.of_customer(deal.conn, number)
    if not found:
        raise NothingOwed(f"customer {number} owes nothing without an invoice")
    return found


def _whose(deal: Deal, one: Owed) -> events.Whose:
    return events.Whose(one.customer_id, deal.issue_day, one.currency)
