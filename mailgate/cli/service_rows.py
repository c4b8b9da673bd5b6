"""Services and quotes as commands print them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from mailgate.billing.change import Quote, Terms
from mailgate.billing.money.amount import written
from mailgate.billing.offer.discount import Discount, counting
from mailgate.billing.service import Service
from mailgate.cli.cells import named
from mailgate.cli.output import wants_json
from mailgate.flows.billing.books import Books, Deal
from mailgate.flows.billing.money.refund import would_go_back
from mailgate.flows.billing.service.ending import End
from mailgate.flows.billing.told import for_programs
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


def end_row(deal: Deal, end: End, currency: str) -> dict[str, object]:
    """The same of an end, before it is carried out: with its day, and how much money goes back."""
    back = would_go_back(deal, end.quote, currency) if end.gives_back else 0
    return {**quote_row(end.quote, currency), "ends_on": end.ends_on.isoformat(), "refund_minor": back}


def service_rows(conn: Connection, books: Books, found: Sequence[Service]) -> list[dict[str, object]]:
    """Services in a list."""
    customers = names_of(conn, (one.customer_id for one in found))
    return [_row(conn, books, one, customers) for one in found]


def service_row(conn: Connection, books: Books, one: Service) -> dict[str, object]:
    """One of them."""
    return service_rows(conn, books, [one])[0]


def _row(conn: Connection, books: Books, one: Service, customers: Mapping[int, str]) -> dict[str, object]:
    return {
        **for_programs.service_row(conn, books, one),
        "customer": named(one.customer_id, customers),
        "promotion": _promotion(one.discount_on(one.billed_through), one.currency, one.months),
    }


def service_object(conn: Connection, books: Books, one: Service) -> dict[str, object]:
    """A service with all that is known of it."""
    return {
        **for_programs.service_object(conn, books, one),
        **service_row(conn, books, one),
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
    """What makes a cycle cheaper, for programs or in words."""
    if one is None or wants_json():
        return for_programs.promotion(one, months)
    off = f"{one.percent} %" if one.percent else f"{written(one.amount_off(months), currency)} {currency}"
    return f"{off} off with {one.code}" + (f" until {one.last_on}" if one.last_on else "")
