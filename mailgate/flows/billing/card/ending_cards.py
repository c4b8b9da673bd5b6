"""Cards that end soon: their owners hear of it in time to give another."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.payment.card_words import card_words
from mailgate.billing.period import local_date, local_start
from mailgate.config import Settings
from mailgate.flows.billing.books import lock
from mailgate.flows.billing.told.letters import card_notices
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.payments.terms import terms_of
from store.billing import cards, working_cards
from store.billing.falling_due import latest_day

TOLD_BEFORE = (30, 7)
"""So many days before the last day of a card its owner is told, each once; late only the last of them."""


def cards_ending(conn: Connection, settings: Settings, at: datetime) -> Iterator[tuple[int, datetime]]:
    """Cards whose owners have not heard how soon they end, and since when they should have."""
    terms = terms_of(settings.payments)
    if terms is None:
        return
    last = latest_day(at)
    until = last + timedelta(days=max(TOLD_BEFORE))
    for one in working_cards.ending(conn, terms.name, from_on=last - timedelta(days=1), to_on=until):
        zone = ZoneInfo(one.zone)
        days = _to_tell(one.card.expires_on, one.told_days, today=local_date(at, zone))
        if days is not None and one.card.expires_on is not None:
            yield one.card.id, local_start(one.card.expires_on - timedelta(days=days), zone)


def tell_ending(act: Act, card_id: int) -> None:
    """Tell its owner, once for each of the days."""
    card, terms = cards.find(act.conn, card_id), terms_of(act.settings.payments)
    if card is None or terms is None or card.provider != terms.name:
        return
    payer = lock(act.conn, (card.customer_id,)).get(card.customer_id)
    card = cards.find(act.conn, card_id)  # as it is under the lock
    if payer is None or card is None or card.expires_on is None:
        return
    today = local_date(act.now, payer.zone)
    days = _to_tell(card.expires_on, working_cards.told_days(act.conn, card_id), today=today)
    if days is None or not card.works(today):
        return
    working_cards.mark_told(act.conn, card_id, days)
    told = {"label": card_words(card.brand, card.last4), "ends_on": card.expires_on.isoformat()}
    notify(act, card_notices(act, card.customer_id, told), cause=None)


def _to_tell(expires_on: date | None, told: int | None, *, today: date) -> int | None:
    """The least of the days that has come and was not told of yet; None: there is none, or the card is over."""
    if expires_on is None or expires_on < today:
        return None
    left = (expires_on - today).days
    reached = [days for days in TOLD_BEFORE if left <= days]
    if not reached or (told is not None and told <= min(reached)):
        return None
    return min(reached)
