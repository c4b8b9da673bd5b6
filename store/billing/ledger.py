"""The ledger's rows: booked together at the end of a story, chained, with their balances. Appended to, never changed.

Whoever books has the end of the chain to the end of his transaction, so it is the last that a story locks: several
processes book one after the other, and ids have no gap.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, and_, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mailgate.billing.ledger.accounts import CREDIT
from mailgate.billing.ledger.chain import chained
from mailgate.billing.ledger.transaction import Booked, Entry, Line, Transaction, booked, fold
from mailgate.errors import Permanent
from store.billing import ledger_checks
from store.schema import balances as balance_rows
from store.schema import ledger_chain as chain
from store.schema import ledger_entries as entries
from store.schema import ledger_transactions as transactions

NOBODY = 0
"""In place of a customer in a row of `balances`."""

_AT_ONCE = 1000

_END = select(chain.c.transaction_id, chain.c.sha256).with_for_update()
_MOVE_END = update(chain).values(transaction_id=bindparam("the_id"), sha256=bindparam("the_digest"))
_ADD, _ADD_ENTRIES = insert(transactions), insert(entries)
_OF_LINE = and_(
    balance_rows.c.customer_id == bindparam("the_customer"),
    balance_rows.c.account == bindparam("the_account"),
    balance_rows.c.currency == bindparam("the_currency"),
)
_ON_LINE = select(balance_rows.c.amount_minor).where(_OF_LINE)
_SPENT = bindparam("the_amount", type_=BigInteger)
_SPEND = (
    update(balance_rows)
    .where(_OF_LINE, balance_rows.c.amount_minor <= -_SPENT)
    .values(amount_minor=balance_rows.c.amount_minor + _SPENT)
)


def _post(insert_of: type[postgresql.Insert] | type[sqlite.Insert]) -> postgresql.Insert | sqlite.Insert:
    new = insert_of(balance_rows)
    return new.on_conflict_do_update(
        index_elements=list(balance_rows.primary_key.columns),
        set_={"amount_minor": balance_rows.c.amount_minor + new.excluded.amount_minor},
    )


_POST = {"postgresql": _post(postgresql.Insert), "sqlite": _post(sqlite.Insert)}
_ROW = tuple(column for column in transactions.c if column.name != "sha256")
_ROWS = (
    select(
        *_ROW,
        transactions.c.sha256,
        entries.c.account,
        entries.c.amount_minor,
        entries.c.customer_id.label("of_customer"),
        entries.c.invoice_id,
    )
    .outerjoin(entries, entries.c.transaction_id == transactions.c.id)
    .order_by(transactions.c.id, entries.c.position)
)
_WIDTH = len(_ROW)


class CreditOverdrawn(Permanent):
    """Somebody's credit is less than what should be paid from it: it was not looked at under the account's lock."""


def book(conn: Connection, together: Sequence[Transaction], *, now: datetime) -> None:
    """Append these in their order, in the caller's transaction, after all that it locks.

    An event that was booked before is an IntegrityError: whoever asked did not look whether it was done. Raises
    CreditOverdrawn.
    """
    if not together:
        return
    last, digest = conn.execute(_END).one()
    if not last:
        ledger_checks.begin(conn, now=now)
    rows: list[Mapping[str, object]] = []
    lines: list[Mapping[str, object]] = []
    for number, transaction in enumerate(together, last + 1):
        one = booked(number, transaction, now=now)
        digest = chained(digest, one)
        rows.append(
            {
                "id": number,
                "key": one.key,
                "kind": one.kind,
                "on_date": one.on_date,
                "booked_at": now,
                "customer_id": one.customer_id,
                "currency": one.currency,
                "object_kind": one.object_kind,
                "object_id": one.object_id,
                "document_sha256": one.document_sha256,
                "sha256": digest,
            }
        )
        lines.extend(
            {
                "transaction_id": number,
                "position": position,
                "account": entry.account,
                "amount_minor": entry.amount_minor,
                "customer_id": entry.customer_id,
                "invoice_id": entry.invoice_id,
            }
            for position, entry in enumerate(one.entries, 1)
        )
    conn.execute(_ADD, rows)
    if lines:
        conn.execute(_ADD_ENTRIES, lines)
        _add_to_balances(conn, fold(together))
    conn.execute(_MOVE_END, {"the_id": last + len(rows), "the_digest": digest})


def _add_to_balances(conn: Connection, moved: Mapping[Line, int]) -> None:
    """Credit that is spent must be there: a new row of it would be refused before it could meet the old one.

    What comes to nothing gets its row all the same, for `lines` are read from these.
    """
    spent = [
        {"the_customer": line.customer_id, "the_account": CREDIT, "the_currency": line.currency, "the_amount": minor}
        for line, minor in moved.items()
        if line.account == CREDIT and minor > 0
    ]
    if spent and conn.execute(_SPEND, spent).rowcount != len(spent):
        raise CreditOverdrawn(f"not all of {len(spent)} customers have the credit that should be spent")
    added = [
        {
            "customer_id": NOBODY if line.customer_id is None else line.customer_id,
            "account": line.account,
            "currency": line.currency,
            "amount_minor": minor,
        }
        for line, minor in moved.items()
        if not (line.account == CREDIT and minor > 0)
    ]
    if added:
        conn.execute(_POST[conn.dialect.name], added)


def balances(conn: Connection, customer_id: int | None = None) -> Mapping[Line, int]:
    """What stands on the accounts of a customer, or on those of nobody, in minor units: debits are above zero.

    Credit is a liability, so what a customer has stands below zero.
    """
    of = NOBODY if customer_id is None else customer_id
    columns = balance_rows.c
    query = select(columns.account, columns.currency, columns.amount_minor).where(columns.customer_id == of)
    rows = conn.execute(query.order_by(columns.account, columns.currency))
    return {Line(row.account, customer_id, row.currency): row.amount_minor for row in rows}


def with_credit(conn: Connection, customer_ids: Iterable[int]) -> frozenset[int]:
    """Those of these customers who have any, in whatever currency."""
    query = select(balance_rows.c.customer_id).where(balance_rows.c.account == CREDIT, balance_rows.c.amount_minor < 0)
    return frozenset(conn.execute(query.where(balance_rows.c.customer_id.in_(list(customer_ids)))).scalars())


def credit(conn: Connection, customer_id: int, currency: str) -> int:
    """What a customer has with us in a currency, in minor units: zero or more."""
    line = {"the_customer": customer_id, "the_account": CREDIT, "the_currency": currency}
    return -int(conn.execute(_ON_LINE, line).scalar() or 0)


def listing(
    conn: Connection, *, customer_id: int | None = None, after: int = 0, limit: int | None = None
) -> tuple[Booked, ...]:
    """Transactions, oldest first; of one customer, or all."""
    wanted = select(transactions.c.id).where(transactions.c.id > after).order_by(transactions.c.id).limit(limit)
    if customer_id is not None:
        wanted = wanted.where(transactions.c.customer_id == customer_id)
    found = conn.execute(_ROWS.where(transactions.c.id.in_(wanted)))
    return tuple(one for one, _ in _read(found))


def find(conn: Connection, key: str) -> Booked | None:
    """What was booked under a key."""
    found = conn.execute(_ROWS.where(transactions.c.key == key))
    return next((one for one, _ in _read(found)), None)


def several(conn: Connection, ids: Collection[int]) -> tuple[Booked, ...]:
    """Transactions by their ids."""
    return tuple(one for one, _ in _read(conn.execute(_ROWS.where(transactions.c.id.in_(ids))))) if ids else ()


def of_customer(conn: Connection, customer_id: int, start: date, end: date) -> tuple[Booked, ...]:
    """A customer's transactions from a day up to, but not with, another, in the order of their ids."""
    wanted = (transactions.c.customer_id == customer_id, transactions.c.on_date >= start, transactions.c.on_date < end)
    return tuple(one for one, _ in _read(conn.execute(_ROWS.where(*wanted))))


