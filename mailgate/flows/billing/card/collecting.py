"""What falls due of saved cards: invoices at the first instant of their day, and what was declined before.

All of it as a day begins where the account is, and under its lock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.party import UNTIL_RELEASED
from mailgate.billing.period import local_start
from mailgate.config import Settings
from mailgate.flows.billing.books import Deal, Today, deals_with, look, open_books
from mailgate.flows.billing.card.charge import Begun, Reason, charge_now, due_now, to_charge
from mailgate.flows.billing.invoicing.go import waits_for_go
from mailgate.flows.billing.invoicing.run import THE_SCHEDULE
from mailgate.flows.story.act import Act
from mailgate.payments.terms import Terms, chargeable, terms_of
from store.billing import charges, collectable, disputes, falling_due, invoices, ledger, promises, working_cards
from store.billing.cards import SavedCard
from store.billing.in_flight import in_flight
from store.billing.invoices import Issued
from store.billing.promises import Promise

AT_ONCE = 500
"""Customers that one look takes up; what is left is found by the next."""

TOGETHER = 16
"""Customers of one transaction, as of the ladder."""

Found = Iterator[tuple[int, datetime]]


def cards_fall_due(conn: Connection, settings: Settings, at: datetime) -> Found:
    """Customers whose card is to be charged, and since when."""
    terms = terms_of(settings.payments)
    if terms is None or waits_for_go(conn, settings, at):
        return
    since = dict(charges.again(conn, by=at, limit=AT_ONCE))
    for number in promises.running(conn, since):
        if not _may_repeat(conn, settings, number, at):
            del since[number]
    for number, when in _fresh(conn, settings, terms, at):
        since[number] = min(when, since.get(number, when))
    yield from islice(_free(conn, sorted(since.items(), key=lambda one: one[1]), at), AT_ONCE)


def _free(conn: Connection, found: Sequence[tuple[int, datetime]], at: datetime) -> Found:
    """Without those of whom something is under way."""
    for first in range(0, len(found), AT_ONCE):
        some = dict(found[first : first + AT_ONCE])
        busy = _waiting(conn, some, at) | charges.with_one_under_way(conn, some)
        yield from ((number, when) for number, when in some.items() if number not in busy)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read at once of accounts that are locked, by their numbers."""

    cards: Mapping[int, SavedCard]
    open: Mapping[int, Sequence[Issued]]
    promises: Mapping[int, Sequence[Promise]]
    repeated: Mapping[int, Sequence[charges.Charge]]  # what was declined, and is tried again now
    tried: frozenset[tuple[int, int]]  # invoices and the cards that were charged for them
    with_credit: frozenset[int]


def collect(act: Act, customer_ids: Iterable[int]) -> int:
    """Credit first, then a charge of each for the rest of all that is due; returns how many were begun."""
    terms = terms_of(act.settings.payments)
    if terms is None or waits_for_go(act.conn, act.settings, act.now):
        return 0
    numbers = list(customer_ids)
    busy = _waiting(act.conn, numbers, act.now)
    free = [one for one in numbers if one not in busy]
    deals = deals_with(act.conn, act.settings, free, Today(act.now), by=THE_SCHEDULE)
    known = _read(act, terms, list(deals))
    return sum(_collect(deal, terms, known) for deal in deals.values())


def _read(act: Act, terms: Terms, numbers: Sequence[int]) -> _Known:
    open_now = invoices.open_of_several(act.conn, numbers)
    return _Known(
        working_cards.kept(act.conn, numbers, terms.name),
        open_now,
        promises.running(act.conn, numbers),
        charges.to_repeat(act.conn, numbers, by=act.now),
        charges.attempted(act.conn, [one.id for theirs in open_now.values() for one in theirs]),
        ledger.with_credit(act.conn, numbers),
    )


def collect_due(act: Act, customer_ids: Sequence[int]) -> None:
    """What is due of these accounts."""
    collect(act, customer_ids)


def _may_repeat(conn: Connection, settings: Settings, number: int, at: datetime) -> bool:
    """Beside what rests for a promise something is due that a declined charge can be tried again for."""
    payer = look(conn, (number,)).get(number)
    if payer is None:
        return False
    deal = Deal(conn, open_books(conn, settings), payer, Today(at), THE_SCHEDULE)
    currencies = {one.currency for one in charges.to_repeat(conn, (number,), by=at).get(number, ())}
    return any(to_charge(deal, currency, None) for currency in currencies)


