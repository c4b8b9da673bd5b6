"""How an invoice can be paid, the card of a customer, and what came to the customer's credit and went from it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select

from mailgate.billing.ledger.accounts import CREDIT
from mailgate.billing.payment.card_words import card_words
from mailgate.billing.statement import About
from store.billing import ledger, statements
from store.billing.charges import UNDER_WAY
from store.schema import charge_invoices, charges, ledger_entries, ledger_transactions, offers, payment_methods
from store.views.paging import Listing, Page, Turn
from store.views.weight import line


@dataclass(frozen=True, slots=True)
class Card:
    """A card that the provider keeps for a customer, as far as it is known here."""

    words: str  # by which its owner knows it
    expires_on: date | None  # its last day
    is_blocked: bool  # it is not charged until another is given

    def works(self, today: date) -> bool:
        """It may be charged on a day of its owner's."""
        return not self.is_blocked and (self.expires_on is None or self.expires_on >= today)


@dataclass(frozen=True, slots=True)
class WaysToPay:
    """What happens to an open invoice without a bank or a check; the link to pay it stands on the document."""

    is_under_way: bool  # a card is charged just now, or somebody has paid in a way that takes days
    again_at: datetime | None  # the card was declined, and is tried once more then
    card: Card | None


@dataclass(frozen=True, slots=True)
class CreditMove:
    """Credit came, or went."""

    on: date
    kind: str  # of the ledger's events
    about: About
    currency: str
    amount_minor: int  # below zero: it was used, or sent back


def card_of(conn: Connection, customer_id: int) -> Card | None:
    """The card that a customer gave last, and nobody has removed; blocked and expired ones too."""
    row = conn.execute(_CARD, {"the_customer": customer_id}).first()
    return (
        None if row is None else Card(line(card_words(row.brand, row.last4)), row.expires_on, bool(row.blocked_because))
    )


def ways_to_pay(conn: Connection, customer_id: int, invoice_id: int) -> WaysToPay:
    """Those of an invoice of which something is open."""
    pays = conn.execute(_PAYS, {"the_invoice": invoice_id}).first() is not None
    charge = conn.execute(_CHARGE, {"the_invoice": invoice_id}).first()
    is_charged = charge is not None and charge.state in UNDER_WAY
    return WaysToPay(
        is_under_way=pays or is_charged,
        again_at=charge.again_at if charge is not None else None,
        card=card_of(conn, customer_id),
    )


def credit_moves(conn: Connection, customer_id: int, turn: Turn) -> Page[CreditMove]:
    """A page of them, the newest first."""
    page = _MOVES.page(conn, turn, the_customer=customer_id)
    booked = {one.id: one for one in ledger.several(conn, [number for number, _ in page.rows])}
    about = statements.about(conn, tuple(booked.values()))
    moves = (
        CreditMove(
            booked[number].on_date, booked[number].kind, _said(about.get(number)), booked[number].currency, minor
        )
        for number, minor in page.rows
    )
    return Page(tuple(moves), page.onward, page.back)


def _said(about: About | None) -> About:
    return About() if about is None else About(line(about.number), line(about.method), line(about.words))


_CARD = (
    select(
        payment_methods.c.brand,
        payment_methods.c.last4,
        payment_methods.c.expires_on,
        payment_methods.c.blocked_because,
    )
    .where(payment_methods.c.customer_id == bindparam("the_customer"), payment_methods.c.removed_at.is_(None))
    .order_by(payment_methods.c.id.desc())
    .limit(1)
)
_PAYS = select(offers.c.id).where(offers.c.invoice_id == bindparam("the_invoice"), offers.c.is_under_way).limit(1)
_CHARGE = (
    select(charges.c.state, charges.c.again_at)
    .join(charge_invoices, charge_invoices.c.charge_id == charges.c.id)
    .where(charge_invoices.c.invoice_id == bindparam("the_invoice"))
    .order_by(charges.c.id.desc())
    .limit(1)
)
_MOVES = Listing(
    select(ledger_transactions.c.id, func.sum(ledger_entries.c.amount_minor).label("minor"))
    .join(ledger_entries, ledger_entries.c.transaction_id == ledger_transactions.c.id)
    .where(ledger_transactions.c.customer_id == bindparam("the_customer"), ledger_entries.c.account == CREDIT)
    .group_by(ledger_transactions.c.id),
    lambda row: (int(row["id"]), -int(row["minor"])),
    id=ledger_transactions.c.id,
)
