"""Counts of what lately came from one sender or into one ticket: what budgets are kept by."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ScalarSelect, bindparam, func, select

from mailgate.tickets.ticket import Direction
from store.schema import entries, participants, tickets


def _nth_opened(others: str) -> ScalarSelect[Any]:
    nth_last = (
        select(participants.c.ticket_id)
        .where(participants.c.contact_id == bindparam("the_contact"))
        .order_by(participants.c.ticket_id.desc())
        .limit(1)
        .offset(bindparam(others))
        .scalar_subquery()
    )
    return select(tickets.c.opened_at).where(tickets.c.id == nth_last).scalar_subquery()


_TWO_OPENED = select(_nth_opened("others_of_one"), _nth_opened("others_of_two"))
_OF_STRANGERS = select(func.count()).where(
    tickets.c.customer_id.is_(None),
    tickets.c.updated_at > bindparam("the_since"),  # in the index; whatever was opened since then was also changed
    tickets.c.opened_at > bindparam("the_since"),
)
_LATEST_MAILS = (
    select(entries.c.id)
    .where(
        entries.c.ticket_id == bindparam("the_id"),
        entries.c.direction == Direction.IN,
        entries.c.automatic == bindparam("by_programs"),
        entries.c.at > bindparam("the_since"),
    )
    .order_by(entries.c.id.desc())
    .limit(bindparam("the_most"))
    .subquery()
)
_COUNT_MAILS = select(func.count()).select_from(_LATEST_MAILS)


def nth_last_opened(conn: Connection, contact_id: int, one: int, two: int) -> tuple[datetime | None, datetime | None]:
    """When the tickets were opened that are the nth from the end, 1 the last, of those that a contact takes part in."""
    which = {"the_contact": contact_id, "others_of_one": one - 1, "others_of_two": two - 1}
    first, second = conn.execute(_TWO_OPENED, which).one()
    return first, second


def opened_by_strangers(conn: Connection, *, since: datetime) -> int:
    """How many tickets nobody that we know has opened since then."""
    return int(conn.execute(_OF_STRANGERS, {"the_since": since}).scalar_one())


def recent_mails(conn: Connection, ticket_id: int, *, automatic: bool, since: datetime, at_most: int) -> int:
    """How many mails of programs, or of people, came into a ticket since then; counted no further than `at_most`."""
    which = {"the_id": ticket_id, "by_programs": automatic, "the_since": since, "the_most": at_most}
    return int(conn.execute(_COUNT_MAILS, which).scalar_one())
