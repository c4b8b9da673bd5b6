"""Cards: what is kept of one that was given, which is charged, and how the provider forgets it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.errors import MailgateError, Permanent
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.card.link_letters import tell_card_removed, tell_card_saved
from mailgate.flows.story.act import Act
from mailgate.jobs import FailPoint, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.payments.provider import Card, Provider
from store import people
from store.billing import cards
from store.billing.cards import SavedCard
from store.billing.offers import Offered
from store.engine import reading, transaction

log = logging.getLogger(__name__)

REPLACED = "a newer card"
"""Who has removed a card in whose place another one came."""

LONGEST_WAIT = timedelta(days=1)


def card_of(deal: Deal) -> SavedCard | None:
    """The card that the account keeps at the provider of the settings; a blocked or expired one, too."""
    return cards.kept(deal.conn, deal.payer.customer.id, deal.books.settings.payments.provider.value)


def save_card(deal: Deal, provider: str, card: Card, *, asked: Offered | None) -> SavedCard:
    """A card was given on the provider's page: it is charged from now on, in the place of the one before."""
    conn, customer_id = deal.conn, deal.payer.customer.id
    before = cards.kept(conn, customer_id, provider)
    known = cards.find_token(conn, provider, card.token)
    if known is not None and known.removed_at is not None:  # seen once more
        return known
    cards.know(conn, customer_id, provider, card.customer_token, now=deal.now)
    if known is not None:
        cards.renew(conn, known.id, expires_on=card.expires_on)
        return known
    if before is not None:
        cards.remove(conn, before.id, by=REPLACED, now=deal.now)
    saved = SavedCard(
        0,
        customer_id,
        provider,
        card.customer_token,
        card.token,
        card.brand,
        card.last4,
        card.expires_on,
        deal.now,
    )
    number = cards.add(conn, saved)
    log.info(LogEvent.CARD_SAVED(customer=customer_id, card=number))
    if not deal.is_quiet:
        tell_card_saved(Act.begin(conn, deal.books.settings, deal.now), saved, before=before, asked=asked)
    return saved


def remove_card(deal: Deal, card: SavedCard, *, by: str, but: int | None = None) -> None:
    """It is charged no more; the provider is told to forget it. Who gets mail about money hears of it, `but` one."""
    cards.remove(deal.conn, card.id, by=by, now=deal.now)
    log.info(LogEvent.CARD_REMOVED(customer=card.customer_id, card=card.id, by=by))
    if not deal.is_quiet:
        tell_card_removed(Act.begin(deal.conn, deal.books.settings, deal.now), card, but=but)


def known_as(engine: Engine, provider: Provider, customer_id: int, *, now: datetime) -> str:
    """By which token the provider knows a customer, who is made known to it if need be. Raises what it raises."""
    with reading(engine) as conn:
        token = cards.customer_token(conn, customer_id, provider.name)
        customer = people.get_customer(conn, customer_id)
    if token:
        return token
    token = provider.customer(
        key=f"customer-{customer_id}", customer_id=customer_id, mail=customer.address, name=customer.name
    )
    with transaction(engine) as conn:
        people.lock_account(conn, customer_id)
        cards.know(conn, customer_id, provider.name, token, now=now)
        return cards.customer_token(conn, customer_id, provider.name)


@dataclass(frozen=True, slots=True)
class CardForgetter:
    """Has the provider forget cards that were removed."""

    engine: Engine
    provider: Provider
    fail_point: FailPoint = no_fail_point

    def __call__(self, card_id: int, now: datetime) -> None:
        """One attempt. Never raises: what fails is tried again, with growing waits."""
        try:
            lent = cards.lend(self.engine, card_id, now=now)
            if lent is None:
                return
            due_at: datetime | None = None
            try:
                if lent.card.provider == self.provider.name:
                    self.provider.forget_card(lent.card.token)
                    self.fail_point("card.after-forget")
            except Permanent as error:
                log.warning(LogEvent.CARD_NOT_FORGOTTEN(card=card_id, error=error))
            except MailgateError as error:
                log.warning(LogEvent.CARD_NOT_FORGOTTEN(card=card_id, error=error))
                due_at = now + min(LONGEST_WAIT, timedelta(minutes=2 ** min(lent.card.attempts, 11)))
            with transaction(self.engine) as conn:
                cards.give_back(conn, lent, due_at=due_at)
        except (OperationalError, TimeoutError) as error:
            log.warning(LogEvent.POSTPONED_CARD(card=card_id, error=error))
