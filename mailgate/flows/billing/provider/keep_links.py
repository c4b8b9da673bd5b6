"""A link is made at the provider, looked at until it is over, and closed when nobody shall pay by it any more.

Network first, then the transaction: what the provider said is written under the account's lock, to the row as it is by
then. The same key is the same link, so a death between the two makes no second one. Whatever was paid is taken, by a
link that was closed, too.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import Settings
from mailgate.errors import MailgateError, Permanent
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.card.cards import known_as, save_card
from mailgate.flows.billing.card.link_letters import tell_link, tell_no_link
from mailgate.flows.billing.invoicing.offers import renew_links
from mailgate.flows.billing.money.settle import deposit
from mailgate.flows.billing.money.tell_payer import tell_not_come
from mailgate.flows.billing.provider.former import is_former, rest_link
from mailgate.flows.billing.provider.provider_money import book_fee, payment_of, receive
from mailgate.flows.story.act import Act, Queued, send_jobs
from mailgate.jobs import Computing, Enqueue, FailPoint, alone, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.outbound.document.shown import sort_in_words
from mailgate.outbound.templates import built_in_directory
from mailgate.payments.provider import (
    ChargeSeen,
    ChargeState,
    Link,
    NotOffered,
    Offer,
    OfferKind,
    OfferSeen,
    OfferState,
    Provider,
    Unfit,
)
from store import people
from store.billing import invoices, offers, payments
from store.billing.offers import Lent, Offered, OfferStanding
from store.engine import reading, transact

log = logging.getLogger(__name__)

LONGEST_WAIT, SELDOM = timedelta(hours=1), timedelta(days=1)
WHILE_ASKED = timedelta(minutes=5)
"""The longest wait for what somebody has asked for just now."""

MANY = 24 * 14
"""Looks at one link after which it is looked at once a day."""

ENDED_LOOKS = (timedelta(hours=1), timedelta(days=1))
"""When a link of an invoice is looked at once it is over: two were quick, or a page stood open."""

MOST_ATTEMPTS = 10
"""Refusals, some hours, after which the provider is not asked for a link of an invoice any more."""

TOO_LITTLE = "less than the provider takes"

_ENDED = {OfferState.COMPLETED: OfferStanding.COMPLETED, OfferState.CLOSED: OfferStanding.CLOSED}
_BY = "the provider"


@dataclass(frozen=True, slots=True)
class _Writing:
    """The open transaction, with the account and the row as they are under its lock."""

    act: Act
    deal: Deal
    offer: Offered


@dataclass(frozen=True, slots=True)
class LinkKeeper:
    """Works the rows of links."""

    engine: Engine
    settings: Settings
    provider: Provider
    enqueue: Enqueue
    fail_point: FailPoint = no_fail_point
    computing: Computing = alone

    def __call__(self, offer_id: int, now: datetime) -> None:
        """One look. Never raises: what fails is tried again, with growing waits."""
        try:
            with self.computing:
                lent = offers.lend(self.engine, offer_id, now=now)
            if lent is not None:
                self._work(lent, now)
        except (OperationalError, TimeoutError) as error:
            log.warning(LogEvent.POSTPONED_LINK(offer=offer_id, error=error))

    def _work(self, lent: Lent, now: datetime) -> None:
        one = lent.offer
        if one.provider != self.provider.name and not _is_new(one):
            self._write(lent, now, lambda writing: rest_link(writing.offer, now))
            return
        try:
            if is_former(one.provider, self.settings):
                if _is_new(one):
                    raise NotOffered(f"{one.provider} makes no more links")
                one = replace(one, state=OfferStanding.CLOSING) if one.state is OfferStanding.OPEN else one
            change = self._look(one) if one.provider_id else self._make(one, now)
        except Permanent as error:
            is_final = isinstance(error, Unfit | NotOffered) or one.contact_id is not None
            if is_final or one.attempts >= MOST_ATTEMPTS:
                log.warning(LogEvent.LINK_GIVEN_UP(offer=one.id, error=error))
                why = str(error)
                self._write(lent, now, lambda writing: _failed(writing, why))
            else:
                self._postpone(lent, error, now)
        except MailgateError as error:
            self._postpone(lent, error, now)
        else:
            self._write(lent, now, change)

    def _postpone(self, lent: Lent, error: MailgateError, now: datetime) -> None:
        log.warning(LogEvent.LINK_FAILED(offer=lent.offer.id, attempt=lent.offer.attempts, error=error))
        offers.again(self.engine, lent, due_at=now + self._pause(lent.offer))

    def _make(self, one: Offered, now: datetime) -> Callable[[_Writing], Offered]:
        asks = one.amount_minor
        if one.kind != OfferKind.CARD:
            asks = self.provider.expressible_minor(one.amount_minor, one.currency)
            if asks < self.provider.least_minor(one.currency):
                raise Unfit(TOO_LITTLE)
        link = self.provider.offer(self._wanted(one, asks, now))
        self.fail_point("link.after-offer")
        return lambda writing: self._made(writing, link, asks)

    def _wanted(self, one: Offered, asks: int, now: datetime) -> Offer:
        """What the provider is asked for: the same each time."""
        kind, token = OfferKind(one.kind), ""
        if kind is not OfferKind.INVOICE:
            token = known_as(self.engine, self.provider, one.customer_id, now=now)
        with reading(self.engine) as conn:
            customer = people.get_customer(conn, one.customer_id)
            text = self.settings.gate.company
            if one.invoice_id is not None:
                invoice = invoices.get(conn, one.invoice_id)
                model = json.loads(invoice.model) if invoice.model else None
                sort = sort_in_words(model, (built_in_directory() / "documents",)) if model else ""
                text = f"{sort} {invoice.number}".strip()
        return Offer(
            key=f"offer-{one.id}",
            kind=kind,
            customer_id=customer.id,
            customer_token=token,
            mail=customer.address,
            language=customer.language,
            currency=one.currency,
            amount_minor=asks,
            text=text,
            return_url=self.settings.page("/card-done" if kind is OfferKind.CARD else "/payment-done") or "",
        )

    def _made(self, writing: _Writing, link: Link, asks: int) -> Offered:
        made = replace(
            writing.offer, provider_id=link.id, url=link.url, expires_at=link.expires_at, asks_minor=asks, attempts=0
        )
        if writing.offer.state is OfferStanding.CLOSING or is_former(made.provider, self.settings):
            return replace(made, state=OfferStanding.CLOSING, due_at=writing.deal.now)  # nobody wants it any more
        tell_link(writing.act, made)
        return replace(made, state=OfferStanding.OPEN, due_at=writing.deal.now + self._pause(made))

    def _look(self, one: Offered) -> Callable[[_Writing], Offered]:
        assert one.provider_id is not None
        if one.state is OfferStanding.CLOSING:
            self.provider.close_offer(one.provider_id)
            self.fail_point("link.after-close")
        seen = self.provider.look_offer(one.provider_id)
        self.fail_point("link.after-look")
        return lambda writing: self._seen(writing, one.state, seen)

    def _seen(self, writing: _Writing, lent_as: OfferStanding, seen: OfferSeen) -> Offered:
        """Take what was paid and given, and say how it stands by then, and when it is looked at next."""
        deal, one = writing.deal, writing.offer
        for charge in seen.charges:
            if charge.state is ChargeState.SUCCEEDED:
                self._take(deal, one, charge)
        if seen.card is not None and one.kind == OfferKind.CARD and one.state is not OfferStanding.COMPLETED:
            save_card(deal, self.provider.name, seen.card, asked=one)
        one = offers.get(deal.conn, one.id)  # what came has switched it off, perhaps
        is_under_way = any(charge.state is ChargeState.PROCESSING for charge in seen.charges)
        if one.is_under_way and not is_under_way:
            for charge in seen.charges:
                if charge.state is not ChargeState.SUCCEEDED:
                    tell_not_come(deal, charge.currency, charge.amount_minor, one.invoice_id)
        state = one.state if one.state is OfferStanding.COMPLETED else _ENDED.get(seen.state, one.state)
        is_new = state is not one.state
        attempts = 0 if is_new else one.attempts
        now_it_is = replace(one, state=state, is_under_way=is_under_way, attempts=attempts)
        return replace(now_it_is, due_at=self._next_look(now_it_is, lent_as, deal.now))

    def _take(self, deal: Deal, one: Offered, charge: ChargeSeen) -> None:
        """Once, however often it is seen."""
        if one.invoice_id is not None:
            receive(deal, charge, invoices=(one.invoice_id,), provider=self.provider)
        elif payments.by_provider(deal.conn, self.provider.name, charge.id) is None:
            number = deposit(deal, payment_of(deal, charge, self.provider), least_minor=0)
            book_fee(deal, charge, number, self.provider)

    def _next_look(self, one: Offered, lent_as: OfferStanding, now: datetime) -> datetime | None:
        match one.state:
            case OfferStanding.CLOSING if lent_as is not OfferStanding.CLOSING:
                return now
            case OfferStanding.OPEN | OfferStanding.CLOSING:
                return now + self._pause(one)
        if one.is_under_way:
            return now + self._pause(one)
        if one.kind != OfferKind.INVOICE or one.attempts >= len(ENDED_LOOKS):
            return None
        return now + ENDED_LOOKS[one.attempts]

    def _pause(self, one: Offered) -> timedelta:
        if one.attempts >= MANY:
            return SELDOM
        longest = LONGEST_WAIT if one.kind == OfferKind.INVOICE else WHILE_ASKED
        first = timedelta(seconds=self.settings.payments.poll_seconds)
        return min(longest, first * (1 << min(max(one.attempts - 1, 0), 12)))

    def _write(self, lent: Lent, now: datetime, change: Callable[[_Writing], Offered]) -> None:
        def story(conn: Connection) -> list[Queued]:
            deal = deal_with(conn, self.settings, lent.offer.customer_id, Today(now), by=_BY)
            assert deal is not None
            act = Act.begin(conn, self.settings, now)
            before = offers.get(conn, lent.offer.id)
            became = change(_Writing(act, deal, before))
            if offers.put(conn, lent, became) and _is_over(became) and not _is_over(before):
                renew_links(conn, self.settings, deal.payer.customer.id, now=now)  # nothing may have come of it
            return act.outgoing

        with self.computing:
            outgoing = transact(self.engine, story)
        send_jobs(outgoing, self.enqueue)


def _is_new(one: Offered) -> bool:
    """The provider has never heard of it."""
    return one.state is OfferStanding.WANTED and one.attempts <= 1


def _is_over(one: Offered) -> bool:
    """Somebody has paid by it, well or not."""
    return one.state is OfferStanding.COMPLETED and not one.is_under_way


def _failed(writing: _Writing, why: str) -> Offered:
    tell_no_link(writing.act, writing.offer)
    return replace(writing.offer, state=OfferStanding.FAILED, why=why[:500], due_at=None, is_under_way=False)
