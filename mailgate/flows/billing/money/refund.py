"""Money is to go back: what a credit note sets free, and credit that staff give back.

Each refund is a row, and its money is in `liabilities:refunds` from then on; the network comes later, in its job.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from mailgate.billing.change import Quote
from mailgate.billing.ledger import events
from mailgate.billing.money.amount import written
from mailgate.billing.refund import RefundState, Share, Way, deadline, shares
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.issue import Done
from mailgate.flows.billing.invoicing.offers import renew_links
from store.billing import credited as given_back
from store.billing import disputes, invoices, ledger, payments, refunds
from store.billing.invoices import Issued
from store.billing.payments import Payment
from store.billing.refunds import Refund


class NothingToGiveBack(Permanent):
    """Less is there than was asked for, or less has come in; `str()` says how much."""


def set_free(deal: Deal, note: Done, excess_minor: int, *, credited: Collection[int]) -> tuple[Refund, ...]:
    """What is more than is owed goes back to who has paid the invoices that a credit note is about; the rest is credit.

    The newest payment first, of each no more than it has paid of them, less what went back. The caller books it.
    """
    found = _sources_of(deal, credited, note.wanted.currency, excess_minor)
    return _add(deal, found, note.wanted.currency, credit_note_id=note.id, asked_by=deal.by)


def would_go_back(deal: Deal, quote: Quote, currency: str) -> int:
    """How much `set_free` would send back of what an end gives back."""
    total = -quote.reckoned.total_minor
    is_open = sum(one.open_minor for one in invoices.open_of(deal.conn, deal.payer.customer.id, currency))
    if total <= is_open:
        return 0
    return sum(one.amount_minor for one in _sources_of(deal, quote.credited, currency, total - is_open))


def give_back(
    deal: Deal,
    invoice: Issued | None,
    amount_minor: int | None,
    *,
    asked_by: str,
    approved_by: str = "",
    currency: str = "",
) -> tuple[Refund, ...]:
    """Send credit back to who has paid it, the newest payment first: what has paid an invoice, or whatever has come in.

    `amount_minor`: None for all that there is. `currency`: where there is no invoice; the customer's own by default.
    What was given and never paid is not sent. Raises NothingToGiveBack.
    """
    conn, customer = deal.conn, deal.payer.customer
    currency = invoice.currency if invoice else currency or customer.currency
    behind = None if invoice is None else _behind(conn, (invoice.id,))
    sources = refunds.sources(conn, customer.id, currency, invoice_ids=behind)
    credit, came_in = ledger.credit(conn, customer.id, currency), sum(one.left_minor for one in sources)
    wanted = min(credit, came_in) if amount_minor is None else amount_minor
    if not wanted or wanted > min(credit, came_in):
        raise NothingToGiveBack(_why_not(deal, invoice, currency, credit, came_in))
    found = _add(deal, shares(wanted, sources), currency, asked_by=asked_by, approved_by=approved_by)
    whose = events.Whose(customer.id, deal.issue_day, currency)
    ledger.book(conn, [events.set_aside(one.id, whose, amount_minor=one.amount_minor) for one in found], now=deal.now)
    renew_links(conn, deal.books.settings, customer.id, now=deal.now)  # they ask for what credit leaves
    return found


def most_back(conn: Connection, invoice: Issued) -> int:
    """How much `give_back` could send back of an invoice, as it stands now."""
    number, currency = invoice.customer_id, invoice.currency
    sources = refunds.sources(conn, number, currency, invoice_ids=_behind(conn, (invoice.id,)))
    return min(ledger.credit(conn, number, currency), sum(one.left_minor for one in sources))


def hand_over(deal: Deal, refund: Refund, *, code: str) -> Refund:
    """How a refund stands that the provider does not send: it is a person's task until the same deadline.

    Unless the payer's bank has taken the money back by itself: then it is credit, and pays for what is open again.
    """
    if disputes.is_charged_back(deal.conn, refund.payment_id):
        return kept(deal, replace(refund, code=code))
    return replace(refund, way=Way.BY_HAND, state=RefundState.TASK, code=code, due_at=None)


def kept(deal: Deal, refund: Refund) -> Refund:
    """How a refund stands that nobody sends, of which nothing is booked but that it was wanted: it is credit."""
    whose = events.Whose(refund.customer_id, deal.issue_day, refund.currency)
    ledger.book(deal.conn, [events.refund_kept(refund.id, whose, amount_minor=refund.amount_minor)], now=deal.now)
    return replace(refund, state=RefundState.KEPT, ended_at=deal.now, due_at=None)


def keep_what_is_not_sent(deal: Deal, payment: Payment) -> int:
    """Of money that its payer's bank has taken back nothing more is sent: it is credit. Returns how much."""
    total = 0
    for one in refunds.of_payment(deal.conn, payment.id, {RefundState.WANTED, RefundState.TASK}):
        if one.state is RefundState.WANTED and one.attempts:
            continue  # a worker may be sending it: what the provider answers decides
        refunds.write(deal.conn, replace(kept(deal, one), told_at=deal.now))
        total += one.amount_minor
    return total


