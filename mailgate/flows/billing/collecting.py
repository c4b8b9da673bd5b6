"""What falls due of saved cards: invoices at the first instant of their day, and what was declined before.

All of it as a day begins where the account is, and under its lock.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.period import local_start
from mailgate.config import Settings
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.charge import Begun, Reason, charge_now, to_charge
from mailgate.flows.billing.go import waits_for_go
from mailgate.flows.billing.run import THE_SCHEDULE
from mailgate.flows.story.act import Act
from mailgate.payments.terms import Terms, chargeable, terms_of
from store.billing import charges, collectable, disputes, falling_due, promises, working_cards
from store.billing.cards import SavedCard
from store.billing.in_flight import in_flight

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
        del since[number]
    for number, when in _fresh(conn, settings, terms, at):
        since[number] = min(when, since.get(number, when))
    waiting = _waiting(conn, since, at) | charges.with_one_under_way(conn, since)
    yield from sorted(
        ((number, when) for number, when in since.items() if number not in waiting), key=lambda one: one[1]
    )


def collect(act: Act, customer_ids: Iterable[int]) -> int:
    """Credit first, then a charge of each for the rest of all that is due; returns how many were begun."""
    terms = terms_of(act.settings.payments)
    if terms is None or waits_for_go(act.conn, act.settings, act.now):
        return 0
    numbers = list(customer_ids)
    with_card, busy = working_cards.kept(act.conn, numbers, terms.name), _waiting(act.conn, numbers, act.now)
    repeated = charges.with_one_to_repeat(act.conn, numbers, by=act.now)
    begun = 0
    for number in numbers:
        if number in busy or not (number in with_card or number in repeated):
            continue
        deal = deal_with(act.conn, act.settings, number, Today(act.now), by=THE_SCHEDULE)
        if deal is not None:
            begun += _collect(deal, terms, with_card.get(number))
    return begun


def collect_due(act: Act, customer_ids: Sequence[int]) -> None:
    """What is due of these accounts."""
    collect(act, customer_ids)


def _waiting(conn: Connection, numbers: Iterable[int], at: datetime) -> set[int]:
    """Those of whom money is on its way, or staff have still to decide about a chargeback."""
    ids = list(numbers)
    return in_flight(conn, ids) | {number for number, until in disputes.rests_until(conn, ids).items() if until > at}


def _collect(deal: Deal, terms: Terms, card: SavedCard | None) -> int:
    number, begun = deal.payer.customer.id, 0
    repeated = {one.currency: one for one in charges.to_repeat(deal.conn, number, by=deal.now)}
    due = collectable.currencies(deal.conn, number, due_by=deal.day)
    for currency in sorted({*repeated, *due}):
        wanted = to_charge(deal, currency, None)
        before = repeated.get(currency)
        ids = [one.id for one in wanted]
        is_fresh = card is not None and len(charges.attempted(deal.conn, ids, card.id)) < len(ids)
        if (before is None and not is_fresh) or (not wanted and promises.running(deal.conn, (number,))):
            continue
        found = charge_now(deal, terms, currency, asked_by=THE_SCHEDULE, attempt=_attempt(before))
        begun += isinstance(found, Begun)
        if isinstance(found, Begun) or found.reason is not Reason.UNDER_WAY:
            charges.not_again(deal.conn, number, currency)
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
    resting = promises.running(conn, {number for number, _ in found})
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
