"""Which invoices a list is asked for, in its URL: `?status=late&age=31-60&month=2026-03&currency=EUR`."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from mailgate.billing.figures.aging import Bucket
from mailgate.billing.money.currencies import EXPONENTS
from mailgate.billing.statement import BadMonth, read_month
from mailgate.language.telling import month, speaking
from store.views.invoice_filter import InvoiceFilter
from webview.money_charts import ages
from webview.money_pages import standing_asked
from webview.staff_pages import StaffVisit


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that narrows the list: in words, and the query without it."""

    words: str
    query_without: str


def asked_in(query: QueryParams) -> InvoiceFilter:
    """What is asked for; nonsense asks for nothing."""
    age, currency = query.get("age", ""), query.get("currency", "")
    try:
        of_month = read_month(query.get("month", ""))
    except BadMonth:
        of_month = None
    return InvoiceFilter(
        standing_asked(query.get("status", "")),
        Bucket(age) if age in set(Bucket) else None,
        of_month if of_month and of_month.year < 9999 else None,
        currency if currency in EXPONENTS else "",
    )


def query_of(wanted: InvoiceFilter, *, without: str = "") -> str:
    """The same as a query, without one of its parts."""
    parts = {
        "status": wanted.standing,
        "age": wanted.age,
        "month": wanted.month and f"{wanted.month:%Y-%m}",
        "currency": wanted.currency,
    }
    return urlencode({name: value for name, value in parts.items() if value and name != without})


def narrowed_by(wanted: InvoiceFilter, visit: StaffVisit) -> tuple[Part, ...]:
    """What narrows the list beside the standing, in the words of its reader."""
    words, found = visit.words, []
    if wanted.age is Bucket.NOT_DUE:
        found.append(Part(words.gettext("not due yet"), query_of(wanted, without="age")))
    elif wanted.age:
        told = words.gettext("%(age)s days late", age=ages(words)[wanted.age])
        found.append(Part(told, query_of(wanted, without="age")))
    if wanted.month:
        with speaking(words.language, visit.reader.timezone):
            told = words.gettext("issued in %(month)s", month=month(wanted.month))
        found.append(Part(told, query_of(wanted, without="month")))
    if wanted.currency:
        found.append(Part(wanted.currency, query_of(wanted, without="currency")))
    return tuple(found)