def succeed(deal: Deal, refund: Refund, *, code: str = "") -> Refund:
    """The same money once more, in a row of its own: a person's task, until the same deadline."""
    anew = replace(
        refund, id=0, way=Way.BY_HAND, provider="", state=RefundState.TASK, provider_id=None, code=code,
        made_at=deal.now, ended_at=None, told_at=None, due_at=None, attempts=0,
    )  # fmt: skip
    return replace(anew, id=refunds.add(deal.conn, anew))


def _sources_of(deal: Deal, credited: Collection[int], currency: str, amount_minor: int) -> tuple[Share, ...]:
    behind = _behind(deal.conn, credited)
    found = refunds.sources(deal.conn, deal.payer.customer.id, currency, invoice_ids=behind)
    return shares(amount_minor, found)


def _behind(conn: Connection, invoice_ids: Iterable[int]) -> frozenset[int]:
    """These invoices, and those that they have changed in their turn: what these were paid for was lowered by them."""
    found: set[int] = set()
    waiting = set(invoice_ids)
    while waiting:
        found |= waiting
        waiting = {number for one in waiting for number in given_back.originals(conn, one)} - found
    return frozenset(found)


def _add(
    deal: Deal,
    found: Sequence[Share],
    currency: str,
    *,
    asked_by: str,
    approved_by: str = "",
    credit_note_id: int | None = None,
) -> tuple[Refund, ...]:
    until = deadline(deal.issue_day)
    return tuple(
        _add_one(deal, one, currency, until, asked_by=asked_by, approved_by=approved_by, credit_note_id=credit_note_id)
        for one in found
    )


def _add_one(
    deal: Deal, share: Share, currency: str, until: date, *, asked_by: str, approved_by: str, credit_note_id: int | None
) -> Refund:
    provider = "" if share.payment_id is None else payments.get(deal.conn, share.payment_id).provider
    ours = deal.books.settings.payments
    is_automatic = bool(provider) and ours.is_automatic and ours.provider.value == provider
    refund = Refund(
        0,
        deal.payer.customer.id,
        credit_note_id,
        share.payment_id,
        Way.PROVIDER if is_automatic else Way.BY_HAND,
        provider if is_automatic else "",
        currency,
        share.amount_minor,
        RefundState.WANTED if is_automatic else RefundState.TASK,
        until,
        asked_by,
        approved_by,
        deal.now,
        due_at=deal.now if is_automatic else None,
    )
    return replace(refund, id=refunds.add(deal.conn, refund))


def _why_not(deal: Deal, invoice: Issued | None, currency: str, credit_minor: int, came_in_minor: int) -> str:
    who = f"customer {deal.payer.customer.id}"
    if not credit_minor:
        return f"{who} has no credit in {currency}: a credit note comes first (`mailgate invoice credit`)"
    if came_in_minor < credit_minor:
        of = f"for invoice {invoice.number}" if invoice else f"of {who}"
        amount = f"{written(came_in_minor, currency)} {currency}"
        return f"no more than {amount} of the money that came in {of} can go back: the rest went back, or never came"
    return f"no more than the credit of {who} can go back: {written(credit_minor, currency)} {currency}"
