"""`/staff/reports/money`: who owes, what was earned, what recurs. Charts whose marks are links, and tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from mailgate.billing.figures.aging import Aged, by_currency
from mailgate.billing.figures.recurring import Recurring
from mailgate.billing.figures.revenue import Revenue
from mailgate.billing.money.currencies import EXPONENTS
from mailgate.billing.period import read_day
from mailgate.billing.service import checked_day
from mailgate.errors import Permanent
from mailgate.language.telling import speaking
from store.views import money_figures
from webview.money_charts import ages, earning, moves_page, owing, recurrent
from webview.report_pages import Shown
from webview.site import NoSuchPage
from webview.staff_pages import StaffVisit

MONTHS = 12
_DRAWN = 3  # currencies; the tables have all
_DEBTORS = 10
_MOVED = 100


@dataclass(frozen=True, slots=True)
class OfCurrency:
    """The figures of one currency, and their charts."""

    currency: str
    owed: Aged | None
    debtors: tuple[Aged, ...]  # who owes most that is late, first
    revenue: tuple[Revenue, ...]
    recurring: tuple[Recurring, ...]
    charts: dict[str, Shown]


def money_report(visit: StaffVisit) -> Response:
    """All figures of money on one page, as of now."""
    today = visit.now.astimezone(visit.zone).date()
    aged = money_figures.aging_now(visit.conn, visit.now)
    earned = money_figures.revenue_until(visit.conn, today, months=MONTHS)
    recurs = money_figures.recurring_until(visit.conn, today, months=MONTHS)
    found = _by_currency(aged, earned, recurs)
    shown = [_with_charts(visit, one, today, is_drawn=place < _DRAWN) for place, one in enumerate(found)]
    debtors = {one.customer_id for each in shown for one in each.debtors if one.customer_id is not None}
    return visit.page(
        "staff/money-report.html",
        figures=shown,
        ages=ages(visit.words),
        names=money_figures.names_of(visit.conn, debtors),
        moves_page=moves_page,
        today=today,
    )


def moves(visit: StaffVisit) -> Response:
    """`/staff/reports/recurring?at=2026-03-31&currency=EUR`: the services that made a difference in a month."""
    asked = visit.request.query_params
    currency = asked.get("currency", "")
    try:
        at = checked_day(read_day(asked.get("at", "")))
    except (ValueError, Permanent):
        raise NoSuchPage from None
    if currency not in EXPONENTS:
        raise NoSuchPage
    found = [one for one in money_figures.moved_in(visit.conn, at.replace(day=1), at) if one.currency == currency]
    listed = found[:_MOVED]
    return visit.page(
        "staff/recurring.html",
        month=at.replace(day=1),
        currency=currency,
        moved=listed,
        by_minor=sum(one.minor for one in found),
        more=len(found) - len(listed),
        services=money_figures.service_names(visit.conn, {one.service_id for one in listed}),
        names=money_figures.names_of(visit.conn, {one.customer_id for one in listed}),
    )


def _by_currency(aged: Sequence[Aged], earned: Sequence[Revenue], recurs: Sequence[Recurring]) -> list[OfCurrency]:
    """Those with most documents first: in these the company trades."""
    count: dict[str, int] = {}
    every: Iterable[tuple[str, int]] = (
        *((one.currency, one.invoices) for one in earned),
        *((one.currency, one.services) for one in recurs),
        *((one.currency, sum(one.invoices.values())) for one in aged),
    )
    for currency, many in every:
        count[currency] = count.get(currency, 0) + many
    totals = {one.currency: one for one in by_currency(aged)}
    return [
        OfCurrency(
            currency,
            totals.get(currency),
            tuple(one for one in aged if one.currency == currency)[:_DEBTORS],
            tuple(one for one in earned if one.currency == currency),
            tuple(one for one in recurs if one.currency == currency),
            {},
        )
        for currency in sorted(count, key=lambda one: (-count[one], one))
    ]


def _with_charts(visit: StaffVisit, one: OfCurrency, today: date, *, is_drawn: bool) -> OfCurrency:
    words, reader = visit.words, visit.reader
    if is_drawn:
        with speaking(words.language, reader.timezone, at=reader.at):
            if one.owed is not None:
                one.charts["owing"] = owing(words, one.owed)
            if one.revenue:
                one.charts["earning"] = earning(words, one.revenue)
            if one.recurring:
                one.charts["recurring"] = recurrent(words, one.recurring, today)
    return one
