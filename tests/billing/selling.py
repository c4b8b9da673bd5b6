"""Services for tests of the rules: sold on a day, with a bill day, and billed by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mailgate.billing.change import Billed, Terms
from mailgate.billing.document.invoice import TaxedAs
from mailgate.billing.draft import Due, Rhythm
from mailgate.billing.period import Span, anchor_of, first_bill_day, period_on
from mailgate.billing.service import Service, State
from mailgate.billing.tax.groups import read_rate

RHYTHM = Rhythm(days_before_due=10, least_days_to_pay=10)
NET = TaxedAs(False, read_rate("19"), "S", "VAT")
GROSS = TaxedAs(True, read_rate("19"), "S", "VAT")


def d(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)


def sold(
    start: str,
    *,
    bill_day: int | None = None,
    months: int = 1,
    price_minor: int = 1000,
    number: int = 1,
    **more: object,
) -> Service:
    """A service that begins on a day and is billed on a day of the month, of which nothing is billed yet."""
    day = d(start)
    anchor = day if bill_day is None or not months else anchor_of(first_bill_day(day, bill_day), bill_day, months)
    one = Service(
        number, 1, 7, None, "example.com", "example.com", "EUR", months, price_minor, (), State.ACTIVE, day, anchor, day
    )
    return replace(one, **more)  # type: ignore[arg-type]


def days(items: Sequence[Due]) -> list[str]:
    """Their periods, "from/to" with both days in it."""
    return [f"{one.period.start}/{one.period.last}" if one.period else "once" for one in items]


def billed(
    service: Service, *periods: tuple[str, str], taxed: TaxedAs | None = NET, invoice_id: int = 40
) -> list[Billed]:
    """These days of a service, each on an invoice of its own."""
    return [
        Billed(
            at, Span(d(start), d(end)), period_on(service.anchor_on, service.months, d(start)), service.price_minor,
            invoice_id + at, 1, "Web", "hosting", taxed, invoice_id + at,
        )
        for at, (start, end) in enumerate(periods)
    ]  # fmt: skip


def terms(service: Service, *, price_minor: int, months: int | None = None, taxed: TaxedAs = NET) -> Terms:
    """Another plan."""
    return Terms(8, months or service.months, price_minor, (), service.anchor_on, "Web L", "hosting", lambda _: taxed)