def between(conn: Connection, from_on: date | None, to_on: date | None) -> Iterator[Booked]:
    """Transactions of these days, both included, by day; memory is bounded however many they are."""
    query = _ROWS.order_by(None).order_by(transactions.c.on_date, transactions.c.id, entries.c.position)
    if from_on is not None:
        query = query.where(transactions.c.on_date >= from_on)
    if to_on is not None:
        query = query.where(transactions.c.on_date <= to_on)
    return (one for one, _ in _read(conn.execute(query, execution_options={"yield_per": _AT_ONCE})))


def lines(conn: Connection) -> tuple[Line, ...]:
    """Every line that was ever posted to."""
    columns = balance_rows.c
    query = select(columns.account, columns.customer_id, columns.currency)
    rows = conn.execute(query.order_by(columns.account, columns.customer_id, columns.currency))
    return tuple(Line(row.account, row.customer_id or None, row.currency) for row in rows)


def balances_before(conn: Connection, on: date) -> Iterator[tuple[Line, int]]:
    """What stood on each account before this day, as the entries have it; zeros are left out."""
    total = func.sum(entries.c.amount_minor)
    line = (entries.c.account, entries.c.customer_id, transactions.c.currency)
    query = _joined(select(*line, total)).where(transactions.c.on_date < on).group_by(*line).having(total != 0)
    for account, customer_id, currency, minor in conn.execute(query.order_by(*line)):
        yield Line(account, customer_id, currency), int(minor)


def first_day(conn: Connection) -> date | None:
    """The first day on which something was booked; None for an empty ledger."""
    return conn.execute(select(func.min(transactions.c.on_date))).scalar()


def rows_within(conn: Connection, after: int, until: int) -> Iterator[tuple[Booked, str]]:
    """Transactions behind one number up to another, each with its digest, as they stand there."""
    return _read(conn.execute(_ROWS.where(transactions.c.id > after, transactions.c.id <= until)))


def _joined(query: Select[Any]) -> Select[Any]:
    return query.select_from(entries).join(transactions, transactions.c.id == entries.c.transaction_id)


def _read(rows: Iterable[Any]) -> Iterator[tuple[Booked, str]]:
    """Transactions with their digests, from a row for each entry."""
    for row, of_one in groupby(rows, key=itemgetter(*range(_WIDTH + 1))):
        found = tuple(Entry(*one[_WIDTH + 1 :]) for one in of_one if one[_WIDTH + 1] is not None)
        yield Booked._make((*row[:-1], found)), row[-1]
