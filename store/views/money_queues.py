"""Money that staff look after: charges under way and declined, refunds, lines of the bank, chargebacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from mailgate.billing.payment.bank import EntryState
from mailgate.billing.payment.card_words import card_words
from mailgate.billing.refund import RefundState, Way
from store.billing import bank, money_queues
from store.billing.charges import UNDER_WAY
from store.billing.charges import State as ChargeState
from store.billing.disputes import State as DisputeState
from store.billing.money_queues import OF_REFUNDS, MoneyQueues
from store.schema import (
    bank_entries,
    bank_proposals,
    charges,
    customers,
    disputes,
    invoices,
    payment_methods,
    payments,
    refunds,
)
from store.views.weight import line

MOST = 20
"""Of each: who has more of them looks at the command line."""

DECLINED_WITHIN = timedelta(days=7)
_LOOKED_AT = 20_000  # charges of these days: when they ended has no index


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """A charge of a card."""

    customer_id: int
    customer: str
    card: str
    currency: str
    amount_minor: int
    attempt: int
    state: ChargeState
    code: str  # why it was declined
    at: datetime  # when it was made; of a declined one when that was
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Money that is to go back."""

    id: int
    customer_id: int
    customer: str
    note: str  # number of the credit note; "": it is credit that goes back
    way: Way
    currency: str
    amount_minor: int
    state: RefundState
    deadline_on: date


@dataclass(frozen=True, slots=True)
class BankLine:
    """A line of the bank's that nobody has decided on."""

    id: int
    booked_on: date
    payer: str
    text: str
    why: str
    currency: str
    amount_minor: int
    proposals: tuple["Proposal", ...]  # the likeliest first


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whose a line may be."""

    customer_id: int
    customer: str
    number: str  # of an invoice; "": whatever is open


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """A payment that its payer's bank has taken back."""

    customer_id: int
    customer: str
    payment: str  # by which way it came
    reason: str
    currency: str
    amount_minor: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class MoneyToLookAfter:
    """All of it: the first of each queue, and how much there is in each, as `mailgate status` says it."""

    under_way: tuple[ChargeLine, ...]
    declined: tuple[ChargeLine, ...]
    refunds: tuple[RefundLine, ...]
    bank_lines: tuple[BankLine, ...]
    disputes: tuple[DisputeLine, ...]
    numbers: MoneyQueues
    bank_line_count: int


def look(conn: Connection, now: datetime) -> MoneyToLookAfter:
    """So many questions whatever there is."""
    since = now - DECLINED_WITHIN
    return MoneyToLookAfter(
        tuple(_charge(row) for row in conn.execute(_UNDER_WAY)),
        tuple(_charge(row) for row in conn.execute(_DECLINED, {"since": since})),
        tuple(_refund(row) for row in conn.execute(_REFUNDS)),
        _bank_lines(conn),
        tuple(_dispute(row) for row in conn.execute(_DISPUTES)),
        money_queues.standing(conn),
        bank.count(conn, EntryState.PROPOSED)[0],
    )


def _charge(row: Any) -> ChargeLine:
    return ChargeLine(
        row.customer_id,
        line(row.name),
        line(card_words(row.brand, row.last4)),
        row.currency,
        row.amount_minor,
        row.attempt,
        ChargeState(row.state),
        line(row.code),
        row.ended_at or row.made_at,
        row.again_at,
    )


def _refund(row: Any) -> RefundLine:
    return RefundLine(
        row.id,
        row.customer_id,
        line(row.name),
        row.number or "",
        Way(row.way),
        row.currency,
        row.amount_minor,
        RefundState(row.state),
        row.deadline_on,
    )


def _bank_lines(conn: Connection) -> tuple[BankLine, ...]:
    rows: Sequence[Any] = conn.execute(_BANK_LINES).all()
    found: dict[int, list[Proposal]] = {}
    if rows:
        for one in conn.execute(_PROPOSALS, {"ids": [row.id for row in rows]}):
            proposal = Proposal(one.customer_id, line(one.name), one.number or "")
            found.setdefault(one.entry_id, []).append(proposal)
    return tuple(
        BankLine(
            row.id,
            row.booked_on,
            line(row.payer),
            line(row.text or row.reference),
            line(row.why),
            row.currency,
            row.amount_minor,
            tuple(found.get(row.id, ())),
        )
        for row in rows
    )


def _dispute(row: Any) -> DisputeLine:
    return DisputeLine(
        row.customer_id,
        line(row.name),
        line(row.label or row.method),
        line(row.reason),
        row.currency,
        row.amount_minor,
        row.opened_at,
    )


def _of_customers(table: Any, *columns: Any) -> Select[Any]:
    whose = customers.c.id == table.c.customer_id
    return select(table, customers.c.name, *columns).join(customers, whose).limit(MOST)


_CHARGES = _of_customers(charges, payment_methods.c.brand, payment_methods.c.last4).join(
    payment_methods, payment_methods.c.id == charges.c.payment_method_id
)
_UNDER_WAY = _CHARGES.where(charges.c.state.in_([state.value for state in UNDER_WAY])).order_by(charges.c.id)
_DECLINED = _CHARGES.where(
    charges.c.id > select(func.max(charges.c.id)).scalar_subquery() - _LOOKED_AT,
    charges.c.state.in_((ChargeState.FAILED.value, ChargeState.WANTS_CUSTOMER.value)),
    charges.c.ended_at >= bindparam("since"),
).order_by(charges.c.id.desc())
_REFUNDS = (
    _of_customers(refunds, invoices.c.number)
    .outerjoin(invoices, invoices.c.id == refunds.c.credit_note_id)
    .where(refunds.c.state.in_([state.value for state in OF_REFUNDS]))
    .order_by(refunds.c.deadline_on, refunds.c.id)
)
_BANK_LINES = (
    select(bank_entries)
    .where(bank_entries.c.state == EntryState.PROPOSED.value)
    .order_by(bank_entries.c.id)
    .limit(MOST)
)
_PROPOSALS = (
    select(bank_proposals.c.entry_id, bank_proposals.c.customer_id, customers.c.name, invoices.c.number)
    .join(customers, customers.c.id == bank_proposals.c.customer_id)
    .outerjoin(invoices, invoices.c.id == bank_proposals.c.invoice_id)
    .where(bank_proposals.c.entry_id.in_(bindparam("ids", expanding=True)))
    .order_by(bank_proposals.c.entry_id, bank_proposals.c.position)
)
_DISPUTES = (
    _of_customers(disputes, payments.c.method, payments.c.label)
    .join(payments, payments.c.id == disputes.c.payment_id)
    .where(disputes.c.state == DisputeState.OPEN.value)
    .order_by(disputes.c.id)
)
