"""Is the ledger whole: every transaction in its place, as it was booked and in balance, and do the balances follow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, literal, select, union_all

from mailgate.billing.ledger.chain import FIRST, chained
from mailgate.jobs import Computing, alone
from store.billing.ledger import NOBODY, rows_within
from store.engine import reading
from store.schema import balances, ledger_chain, ledger_entries, ledger_transactions

AT_ONCE = 500
"""Transactions that are looked at in one go: some 10 ms."""

MOST_FAULTS = 1000
"""Of more the number alone is told: where so much is wrong, the list does not say what."""

Progress = Callable[[str, int, int], None]
"""What is looked at, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was booked."""

    transaction_id: int | None  # None: a balance
    key: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found. The ledger is whole when there is no fault."""

    transactions: int
    entries: int
    digest: str  # of the last transaction: whoever keeps it elsewhere can tell a ledger that was made anew as a whole
    faults: tuple[Fault, ...]  # the first of them
    found: int  # how many faults there are


def verify(engine: Engine, *, progress: Progress, computing: Computing = alone) -> Verified:
    """Read the whole ledger in its order, a piece at a time; others may go on booking. What they add is left out."""
    with reading(engine) as conn:
        newest = func.coalesce(select(func.max(ledger_transactions.c.id)).scalar_subquery(), 0)
        end = conn.execute(select(ledger_chain.c.transaction_id, ledger_chain.c.sha256, newest)).first()
        of, digest, there = end or (conn.execute(select(newest)).scalar_one(), "", 0)
    look = _Look()
    for after in range(0, of, AT_ONCE):
        until = min(after + AT_ONCE, of)
        with computing, reading(engine) as conn:
            look.at(conn, after, until)
        progress("transactions", until, of)
    if end is None:
        look.tell(Fault(None, None, "the end of the chain is missing"))
    elif there > of:
        look.tell(Fault(None, None, f"transactions {of + 1} to {there} stand behind the end of the chain"))
    if end is not None and look.previous != digest:
        look.tell(Fault(of or None, None, "the chain does not end as it was booked"))
    with computing, reading(engine) as conn:
        for fault in _balances(conn):
            look.tell(fault)
    return Verified(look.transactions, look.entries, digest, tuple(look.faults), look.found)


class _Look:
    """How far somebody has come."""

    def __init__(self) -> None:
        self.previous = FIRST
        self.transactions = self.entries = self.found = 0
        self.faults: list[Fault] = []

    def tell(self, fault: Fault) -> None:
        self.found += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)

    def at(self, conn: Connection, after: int, until: int) -> None:
        """The transactions behind one number up to another: their ids have no gap."""
        expected = after + 1
        for one, digest in rows_within(conn, after, until):
            self._missing(expected, one.id)
            if chained(self.previous, one) != digest:
                self.tell(Fault(one.id, one.key, "is not as it was booked, or does not follow the one before it"))
            if total := sum(entry.amount_minor for entry in one.entries):
                self.tell(Fault(one.id, one.key, f"is out of balance by {total} minor units of {one.currency}"))
            self.previous, expected = digest, one.id + 1
            self.transactions += 1
            self.entries += len(one.entries)
        self._missing(expected, until + 1)

    def _missing(self, first: int, behind: int) -> None:
        if first < behind:
            of = f"transaction {first} is" if first == behind - 1 else f"transactions {first} to {behind - 1} are"
            self.tell(Fault(first, None, f"{of} missing"))


def _balances(conn: Connection) -> Iterator[Fault]:
    """Where a balance is not the sum of its entries; one statement adds them up, and so sees one moment."""
    nobody, nothing = literal(NOBODY), literal(0)
    of = func.coalesce(ledger_entries.c.customer_id, nobody).label("customer_id")
    posted = select(
        of,
        ledger_entries.c.account,
        ledger_transactions.c.currency,
        ledger_entries.c.amount_minor.label("posted"),
        nothing.label("kept"),
    ).join(ledger_transactions, ledger_transactions.c.id == ledger_entries.c.transaction_id)
    columns = balances.c
    kept = select(columns.customer_id, columns.account, columns.currency, nothing, columns.amount_minor)
    both = union_all(posted, kept).subquery()
    line = (both.c.account, both.c.customer_id, both.c.currency)
    sums = func.sum(both.c.posted), func.sum(both.c.kept)
    query = select(*line, *sums).group_by(*line).having(sums[0] != sums[1]).order_by(*line)
    for account, customer_id, currency, is_posted, is_kept in conn.execute(query):
        whose = f" of customer {customer_id}" if customer_id else ""
        reason = f"the balance of {account}{whose} in {currency} is kept as {is_kept}, its entries make {is_posted}"
        yield Fault(None, None, reason)
