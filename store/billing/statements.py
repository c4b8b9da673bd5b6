"""What a statement of account is made from: the customer's entries of the ledger, and what each is about."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from mailgate.billing.ledger.accounts import CREDIT, RECEIVABLE
from mailgate.billing.ledger.transaction import Booked
from mailgate.billing.statement import About, Standing
from store.schema import gifts, invoices, payments
from store.schema import ledger_entries as entries
from store.schema import ledger_transactions as transactions


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
