"""Services and quotes as commands print them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from mailgate.billing.change import Quote, Terms
from mailgate.billing.draft import is_billed
from mailgate.billing.money.amount import written
from mailgate.billing.offer.discount import Discount, counting
from mailgate.billing.offer.product import cycle_word
from mailgate.billing.service import Service
from mailgate.cli.cells import named
from mailgate.cli.output import wants_json
from mailgate.flows.billing.books import Books
from mailgate.flows.billing.service.ending import End
from store.billing import services
from store.called import names_of


def quote_row(quote: Quote, currency: str) -> dict[str, object]:
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
        "currency": currency,
        "document": quote.document.value if quote.document else None,
    }


def goes_on(before: Service, to: Terms, on: date) -> dict[str, object]:
    """What becomes of a promotion by a change: the new terms have it too, or it is lost for good."""
    had = counting(before.discount, on)
    return {
        "promotion": _promotion(counting(to.discount, on), before.currency, to.months),
        "promotion_lost": had.code if had and to.discount is None else None,
    }


def end_row(end: End, currency: str) -> dict[str, object]:
    """The same of an end, with its day."""
    return {**quote_row(end.quote, currency), "ends_on": end.ends_on.isoformat()}


def service_rows(conn: Connection, books: Books, found: Sequence[Service]) -> list[dict[str, object]]:
    """Services in a list."""
    customers = names_of(conn, (one.customer_id for one in found))
    return [_row(conn, books, one, customers) for one in found]


def service_row(conn: Connection, books: Books, one: Service) -> dict[str, object]:
    """One of them."""
    return service_rows(conn, books, [one])[0]


def _row(conn: Connection, books: Books, one: Service, customers: Mapping[int, str]) -> dict[str, object]:
    product = books.product(conn, one.product_id)
    next_due = one.billed_through if one.is_recurring and is_billed(one, books.rhythm) else None
    if next_due and one.cancel_on and next_due >= one.cancel_on:
        next_due = None
    return {
        "id": one.id,
        "customer": named(one.customer_id, customers),
        "sku": product.sku,
        "name": one.name,
        "state": one.state.value,
        "cycle": cycle_word(one.months),
        "next_due_on": next_due.isoformat() if next_due else None,
        "amount_minor": one.price_on(one.billed_through),
        "currency": one.currency,
        "list_minor": one.price_minor,
        "promotion": _promotion(one.discount_on(one.billed_through), one.currency, one.months),
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
        "next_price_minor": one.by_next_terms().price_on(one.next_on) if one.next_on else None,
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


def _promotion(one: Discount | None, currency: str, months: int) -> object:
    """What makes a cycle cheaper, for programs or in words; `until` is the last day on which a period may begin."""
    if one is None:
        return None
    amount_minor, until = one.amount_off(months), one.last_on.isoformat() if one.last_on else None
    if wants_json():
        return {
            "code": one.code, "percent": one.percent or None, "amount_minor": amount_minor or None, "until": until,
        }  # fmt: skip
    off = f"{one.percent} %" if one.percent else f"{written(amount_minor, currency)} {currency}"
    return f"{off} off with {one.code}" + (f" until {until}" if until else "")
