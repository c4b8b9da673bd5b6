"""Documents of all customers by what the figures count them by: how long ago they were due, their month, currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, or_, select

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.figures.aging import Bucket, due_between
from mailgate.billing.period import local_date, nth
from store.schema import invoices
from store.views import documents
from store.views.documents import LINE, DocumentLine, Standing
from store.views.paging import Listing, Page, Turn

_DAYS_AT_ONCE = 3
"""So many dates there are on earth at one instant."""


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which documents are meant; what is not given leaves all. Of a month credit notes are shown, too."""

    standing: Standing | None = None
    age: Bucket | None = None  # of what is open
    month: date | None = None  # of issue; its first day
    currency: str = ""


def listing(conn: Connection, turn: Turn, wanted: InvoiceFilter, now: datetime) -> Page[DocumentLine]:
    """A page of them, the newest first."""
    values: dict[str, Any] = {"the_currency": wanted.currency} if wanted.currency else {}
    if wanted.standing is Standing.LATE:
        values |= documents.late_values(conn, now)
    if wanted.month is not None:
        values |= {"the_first": wanted.month, "the_next": nth(wanted.month, 1, 1)}
    if wanted.age is not None:
        values |= _age_values(conn, wanted.age, now)
    found = _listing(wanted.standing, wanted.age is not None, wanted.month is not None, bool(wanted.currency))
    return documents.told(found.page(conn, turn, **values), now)


@cache
def _listing(standing: Standing | None, has_age: bool, has_month: bool, has_currency: bool) -> Listing[RowMapping]:
    query = LINE
    if standing is not None or not has_month:
        query = query.where(documents.has_standing(standing, of_all=True))
    if has_age:
        query = query.where(_IS_OPEN, _IS_OF_AGE)
    if has_month:
        query = query.where(
            invoices.c.issued_on >= bindparam("the_first"), invoices.c.issued_on < bindparam("the_next")
        )
    if has_currency:
        query = query.where(invoices.c.currency == bindparam("the_currency"))
    return Listing(query, documents.as_it_is, id=invoices.c.id)


def _age_values(conn: Connection, age: Bucket, now: datetime) -> Mapping[str, Any]:
    """What the condition of an age is bound to: every account has a day of its own, and there are few of them."""
    zones: dict[date, list[str]] = {}
    for zone in conn.execute(_ZONES).scalars():
        zones.setdefault(local_date(now, ZoneInfo(zone)), []).append(zone)
    values: dict[str, Any] = {}
    days = [*zones.items(), *([(date.min, [])] * _DAYS_AT_ONCE)]
    for place, (today, theirs) in enumerate(days[:_DAYS_AT_ONCE]):
        first, last = due_between(age, today) if theirs else (date.max, date.min)
        values |= {f"zones_{place}": theirs, f"first_{place}": first, f"last_{place}": last}
    return values


def _of_day(place: int) -> ColumnElement[bool]:
    return and_(
        invoices.c.zone.in_(bindparam(f"zones_{place}", expanding=True)),
        invoices.c.due_on.between(bindparam(f"first_{place}"), bindparam(f"last_{place}")),
    )


_IS_OPEN = and_(
    invoices.c.kind == DocumentKind.INVOICE.value,
    invoices.c.state == DocumentState.ISSUED.value,
    invoices.c.open_minor > 0,
)
_IS_OF_AGE = or_(*map(_of_day, range(_DAYS_AT_ONCE)))
_ZONES = select(invoices.c.zone).where(_IS_OPEN).distinct()
