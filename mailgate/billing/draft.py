"""Which periods of a service are to be billed on a day, and on which invoice each of them goes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mailgate.billing.period import Part, Span, index_on, nth, period_on
from mailgate.billing.proration import slice_of
from mailgate.billing.service import Service, State
from mailgate.errors import Permanent

MOST_PERIODS = 1200
"""Of one service in one run: a hundred years by the month. What is behind more than that is not believed."""

_DAY = timedelta(days=1)


class TooManyPeriods(Permanent):
    """A service lies so far back that its dates cannot be right."""


@dataclass(frozen=True, slots=True)
class Due:
    """One period of one service that is to be billed, or the one-time price of it."""

    service: Service
    period: Span | None  # None: nothing that goes by days
    part: Part  # of its cycle; a whole cycle is days of days
    cycle: Span | None
    due_on: date

    @property
    def begins_on(self) -> date:
        """The day by whose terms it costs what it costs."""
        return self.service.started_on if self.period is None else self.period.start

    @property
    def price_minor(self) -> int:
        """Of a whole cycle, less its discount."""
        return self.service.price_on(self.begins_on)

    @property
    def amount_minor(self) -> int:
        """What it costs."""
        return slice_of(self.price_minor, self.part)

    @property
    def is_waived(self) -> bool:
        """It would cost something, and its discount takes all of that off."""
        return self.price_minor == 0 < self.service.price_minor

    @property
    def billed_through(self) -> date:
        """The first day that no document covers, once this is billed."""
        return self.service.started_on + _DAY if self.period is None else self.period.end

    def named(self, text: str) -> str:
        """What its line says: with the promotion that makes it cheaper."""
        discount = self.service.discount_on(self.begins_on)
        if discount is None or not self.service.price_minor:
            return text
        return f"{text} ({discount.words(self.service.currency, self.service.months)})"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How long before its due date an invoice goes out, and how long a customer has at least to pay it."""

    days_before_due: int
    least_days_to_pay: int
    bill_suspended: bool = False

    def lead(self, own: int | None) -> int:
        """The days of a product, where it has its own."""
        return self.days_before_due if own is None else own


def open_periods(service: Service, *, until: date) -> Iterator[Span]:
    """Periods of a recurring service that nothing covers yet and that begin on or before a day.

    The first may be a part of its cycle: behind the start, or behind a time without service; so may the last, before
    the end of the service.
    """
    start, end = service.billed_through, service.cancel_on or service.ended_on
    n = index_on(service.anchor_on, service.months, start)
    for _ in range(MOST_PERIODS):
        if start > until or (end is not None and start >= end):
            return
        n += 1
        following = nth(service.anchor_on, service.months, n)
        following = following if end is None else min(following, end)
        yield Span(start, following)
        start = following
    raise TooManyPeriods(f"service {service.id} is not billed from {service.billed_through} on: that is too long ago")


def is_billed(service: Service, rhythm: Rhythm) -> bool:
    """Does a run look at it at all?"""
    if service.state is State.SUSPENDED:
        return rhythm.bill_suspended
    return service.state is State.ACTIVE


def due_at(service: Service, period: Span) -> Due:
    """What one period costs; one that is shorter than its cycle costs its part, by the terms of its first day."""
    if service.next_on is not None and period.start >= service.next_on:
        service = service.by_next_terms()
    cycle = period_on(service.anchor_on, service.months, period.start)
    part = Part(period.days, cycle.days)
    return Due(service, period, part, cycle, period.start)


def once(service: Service) -> Due:
    """The price of a service that never renews."""
    return Due(service, None, Part(1, 1), None, service.started_on)


