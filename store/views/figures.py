"""What the staff's figures are counted from: tickets that were opened, answered and closed lately, and who waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from mailgate.tickets.ticket import Direction, EntryKind, Event, State
from store.schema import customers, entries, staff, tickets
from store.views.weight import line

MOST_WAITING = 100
"""Open tickets that are drawn, the longest waiting first: of more nobody could tell one from another."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket whose customer waits for us."""

    id: int
    subject: str
    customer: str | None  # None: not registered
    assignee: str | None
    since: datetime


def opened(conn: Connection, *, since: datetime) -> Sequence[tuple[datetime, datetime | None]]:
    """When each ticket since then was opened, and when the first words of ours went into it."""
    return [(row.opened_at, row.answered_at) for row in conn.execute(_OPENED, {"the_since": since})]


def closed(conn: Connection, *, since: datetime) -> Sequence[datetime]:
    """When tickets were closed since then, by whomever; one that was closed twice counts twice."""
    return list(conn.execute(_CLOSED, {"the_since": since}).scalars())


def waiting(conn: Connection, *, limit: int = MOST_WAITING) -> Sequence[Waiting]:
    """The open tickets that have waited longest."""
    rows = conn.execute(_WAITING, {"the_most": limit})
    return [Waiting(row.id, line(row.subject), row.customer, row.assignee, row.waiting_since) for row in rows]


# Whatever happened to a ticket also changed it, and the index on states knows when that was.
_CHANGED = (tickets.c.state.in_(list(State)), tickets.c.updated_at >= bindparam("the_since"))
_ANSWERED = (
    select(func.min(entries.c.at))
    .where(
        entries.c.ticket_id == tickets.c.id,
        entries.c.kind == EntryKind.MESSAGE,
        entries.c.direction == Direction.OUT,
    )
    .scalar_subquery()
)
_OPENED = select(tickets.c.opened_at, _ANSWERED.label("answered_at")).where(
    *_CHANGED, tickets.c.opened_at >= bindparam("the_since")
)
_CLOSED = (
    select(entries.c.at)
    .join(tickets, tickets.c.id == entries.c.ticket_id)
    .where(*_CHANGED, entries.c.event.in_((Event.CLOSED, Event.AUTO_CLOSED)), entries.c.at >= bindparam("the_since"))
)
_WAITING = (
    select(
        tickets.c.id,
        tickets.c.subject,
        tickets.c.waiting_since,
        customers.c.name.label("customer"),
        staff.c.name.label("assignee"),
    )
    .outerjoin(customers, customers.c.id == tickets.c.customer_id)
    .outerjoin(staff, staff.c.id == tickets.c.assignee_id)
    .where(tickets.c.state == State.OPEN)
    .order_by(tickets.c.waiting_since, tickets.c.id)
    .limit(bindparam("the_most"))
)
