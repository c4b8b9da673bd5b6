"""Links: each open invoice has one for what is to be paid of it, and who asks for one gets it.

What is decided here is written in the transaction of whatever changes the account; the provider hears of it from the
job of the row. Nobody who handles cards: no links.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailgate.billing.payment.allocation import allocate
from mailgate.config import Settings
from mailgate.flows.billing.books import Deal
from mailgate.payments.provider import OfferKind
from store.billing import charges, invoices, ledger, offers
from store.billing.invoices import Issued
from store.billing.offers import Offered, OfferStanding

WAITS = timedelta(hours=1)
"""So long the mail that brings an invoice waits for its link."""

YIELDS = timedelta(minutes=10)
"""So long a link that is to be closed waits for charges that are under way."""

AT_ONCE = 500
"""Links that one look takes up; what is left is found by the next."""

ASKED_A_DAY = 10
"""Links that one account may ask for within a day, for cards and deposits."""


def to_pay(conn: Connection, customer_id: int, open_now: Sequence[Issued]) -> Mapping[int, int]:
    """By invoice, of all that are open of an account: what is left when its credit has paid, oldest due first."""
    left: dict[int, int] = {}
    for currency in dict.fromkeys(one.currency for one in open_now):
        here = [one for one in open_now if one.currency == currency]
        credit = max(0, ledger.credit(conn, customer_id, currency))
        used = allocate(credit, invoices.to_settle(here)).by_invoice
        left.update((one.id, one.open_minor - used.get(one.id, 0)) for one in here)
    return left


def renew_links(conn: Connection, settings: Settings, customer_id: int, *, now: datetime) -> None:
    """Money has moved in a locked account: links that ask for another sum are switched off, and made anew."""
    if not settings.payments.is_automatic:
        return
    open_now = invoices.open_of(conn, customer_id)
    wanted = to_pay(conn, customer_id, open_now)
    standing = offers.standing_of(conn, customer_id)
    stale = [
        one.id
        for number, one in standing.items()
        if one.state is not OfferStanding.FAILED and _is_stale(one, wanted.get(number, 0))
    ]
    offers.switch_off(conn, stale, now=now)
    has_one = {
        number for number, one in standing.items() if one.id not in stale and one.amount_minor == wanted.get(number)
    }
    new = [one for one in open_now if wanted[one.id] and one.id not in has_one and not _is_paying(standing.get(one.id))]
    offers.add(conn, [_for_invoice(settings, one, wanted[one.id], now) for one in new])


def _is_stale(one: Offered, to_pay_minor: int) -> bool:
    return one.amount_minor != to_pay_minor and not (one.is_under_way and to_pay_minor)


def _is_paying(one: Offered | None) -> bool:
    """Somebody has paid by it, which takes some days: by another link it would be paid twice."""
    return one is not None and one.is_under_way


def want_links(conn: Connection, settings: Settings, issued: Collection[int], *, now: datetime) -> None:
    """Invoices were issued, of locked accounts: each is to have a link before it is brought to anybody."""
    if not settings.payments.is_automatic:
        return
    new = [one for one in invoices.several(conn, issued) if one.open_minor]
    have_credit = ledger.with_credit(conn, {one.customer_id for one in new})
    plain = [one for one in new if one.customer_id not in have_credit]
    offers.add(conn, [_for_invoice(settings, one, one.open_minor, now) for one in plain])
    for number in sorted(have_credit):
        renew_links(conn, settings, number, now=now)


def want_missing(
    conn: Connection, settings: Settings, open_now: Mapping[int, Collection[int]], *, now: datetime
) -> None:
    """Invoices of locked accounts, by account, that no link was ever wanted for, as before there was a provider."""
    if settings.payments.is_automatic:
        lacking = offers.lacking(conn, [number for theirs in open_now.values() for number in theirs])
        for customer_id, theirs in open_now.items():
            if not lacking.isdisjoint(theirs):
                renew_links(conn, settings, customer_id, now=now)


def waits_for_link(conn: Connection, settings: Settings, invoice: Issued, *, now: datetime) -> bool:
    """The mail about an invoice is not written yet, since its link is still to be made."""
    if not settings.payments.is_automatic:
        return False
    wanted = offers.wanted_of(conn, (invoice.id,)).get(invoice.id)
    return wanted is not None and now < max(wanted.made_at, invoice.issued_at + settings.billing.ladder.hold) + WAITS


def links_due(conn: Connection, settings: Settings, at: datetime) -> Sequence[tuple[int, datetime]]:
    """Links to be made, looked at or closed, and since when.

    What was paid by card leaves a link to be closed: at the midnight on which everybody's invoice is due, all cards
    come before these, for some minutes.
    """
    by = at - YIELDS if charges.at_work(conn) else at
    return offers.overdue(conn, now=at, closing_by=by, limit=AT_ONCE)


def ask_for_link(
    deal: Deal,
    kind: OfferKind,
    *,
    contact_id: int | None,
    spool_id: int | None,
    currency: str = "",
    amount_minor: int = 0,
) -> int | None:
    """Somebody asks for a link to give a card, or to deposit so much; its id. None: the account asked too often.

    What he asked for before can be used no more: the newest mail is the one that works.
    """
    conn, customer_id = deal.conn, deal.payer.customer.id
    if offers.count_asked(conn, customer_id, since=deal.now - timedelta(days=1)) >= ASKED_A_DAY:
        return None
    before = offers.asked_open(conn, customer_id, kind.value, asked_by=contact_id)
    offers.switch_off(conn, [one.id for one in before], now=deal.now)
    row = Offered(
        0,
        kind.value,
        customer_id,
        None,
        deal.books.settings.payments.provider.value,
        currency,
        amount_minor,
        OfferStanding.WANTED,
        deal.now,
        deal.now,
        contact_id,
        spool_id,
    )
    return offers.add(conn, [row])[0]


def await_link(deal: Deal, invoice: Issued, *, contact_id: int, spool_id: int | None) -> bool:
    """Somebody wants to pay an invoice whose link is still to be made, and gets it by mail. False: none is made."""
    wanted = offers.wanted_of(deal.conn, (invoice.id,)).get(invoice.id)
    if wanted is not None:
        offers.ask_for(deal.conn, wanted.id, contact_id=contact_id, spool_id=spool_id)
    return wanted is not None


def _for_invoice(settings: Settings, invoice: Issued, amount_minor: int, now: datetime) -> Offered:
    return Offered(
        0,
        OfferKind.INVOICE.value,
        invoice.customer_id,
        invoice.id,
        settings.payments.provider.value,
        invoice.currency,
        amount_minor,
        OfferStanding.WANTED,
        now,
        now,
    )