def _keep_for_later(deal: Deal, before: charges.Charge) -> None:
    """What rests of a declined charge is tried again when it rests no more; of what staff hold they say when."""
    theirs = promises.running(deal.conn, (deal.payer.customer.id,), deal.day).get(deal.payer.customer.id, ())
    days = [promises.rests_until(theirs, one.invoice_id) for one in charges.parts(deal.conn, before.id)]
    until = max((day for day in days if day is not None and day != UNTIL_RELEASED), default=None)
    if until is not None:
        charges.try_again(deal.conn, before.id, at=local_start(until + timedelta(days=1), deal.payer.zone))


def _waiting(conn: Connection, numbers: Iterable[int], at: datetime) -> set[int]:
    """Those of whom money is on its way, or staff have still to decide about a chargeback."""
    ids = list(numbers)
    return in_flight(conn, ids) | {number for number, until in disputes.rests_until(conn, ids).items() if until > at}


def _collect(deal: Deal, terms: Terms, known: _Known) -> int:
    number, begun = deal.payer.customer.id, 0
    card, theirs = known.cards.get(number), known.promises.get(number, ())
    repeated = {one.currency: one for one in known.repeated.get(number, ())}
    due = due_now(deal, known.open.get(number, ()), theirs)
    rests = any(one.until_on >= deal.day for one in theirs)
    for currency in sorted({*repeated, *(one.currency for one in due)}):
        wanted = [one for one in due if one.currency == currency]
        before = repeated.get(currency)
        is_fresh = card is not None and any((one.id, card.id) not in known.tried for one in wanted)
        if (before is None and not is_fresh) or (not wanted and rests):
            continue
        found = charge_now(
            deal,
            terms,
            currency,
            asked_by=THE_SCHEDULE,
            attempt=_attempt(before),
            found=None if number in known.with_credit else wanted,
        )
        begun += isinstance(found, Begun)
        if isinstance(found, Begun) or found.reason is not Reason.UNDER_WAY:
            charges.not_again(deal.conn, number, currency)
        if isinstance(found, Begun) and before is not None:
            _keep_for_later(deal, before)
    return begun


def _attempt(before: charges.Charge | None) -> int:
    """What the provider did not take was no attempt."""
    if before is None:
        return 1
    return before.attempt if before.code == charges.REFUSED else before.attempt + 1


def _fresh(conn: Connection, settings: Settings, terms: Terms, at: datetime) -> Found:
    """Customers of whom an invoice is due and not tried by their card, where all that is due is enough for a charge."""
    hold = settings.billing.ladder.hold
    found: dict[tuple[int, str], list[collectable.Due]] = {}
    for one in collectable.due(conn, terms.name, due_by=falling_due.latest_day(at)):
        if local_start(one.due_on, ZoneInfo(one.zone)) <= at and one.issued_at + hold <= at:
            found.setdefault((one.customer_id, one.currency), []).append(one)
    numbers = sorted({number for number, _ in found})
    resting: dict[int, list[Promise]] = {}
    for start in range(0, len(numbers), AT_ONCE):
        resting |= promises.running(conn, numbers[start : start + AT_ONCE])
    for (number, currency), theirs in found.items():
        here = [one for one in theirs if promises.rests_until(resting.get(number, ()), one.invoice_id) is None]
        new = [one for one in here if not one.was_tried]
        if new and chargeable(terms, sum(one.open_minor for one in here), currency):
            first = min(new, key=lambda one: one.due_on)
            yield number, max(local_start(first.due_on, ZoneInfo(first.zone)), first.issued_at + hold)


def too_little(conn: Connection, terms: Terms | None, customer_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """In which currencies all that is open of an account is less than the provider takes: nobody asks for that."""
    if terms is None:
        return {}
    found: dict[int, set[str]] = {}
    for number, currency, minor in collectable.open_sums(conn, customer_ids):
        if not chargeable(terms, minor, currency) and _takes(terms, currency):
            found.setdefault(number, set()).add(currency)
    return {number: frozenset(currencies) for number, currencies in found.items()}


def _takes(terms: Terms, currency: str) -> bool:
    return chargeable(terms, 10**9, currency) > 0
