"""What customers had in an older system is their credit here: once for each of them and currency."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from sqlalchemy import Connection, Engine

from mailgate.billing.money.amount import BadAmount, read_amount, written
from mailgate.config import Settings
from mailgate.flows.billing.books import Deal, Today, lock, open_books
from mailgate.flows.billing.money.settle import take_over
from mailgate.flows.moving.in_batches import moved_by_customers
from mailgate.flows.moving.service_table import BalanceRow
from mailgate.flows.moving.survey import Progress
from mailgate.flows.moving.table import Fault
from store import people
from store.billing import opening_balances

AT_ONCE = 200
"""Rows in one transaction, about."""

DEBT = (
    "a debt does not come along: what is open of an invoice stays in the older system until it is paid there. "
    "Leave the line out, or write the customer an invoice here"
)


class BalanceStep(StrEnum):
    """What a row of the table calls for."""

    ADD = "add"
    SAME = "same"
    NOTHING = "nothing"  # 0.00


@dataclass(frozen=True, slots=True)
class MovedBalance:
    """A row, and what it has become."""

    row: BalanceRow
    step: BalanceStep
    customer_id: int
    amount_minor: int


@dataclass(slots=True)
class MovedBalances:
    """What was done, or would be."""

    moved: list[MovedBalance] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def steps(self) -> Counter[BalanceStep]:
        """How many of each."""
        return Counter(one.step for one in self.moved)

    @property
    def totals(self) -> Mapping[str, int]:
        """What is added, by currency."""
        found: dict[str, int] = {}
        for one in self.moved:
            if one.step is BalanceStep.ADD:
                found[one.row.currency] = found.get(one.row.currency, 0) + one.amount_minor
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class MovingBalances:
    """The story: on which day, and by whom."""

    engine: Engine
    settings: Settings
    today: Today
    by: str

    def __call__(self, rows: Sequence[BalanceRow], *, is_for_good: bool, progress: Progress) -> MovedBalances:
        """Some rows in each transaction. What came along before is not booked again."""
        moved, faults = moved_by_customers(
            self.engine,
            rows,
            self._move,
            at_once=AT_ONCE,
            is_for_good=is_for_good,
            progress=partial(progress, "balances"),
        )
        return MovedBalances(moved, faults)

    def _move(self, conn: Connection, rows: Sequence[BalanceRow]) -> tuple[list[MovedBalance], list[Fault]]:
        moved: list[MovedBalance] = []
        faults: list[Fault] = []
        books = open_books(conn, self.settings)
        customers = {name: people.find_by_external_id(conn, name) for name in {row.customer for row in rows}}
        payers = lock(conn, (one.id for one in customers.values() if one is not None))
        for row in rows:
            customer = customers[row.customer]
            if customer is None or customer.removed_at:
                reason = "no customer has this external id: `mailgate import customers` comes first"
                if customer is not None:
                    reason = f"customer {customer.id}, who had it, was removed"
                faults.append(row.line.fault("customer", reason))
                continue
            deal = Deal(conn, books, payers[customer.id], self.today, self.by, is_quiet=True)
            done = _balance(deal, row)
            if isinstance(done, Fault):
                faults.append(done)
            else:
                moved.append(done)
        return moved, faults


def _balance(deal: Deal, row: BalanceRow) -> MovedBalance | Fault:
    customer_id = deal.payer.customer.id
    if row.amount.startswith("-"):
        return row.line.fault("amount", DEBT)
    try:
        minor = read_amount(row.amount, row.currency)
    except BadAmount as error:
        return row.line.fault("amount", str(error))
    if deal.payer.account.billed_elsewhere:
        return row.line.fault(
            "customer", f"customer {customer_id} is billed elsewhere: who pays for them has the money"
        )
    if not minor:
        return MovedBalance(row, BalanceStep.NOTHING, customer_id, 0)
    before = opening_balances.find(deal.conn, customer_id, row.currency)
    if before is None:
        take_over(deal, row.currency, minor)
        return MovedBalance(row, BalanceStep.ADD, customer_id, minor)
    if before.amount_minor != minor:
        has = f"{written(before.amount_minor, row.currency)} {row.currency}"
        return row.line.fault(
            "amount", f"{has} of customer {customer_id} came along before; `mailgate credit add` gives what is missing"
        )
    return MovedBalance(row, BalanceStep.SAME, customer_id, minor)
