"""Questions about days: bill days, cycles, and which day it is where."""

from datetime import UTC, date, datetime
from itertools import islice

from mailgate.billing import period, proration
from mailgate.billing.question.keys import (
    MOST_MONTHS,
    Answer,
    Json,
    Unusable,
    bill_day,
    count,
    currency,
    day,
    integer,
    is_given,
    months,
    needed,
    optional,
    or_name,
    span,
    text,
    time_of_day,
    whole,
    zone,
)


def first(asked: Json) -> Answer:
    """The first bill day, and the stub before it."""
    start, on, cycle = needed(asked, "start", day), bill_day(asked), months(asked)
    bill_on, stub = or_name("start", lambda: period.first_stub(start, on, cycle))
    found: Answer = {"first_bill_on": bill_on.isoformat(), **told(stub)}
    if is_given(asked, "price_minor"):
        price = whole(asked, "price_minor")
        currency(asked)
        found["amount_minor"] = proration.slice_of(price, stub)
    return found


def cycles(asked: Json) -> Answer:
    """A span cut at its bill days."""
    days, on, cycle = span(asked, "start", "end", least_days=0), bill_day(asked), months(asked)
    cut = or_name("start", lambda: period.cycles(days, on, cycle))
    return {
        "leading": told(cut.leading) if cut.leading else None,
        "trailing": told(cut.trailing) if cut.trailing else None,
        "whole": cut.whole,
    }


def bill_dates(asked: Json) -> Answer:
    """Bill days on or after a start."""
    start, on, cycle, many = needed(asked, "start", day), bill_day(asked), months(asked), count(asked)
    return _dates(or_name("count", lambda: tuple(islice(period.bill_dates(start, on, cycle), many))))


def nth(asked: Json) -> Answer:
    """The anchor, so many cycles later."""
    anchor, cycle = needed(asked, "anchor", day), months(asked)
    n = needed(asked, "n", integer, lambda n: abs(n) <= MOST_MONTHS)
    return {"date": or_name("n", lambda: period.nth(anchor, cycle, n)).isoformat()}


def sequence(asked: Json) -> Answer:
    """The dates behind an anchor."""
    anchor, cycle, many = needed(asked, "anchor", day), months(asked), count(asked)
    return _dates(or_name("count", lambda: period.sequence(anchor, cycle, many)))


def period_on(asked: Json) -> Answer:
    """The period that holds a day; its end is the last day."""
    anchor, cycle, on = needed(asked, "anchor", day), months(asked), needed(asked, "on", day)
    found = or_name("on", lambda: period.period_on(anchor, cycle, on))
    return {"start": found.start.isoformat(), "end": found.last.isoformat()}


def whole_periods(asked: Json) -> Answer:
    """How many n-th dates a span has."""
    days, cycle = span(asked, "start", "end", least_days=0), months(asked)
    return {"count": or_name("end", lambda: period.whole_periods(days, cycle))}


def local_date(asked: Json) -> Answer:
    """Which day it is in a zone, and so many days later."""
    at, where = needed(asked, "at", _instant), needed(asked, "zone", zone)
    later = optional(asked, "plus_days", integer, 0)
    on = or_name("at", lambda: period.local_date(at, where))
    try:
        return {"date": date.fromordinal(on.toordinal() + later).isoformat()}
    except (ValueError, OverflowError):
        raise Unusable("plus_days") from None


def local_start(asked: Json) -> Answer:
    """When a day begins."""
    on, where = needed(asked, "date", day), needed(asked, "zone", zone)
    return {"at": _rfc3339(or_name("date", lambda: period.local_start(on, where)))}


def local_time(asked: Json) -> Answer:
    """When a time of day is."""
    on, at, where = needed(asked, "date", day), needed(asked, "time", time_of_day), needed(asked, "zone", zone)
    return {"at": _rfc3339(or_name("date", lambda: period.local_time(on, at, where)))}


def told(part: period.Part) -> Answer:
    """A part of a cycle."""
    return {"days": part.days, "cycle_days": part.cycle_days}


def _dates(days: tuple[date, ...]) -> Answer:
    return {"dates": [on.isoformat() for on in days]}


def _instant(value: object) -> datetime:
    return period.read_instant(text(value))


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