def is_unbilled_once(service: Service) -> bool:
    """A one-time price that no document has yet."""
    return not service.is_recurring and service.billed_through <= service.started_on


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes on one invoice: one account, one currency, one due date."""

    currency: str
    due_on: date
    items: tuple[Due, ...]

    @property
    def total_minor(self) -> int:
        """The prices of its items; tax comes to it where they are without."""
        return sum(item.amount_minor for item in self.items)


def bundles(
    services: Iterable[Service], *, today: date, rhythm: Rhythm, leads: Mapping[int, int | None]
) -> tuple[Bundle, ...]:
    """What is to be billed on a day, as invoices: what is due on one day goes on one, at the longest lead among it.

    A period is billed no later than one behind it: where something beside that has a longer lead, both go out by it.
    `today` is the account's own day; `leads` has the days of each service's product where it has its own. What should
    have been billed before, since nobody ran anything, goes on one invoice that leaves the usual time to pay.
    """
    billed = [one for one in services if is_billed(one, rhythm)]
    lead = {one.id: rhythm.lead(leads.get(one.id)) for one in billed}
    longest = max(lead.values(), default=0)
    by_day: dict[tuple[str, date], list[Due]] = {}
    for service in billed:
        if not service.is_recurring:
            found: Sequence[Due] = (once(service),) if is_unbilled_once(service) else ()
        else:
            until = today + timedelta(days=longest)
            found = [due_at(service, period) for period in open_periods(service, until=until)]
        for due in found:
            by_day.setdefault((service.currency, due.due_on), []).append(due)
    issued_on = _issue_days(by_day, lead)
    ready: dict[tuple[str, date], list[Due]] = {}
    earliest = today + timedelta(days=rhythm.least_days_to_pay)
    late: set[int] = set()
    for (currency, due_on), members in sorted(by_day.items()):
        for due in members:
            number = due.service.id
            if issued_on[number, due_on] <= today:
                if issued_on[number, due_on] < today:
                    late.add(number)  # and what follows is not to be paid before it
                ready.setdefault((currency, max(due_on, earliest) if number in late else due_on), []).append(due)
    return tuple(Bundle(currency, due_on, tuple(members)) for (currency, due_on), members in sorted(ready.items()))


def _issue_days(
    by_day: Mapping[tuple[str, date], Sequence[Due]], lead: Mapping[int, int]
) -> Mapping[tuple[int, date], date]:
    """When each period is invoiced, by service and due date: with its day, or before, with one that is behind it."""
    found: dict[tuple[int, date], date] = {}
    soonest: dict[int, date] = {}
    for (_, due_on), members in sorted(by_day.items(), reverse=True):
        of_day = due_on - timedelta(days=max(lead[due.service.id] for due in members))
        for due in members:
            number = due.service.id
            found[number, due_on] = soonest[number] = min(of_day, soonest.get(number, of_day))
    return found


def first_bundle(service: Service, *, today: date, rhythm: Rhythm, lead: int | None) -> Bundle | None:
    """What the first invoice of a new service holds: the days up to its bill day, and what would follow at once.

    That is the first whole cycle, when the cycle is longer than a month or the bill day is nearer than the usual lead.
    It is due on the day on which the service starts, or today.
    """
    due_on = max(service.started_on, today)
    if not service.is_recurring:
        return Bundle(service.currency, due_on, (once(service),)) if is_unbilled_once(service) else None
    soon = max(service.started_on, today + timedelta(days=rhythm.lead(lead)))
    spans = list(open_periods(service, until=soon))
    if len(spans) == 1 and service.months > 1 and not _is_whole(service, spans[0]):
        spans += list(open_periods(service, until=spans[0].end))[1:2]
    items = tuple(due_at(service, span) for span in spans)
    return Bundle(service.currency, due_on, items) if items else None


def _is_whole(service: Service, span: Span) -> bool:
    return period_on(service.anchor_on, service.months, span.start) == span


def next_look(service: Service, *, rhythm: Rhythm, lead: int | None) -> date | None:
    """The first day on which a run finds something of this service to bill; None when there will be nothing."""
    if not is_billed(service, rhythm):
        return None
    if not service.is_recurring:
        return service.started_on if is_unbilled_once(service) else None
    end = service.cancel_on or service.ended_on
    if end is not None and service.billed_through >= end:
        return None
    return service.billed_through - timedelta(days=rhythm.lead(lead))
