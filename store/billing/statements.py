"""What a statement of account is made from, when the next is due to whom, and which were sent."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from mailgate.billing.ledger.accounts import CREDIT, RECEIVABLE
from mailgate.billing.ledger.transaction import Booked
from mailgate.billing.statement import About, Standing
from store.schema import billing_accounts, gifts, invoices, payments
from store.schema import ledger_entries as entries
from store.schema import ledger_transactions as transactions
from store.schema import statements as sent_statements


def standings_before(conn: Connection, customer_id: int, on: date) -> Mapping[str, Standing]:
    """How the account stood before a day, by currency."""
    query = (
        select(transactions.c.currency, entries.c.account, func.sum(entries.c.amount_minor).label("minor"))
        .join(entries, entries.c.transaction_id == transactions.c.id)
        .where(transactions.c.customer_id == customer_id, transactions.c.on_date < on)
        .where(entries.c.account.in_((RECEIVABLE, CREDIT)))
        .group_by(transactions.c.currency, entries.c.account)
    )
    sums = {(row.currency, row.account): int(row.minor) for row in conn.execute(query)}
    return {
        currency: Standing(sums.get((currency, RECEIVABLE), 0), -sums.get((currency, CREDIT), 0))
        for currency in {currency for currency, _ in sums}
    }


def about(conn: Connection, booked: Sequence[Booked]) -> Mapping[int, About]:
    """What each transaction is about, by its id; nothing is said of one about which nothing is known."""
    numbers = {row.id: row.number for row in _rows(conn, select(invoices.c.id, invoices.c.number), _documents(booked))}
    money = select(payments.c.id, payments.c.method, payments.c.reference)
    came = {row.id: About(method=row.method, words=row.reference) for row in _rows(conn, money, _of(booked, "payment"))}
    reasons = {row.id: About(words=row.reason) for row in _rows(conn, _GIFTS, _of(booked, "gift"))}
    found: dict[int, About] = {}
    for one in booked:
        known = {"payment": came, "gift": reasons}.get(one.object_kind, {}).get(one.object_id)
        if known is None and (number := numbers.get(_document(one) or 0)):
            known = About(number=number)
        if known is not None:
            found[one.id] = known
    return found


def waiting(conn: Connection, *, until: datetime, limit: int) -> tuple[tuple[int, datetime], ...]:
    """Customers whose next statement is due by an instant, and since when."""
    columns = billing_accounts.c
    query = select(columns.customer_id, columns.statement_at).where(columns.statement_at <= until)
    rows = conn.execute(query.order_by(columns.statement_at, columns.customer_id).limit(limit))
    return tuple((row.customer_id, row.statement_at) for row in rows)


def due_at(conn: Connection, customer_id: int) -> datetime | None:
    """When the next statement of a customer is due; None: none is wanted."""
    query = select(billing_accounts.c.statement_at).where(billing_accounts.c.customer_id == customer_id)
    return conn.execute(query).scalar()


def look_again(conn: Connection, customer_id: int, at: datetime | None) -> None:
    """Keep when the next is due. The account is locked."""
    query = update(billing_accounts).where(billing_accounts.c.customer_id == customer_id)
    conn.execute(query.values(statement_at=at))


def sent(conn: Connection, customer_id: int, month: date) -> frozenset[str]:
    """In which currencies a month was sent."""
    columns = sent_statements.c
    query = select(columns.currency).where(columns.customer_id == customer_id, columns.month == month)
    return frozenset(conn.execute(query).scalars())


def keep(conn: Connection, customer_id: int, month: date, currencies: Collection[str], *, now: datetime) -> None:
    """A month was sent in these. The account is locked."""
    rows = [
        {"customer_id": customer_id, "currency": currency, "month": month, "made_at": now} for currency in currencies
    ]
    if rows:
        conn.execute(insert(sent_statements), rows)


def _documents(booked: Sequence[Booked]) -> set[int]:
    return {number for one in booked if (number := _document(one)) is not None}


def _document(one: Booked) -> int | None:
    """The document that it books, or the invoice that it settles."""
    if one.object_kind in ("invoice", "credit-note"):
        return one.object_id
    return next((entry.invoice_id for entry in one.entries if entry.invoice_id is not None), None)


def _of(booked: Sequence[Booked], kind: str) -> set[int]:
    return {one.object_id for one in booked if one.object_kind == kind}


def _rows(conn: Connection, query: Select[Any], ids: Collection[int]) -> Iterable[Row[Any]]:
    return conn.execute(query.where(query.selected_columns.id.in_(ids))) if ids else ()


_GIFTS = select(gifts.c.id, gifts.c.reason)
