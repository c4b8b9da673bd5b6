"""What the staff's figures are counted from: tickets that were opened, answered and closed lately, and who waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, select

from mailgate.tickets.ticket import Direction, EntryKind, Event, Priority, State
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
    priority: Priority | None


def opened(conn: Connection, *, since: datetime) -> Sequence[tuple[datetime, datetime | None]]:
    """When each ticket since then was opened, and when the first words of ours went into it."""
    return [(row.opened_at, row.answered_at) for row in conn.execute(_OPENED, {"the_since": since})]


def closed(conn: Connection, *, since: datetime) -> Sequence[datetime]:
    """When tickets were closed since then, by whomever; one that was closed twice counts twice."""
    return list(conn.execute(_CLOSED, {"the_since": since}).scalars())


def waiting(conn: Connection, *, limit: int = MOST_WAITING, pressing_first: bool = False) -> Sequence[Waiting]:
    """The open tickets that have waited longest; `pressing_first`: by their priority, and of the same by their age."""
    rows = conn.execute(_PRESSING if pressing_first else _WAITING, {"the_most": limit})
    return [
        Waiting(
            row.id,
            line(row.subject),
            row.customer,
            row.assignee,
            row.waiting_since,
            row.priority and Priority(row.priority),
        )
        for row in rows
    ]


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
_OPEN = (
    select(
        tickets.c.id,
        tickets.c.subject,
        tickets.c.waiting_since,
        tickets.c.priority,
        customers.c.name.label("customer"),
        staff.c.name.label("assignee"),
    )
    .outerjoin(customers, customers.c.id == tickets.c.customer_id)
    .outerjoin(staff, staff.c.id == tickets.c.assignee_id)
    .where(tickets.c.state == State.OPEN)
    .limit(bindparam("the_most"))
)
_BY_AGE = (tickets.c.waiting_since, tickets.c.id)
_RANK = case(
    {Priority.URGENT: 0, Priority.HIGH: 1, Priority.LOW: 3}, value=func.coalesce(tickets.c.priority, ""), else_=2
)
_WAITING, _PRESSING = _OPEN.order_by(*_BY_AGE), _OPEN.order_by(_RANK, *_BY_AGE)
