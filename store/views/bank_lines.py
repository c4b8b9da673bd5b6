"""Lines of the bank that wait for a decision, as the staff see them: whose each may be, and why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, RowMapping, bindparam, select

from mailgate.billing.payment.bank import EntryState, Reason
from store.schema import bank_entries, bank_proposals, customers, invoices
from store.views.paging import Listing, Page, Turn
from store.views.weight import line


@dataclass(frozen=True, slots=True)
class MayBe:
    """Somebody whose it may be. `number`: of the invoice, "" where only the customer is plain."""

    customer_id: int
    customer: str
    number: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class BankLineShown:
    """One line; `amount_minor` is below zero for what the bank takes back."""

    id: int
    booked_on: date
    amount_minor: int
    currency: str
    payer: str
    text: str
    may_be: tuple[MayBe, ...] = ()


def waiting(conn: Connection, turn: Turn) -> Page[BankLineShown]:
    """A page of the lines that wait, those that wait longest first."""
    page = _WAITING.page(conn, turn, state=EntryState.PROPOSED.value)
    whose = _whose(conn, [one.id for one in page.rows])
    return replace(page, rows=tuple(replace(one, may_be=whose.get(one.id, ())) for one in page.rows))


def _whose(conn: Connection, ids: Collection[int]) -> Mapping[int, tuple[MayBe, ...]]:
    found: dict[int, tuple[MayBe, ...]] = {}
    for row in conn.execute(_MAY_BE, {"ids": list(ids)}) if ids else ():
        one = MayBe(row.customer_id, line(row.name), row.number or "", tuple(map(Reason, row.reasons)))
        found[row.entry_id] = (*found.get(row.entry_id, ()), one)
    return found


def _shown(row: RowMapping) -> BankLineShown:
    return BankLineShown(
        row["id"], row["booked_on"], row["amount_minor"], row["currency"], line(row["payer"]), line(row["text"])
    )


_WAITING = Listing(
    select(
        bank_entries.c.id,
        bank_entries.c.booked_on,
        bank_entries.c.amount_minor,
        bank_entries.c.currency,
        bank_entries.c.payer,
        bank_entries.c.text,
    ).where(bank_entries.c.state == bindparam("state")),
    _shown,
    id=bank_entries.c.id,
    descending=False,
)
_MAY_BE = (
    select(
        bank_proposals.c.entry_id,
        bank_proposals.c.customer_id,
        bank_proposals.c.reasons,
        customers.c.name,
        invoices.c.number,
    )
    .join(customers, customers.c.id == bank_proposals.c.customer_id)
    .outerjoin(invoices, invoices.c.id == bank_proposals.c.invoice_id)
    .where(bank_proposals.c.entry_id.in_(bindparam("ids", expanding=True)))
    .order_by(bank_proposals.c.entry_id, bank_proposals.c.position)
)
