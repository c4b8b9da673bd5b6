"""What a notification says besides the ticket itself: its notes, its last message, and its customer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, literal, select, true, union_all

from mailgate.tickets.context import Said
from mailgate.tickets.ticket import EntryKind, State
from store.schema import billing_accounts, customer_notes, customers, entries, tickets

LISTED = 3
"""Earlier tickets that a notification names, and notes on the customer, the last ones."""

LISTED_NOTES = 20
"""Notes of the ticket that it brings, the last ones."""

_TICKET, _NOTE, _ON_CUSTOMER = range(3)
"""What a row of the question is."""

_EARLIER = (
    select(tickets.c.id, tickets.c.subject, tickets.c.state, tickets.c.updated_at, literal(_TICKET).label("what"))
    .where(
        tickets.c.customer_id == bindparam("customer_id"),
        tickets.c.id != bindparam("number"),
        tickets.c.merged_into.is_(None),
    )
    .order_by(tickets.c.updated_at.desc(), tickets.c.id.desc())
    .limit(LISTED)
    .subquery()
)
_NOTES = (
    select(
        entries.c.id,
        entries.c.text.label("subject"),
        entries.c.author_name.label("state"),
        entries.c.at.label("updated_at"),
        literal(_NOTE).label("what"),
    )
    .where(entries.c.ticket_id == bindparam("number"), entries.c.kind == EntryKind.NOTE)
    .order_by(entries.c.id.desc())
    .limit(LISTED_NOTES)
    .subquery()
)
_OF_CUSTOMER = (
    select(
        customer_notes.c.id,
        customer_notes.c.text.label("subject"),
        customer_notes.c.author.label("state"),
        customer_notes.c.at.label("updated_at"),
        literal(_ON_CUSTOMER).label("what"),
    )
    .where(customer_notes.c.customer_id == bindparam("customer_id"))
    .order_by(customer_notes.c.id.desc())
    .limit(LISTED)
    .subquery()
)
# One question for all: each customer's mail asks it.
_MORE = union_all(select(_EARLIER), select(_NOTES), select(_OF_CUSTOMER)).subquery()
_IS_BILLED = exists().where(billing_accounts.c.customer_id == customers.c.id)
_CUSTOMER = (
    select(customers.c.name, customers.c.created_at, _IS_BILLED.label("is_billed"), _MORE)
    .select_from(customers.outerjoin(_MORE, true()))
    .where(customers.c.id == bindparam("customer_id"))
    .order_by(_MORE.c.updated_at.desc(), _MORE.c.id.desc())
)
_NOTES_ALONE = select(_NOTES).order_by(_NOTES.c.id.desc())
_LAST = (
    select(entries.c.author_name, entries.c.at, entries.c.text)
    .where(entries.c.ticket_id == bindparam("number"), entries.c.kind == EntryKind.MESSAGE)
    .order_by(entries.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another ticket of the same customer."""

    id: int
    subject: str
    state: State
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket's customer."""

    name: str
    since: datetime
    is_billed: bool  # there is an account of money
    others: tuple[Earlier, ...]  # the last tickets but this one, what changed last first
    notes: tuple[Said, ...]  # of this one, oldest first
    on_customer: tuple[Said, ...]  # likewise


def customer(conn: Connection, customer_id: int, number: int) -> Known:
    """Who has written this ticket, by one question."""
    rows = conn.execute(_CUSTOMER, {"customer_id": customer_id, "number": number}).all()
    others = (row for row in rows if row.what == _TICKET)
    found = tuple(Earlier(row.id, row.subject, State(row.state), row.updated_at) for row in others)
    of_ticket, of_customer = (
        tuple(map(_said, sorted((row for row in rows if row.what == what), key=lambda row: row.id)))
        for what in (_NOTE, _ON_CUSTOMER)
    )
    return Known(rows[0].name, rows[0].created_at, bool(rows[0].is_billed), found, of_ticket, of_customer)


def notes_of(conn: Connection, number: int) -> tuple[Said, ...]:
    """The last notes of a ticket that has no registered customer, oldest first."""
    return tuple(_said(row) for row in reversed(conn.execute(_NOTES_ALONE, {"number": number}).all()))


def last_message(conn: Connection, number: int) -> Said | None:
    """What was said last in a ticket, by its customer or to him."""
    row = conn.execute(_LAST, {"number": number}).first()
    return Said(row.author_name, row.at, row.text) if row else None


def _said(row: Row[Any]) -> Said:
    return Said(row.state, row.updated_at, row.subject)  # under the names of the tickets that they stand beside
