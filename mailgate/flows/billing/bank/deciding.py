"""Somebody decides on a bank line: it is for an invoice, a customer's credit, or nobody's payment."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailgate.billing.money.amount import written
from mailgate.billing.payment.bank import EntryState
from mailgate.errors import Permanent
from mailgate.flows.billing.back.returned import take_payment_back
from mailgate.flows.billing.bank.booking import book_as_credit, book_for
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.money.settle import PAYMENT
from store.billing import bank, invoices, payments
from store.billing.bank import BankEntry
from store.billing.invoices import Issued
from store.billing.payments import Payment

_UNDECIDED = (EntryState.PROPOSED, EntryState.IGNORED)


class NoMatch(Permanent):
    """A line cannot be for what was named; `str()` says why, and what can be done instead."""


def match_invoice(deal: Deal, entry_id: int, invoice: Issued) -> BankEntry:
    """A line is for this invoice, whose account is locked: what is more than open becomes credit.

    One that went out takes a payment of the invoice back. Raises NoMatch.
    """
    entry = _undecided(deal.conn, entry_id)
    if entry.currency != invoice.currency:
        raise NoMatch(
            f"line {entry_id} is in {entry.currency}, invoice {invoice.number} in {invoice.currency}: nothing is "
            "converted; `--customer` keeps it as credit"
        )
    if entry.amount_minor < 0:
        return _take_back(deal, entry, _payments_of(deal.conn, invoice), f"invoice {invoice.number}")
    _decide(deal.conn, entry, EntryState.BOOKED, why=f"for invoice {invoice.number}", by=deal.by, now=deal.now)
    return bank.set_payment(deal.conn, entry_id, book_for(deal, invoice.id, entry, entry.key))


def match_customer(deal: Deal, entry_id: int) -> BankEntry:
    """A line is kept as credit of the deal's account; one that went out takes a payment of it back. Raises NoMatch."""
    entry = _undecided(deal.conn, entry_id)
    if entry.amount_minor < 0:
        theirs = payments.listing(deal.conn, customer_id=deal.payer.customer.id)
        return _take_back(deal, entry, theirs, f"customer {deal.payer.customer.id}")
    _decide(deal.conn, entry, EntryState.BOOKED, why="as credit", by=deal.by, now=deal.now)
    return bank.set_payment(deal.conn, entry_id, book_as_credit(deal, entry))


def ignore(conn: Connection, entry_id: int, *, reason: str, by: str, now: datetime) -> BankEntry:
    """A line is nobody's payment. Raises NoMatch."""
    entry = _undecided(conn, entry_id)
    return _decide(conn, entry, EntryState.IGNORED, why=reason or "not a payment", by=by, now=now)


def _undecided(conn: Connection, entry_id: int) -> BankEntry:
    try:
        entry = bank.get(conn, entry_id)
    except LookupError as error:
        raise NoMatch(f"{error}; `mailgate bank list` shows them") from None
    if entry.state not in _UNDECIDED:
        raise NoMatch(f"line {entry_id} is {entry.state} already")
    return entry


def _payments_of(conn: Connection, invoice: Issued) -> list[Payment]:
    ids = [one.source_id for one in invoices.settled(conn, invoice.id) if one.source == PAYMENT]
    return [payments.get(conn, number) for number in ids if number is not None]


def _take_back(deal: Deal, entry: BankEntry, paid: Sequence[Payment], whose: str) -> BankEntry:
    """The one payment among these that is of its amount."""
    same = [
        one
        for one in paid
        if (one.amount_minor, one.currency) == (-entry.amount_minor, entry.currency)
        and not bank.is_taken_back(deal.conn, one.id)
    ]
    if len(same) != 1:
        amount = f"{written(-entry.amount_minor, entry.currency)} {entry.currency}"
        raise NoMatch(f"{len(same) or 'no'} payments of {whose} are of {amount}: it is not plain which went back")
    (payment,) = same
    why = f"takes payment {payment.id} back"
    done = _decide(deal.conn, entry, EntryState.BOOKED, payment_id=payment.id, why=why, by=deal.by, now=deal.now)
    if (before := bank.of_payment(deal.conn, payment.id)) is not None:
        why = f"taken back by line {entry.id}"
        _decide(deal.conn, before, EntryState.RETURNED, payment_id=payment.id, why=why, by=deal.by, now=deal.now)
    take_payment_back(deal, payment, entry_id=entry.id, on=entry.booked_on)
    return done


def _decide(
    conn: Connection,
    entry: BankEntry,
    state: EntryState,
    *,
    why: str,
    by: str,
    now: datetime,
    payment_id: int | None = None,
) -> BankEntry:
    """First of all that is written: of two who decide at once the second has done nothing. Raises NoMatch."""
    if not bank.decide(conn, entry.id, state, since=entry.state, payment_id=payment_id, why=why, by=by, now=now):
        raise NoMatch(f"somebody has decided on line {entry.id} just now")
    return bank.get(conn, entry.id)
