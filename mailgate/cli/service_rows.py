"""Services and quotes as commands print them."""

from datetime import timedelta

from sqlalchemy import Connection

from mailgate.billing.change import Quote
from mailgate.billing.draft import is_billed
from mailgate.billing.offer.product import cycle_word
from mailgate.billing.service import Service
from mailgate.flows.billing.books import Books
from mailgate.flows.billing.service.ending import End
from store.billing import services


def quote_row(quote: Quote) -> dict[str, object]:
    """What an act comes to, leg by leg."""
    return {
        "legs": [
            {
                "text": leg.charge.text,
                "period_start": leg.charge.period.start.isoformat() if leg.charge.period else None,
                "period_end": leg.charge.period.last.isoformat() if leg.charge.period else None,
                "days": leg.part.days,
                "cycle_days": leg.part.cycle_days,
                "price_minor": leg.price_minor,
                "amount_minor": leg.charge.amount_minor,
            }
            for leg in quote.legs
        ],
        "net_minor": quote.reckoned.net_minor,
        "tax_minor": quote.reckoned.tax_minor,
        "total_minor": quote.reckoned.total_minor,
        "document": quote.document.value if quote.document else None,
    }


def end_row(end: End) -> dict[str, object]:
    """The same of an end, with its day."""
    return {**quote_row(end.quote), "ends_on": end.ends_on.isoformat()}


def service_row(conn: Connection, books: Books, one: Service) -> dict[str, object]:
    """A service in a list."""
    product = books.product(conn, one.product_id)
    next_due = one.billed_through if one.is_recurring and is_billed(one, books.rhythm) else None
    if next_due and one.cancel_on and next_due >= one.cancel_on:
        next_due = None
    return {
        "id": one.id,
        "customer": one.customer_id,
        "sku": product.sku,
        "name": one.name,
        "state": one.state.value,
        "cycle": cycle_word(one.months),
        "next_due_on": next_due.isoformat() if next_due else None,
        "amount_minor": one.price_minor,
        "currency": one.currency,
    }


def service_object(conn: Connection, books: Books, one: Service) -> dict[str, object]:
    """A service with all that is known of it."""
    return {
        **service_row(conn, books, one),
        "domain": one.domain,
        "parent": one.parent_id,
        "options": dict(one.options),
        "started_on": one.started_on.isoformat(),
        "ends_on": one.cancel_on.isoformat() if one.cancel_on else None,
        "ended_on": one.ended_on.isoformat() if one.ended_on else None,
        "suspended_on": one.suspended_on.isoformat() if one.suspended_on else None,
        "suspended_for": one.suspended_for,
        "reason": one.reason,
        "next_price_on": one.next_on.isoformat() if one.next_on else None,
        "next_price_minor": one.next_price_minor,
        "external_id": one.external_id,
        "billed": [
            {
                "period_start": billed.period.start.isoformat(),
                "period_end": (billed.period.end - timedelta(days=1)).isoformat(),
                "price_minor": billed.price_minor,
            }
            for billed in services.billed(conn, one.id)
        ],
    }
