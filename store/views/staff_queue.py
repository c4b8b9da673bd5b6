"""Tickets in the lists of staff: the queue, and those of any state, all of them or what a filter leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, func, literal, select

from mailgate.tickets.ticket import Priority, State
from store.schema import customers, staff, tickets
from store.views.paging import Listing, Page, Turn
from store.views.weight import fitting_lines, line

MOST_COUNTED = 1000
"""Of more open tickets than this nobody needs the exact number."""

NOBODY = 0
"""In place of somebody's id: the tickets that nobody has."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a ticket of the list has; None: whatever it has."""

    state: State | None = State.OPEN
    assignee_id: int | None = None  # NOBODY: it was given to nobody
    desk: str | None = None
    tag: str | None = None
    is_urgent: bool = False  # by the word of staff


@dataclass(frozen=True, slots=True)
class StaffTicketLine:
    """A ticket in a list; `at` is since when it waits in the queue, elsewhere when it last changed."""

    id: int
    subject: str
    state: State
    desk: str
    customer_id: int | None
    customer: str | None  # None: a stranger's
    assignee_id: int | None
    assignee: str | None
    priority: Priority | None
    tags: tuple[str, ...]
    at: datetime


def listing(conn: Connection, asked: Filter, turn: Turn) -> Page[StaffTicketLine]:
    """A page of these tickets.

    Of open ones whoever has waited longest for an answer, however often they asked, comes first; of those of another
    state what changed last; of all tickets the newest.
    """
    return _listing(asked.state, _filters(conn, asked)).page(conn, turn, **_values(asked))


def count_open(conn: Connection, asked: Filter) -> int:
    """How many of the open tickets these are; of more than MOST_COUNTED only that there are more."""
    return int(conn.execute(_counting(_filters(conn, asked)), _values(asked)).scalar_one())


def line_in(row: RowMapping) -> StaffTicketLine:
    """The line of a row that has the columns of LINE, and `at`."""
    return StaffTicketLine(
        id=row["id"],
        subject=line(row["subject"]),
        state=State(row["state"]),
        desk=row["desk"],
        customer_id=row["customer_id"],
        customer=row["customer"],
        assignee_id=row["assignee_id"],
        assignee=row["assignee"],
        priority=Priority(row["priority"]) if row["priority"] else None,
        tags=tuple(row["tags"] or ()),
        at=row["at"],
    )


LINE = (
    select(
        tickets.c.id,
        tickets.c.subject,
        tickets.c.state,
        tickets.c.desk,
        tickets.c.customer_id,
        customers.c.name.label("customer"),
        tickets.c.assignee_id,
        staff.c.name.label("assignee"),
        tickets.c.priority,
        tickets.c.tags,
    )
    .outerjoin(customers, customers.c.id == tickets.c.customer_id)
    .outerjoin(staff, staff.c.id == tickets.c.assignee_id)
)
"""All of a line but its instant."""

_Filters = tuple[str, ...]


def _filters(conn: Connection, asked: Filter) -> _Filters:
    """Names of the conditions: of each set of them the statement is built once."""
    tag = "tag on server" if conn.dialect.name == "postgresql" else "tag"
    return tuple(
        name
        for name, is_asked in (
            ("nobody", asked.assignee_id == NOBODY),
            ("assignee", bool(asked.assignee_id)),
            ("desk", asked.desk is not None),
            (tag, asked.tag is not None),
            ("urgent", asked.is_urgent),
        )
        if is_asked
    )


def _values(asked: Filter) -> dict[str, object]:
    given = {
        "the_state": asked.state,
        "the_assignee": asked.assignee_id or None,
        "the_desk": asked.desk,
        "the_tag": asked.tag,
    }
    return {name: value for name, value in given.items() if value is not None}


def _has_tag(words: Any) -> ColumnElement[bool]:
    found = words.table_valued("value")
    return select(literal(1)).select_from(found).where(found.c.value == bindparam("the_tag")).exists()


_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "nobody": tickets.c.assignee_id.is_(None),
    "assignee": tickets.c.assignee_id == bindparam("the_assignee"),
    "desk": tickets.c.desk == bindparam("the_desk"),
    "tag": tickets.c.tags.is_not(None) & _has_tag(func.json_each(tickets.c.tags)),
    "tag on server": tickets.c.tags.is_not(None) & _has_tag(func.json_array_elements_text(tickets.c.tags)),
    "urgent": tickets.c.priority == Priority.URGENT,
}
_OPEN = tickets.c.state == State.OPEN


def _narrowed(query: Select[Any], filters: _Filters) -> Select[Any]:
    return query.where(*(_CONDITIONS[name] for name in filters))


@lru_cache
def _listing(state: State | None, filters: _Filters) -> Listing[StaffTicketLine]:
    at = tickets.c.waiting_since if state is State.OPEN else tickets.c.updated_at
    query = _narrowed(LINE.add_columns(at.label("at")), filters)
    if state is None:
        return Listing(query, line_in, id=tickets.c.id, fits=_lines_that_fit)
    of_state = _OPEN if state is State.OPEN else tickets.c.state == bindparam("the_state")
    return Listing(
        query.where(of_state),
        line_in,
        id=tickets.c.id,
        at=at,
        descending=state is not State.OPEN,
        fits=_lines_that_fit,
    )


@lru_cache
def _counting(filters: _Filters) -> Select[Any]:
    rows = _narrowed(select(tickets.c.id).where(_OPEN), filters).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(rows.subquery())


def _lines_that_fit(rows: Sequence[StaffTicketLine]) -> int:
    return fitting_lines([(row.subject, row.customer, row.assignee, *row.tags) for row in rows])
