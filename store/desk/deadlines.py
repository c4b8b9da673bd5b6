"""Tickets whose time has come, the silence that it is counted from, and the aliases of merged ones."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select, update

from mailgate.letters.kind import OWN_WORDS
from mailgate.mail.address import address_key
from mailgate.tickets.deadlines import Silence
from mailgate.tickets.ticket import Direction, Participant, State
from store.engine import insert_once
from store.post.outbox import UNFINISHED
from store.schema import entries, outbox, participants, tickets

# A ticket has a handful of mails, a template or a state may have millions: behind `coalesce` a planner without
# statistics cannot take the index of one of those.
_ANSWER_UNDER_WAY = exists().where(
    outbox.c.ticket_id == tickets.c.id,
    func.coalesce(outbox.c.template, "").in_(sorted(OWN_WORDS)),
    func.coalesce(outbox.c.state, "").in_(sorted(UNFINISHED)),
)
"""Who has not got our last words yet is not silent."""

_SILENT = (
    select(tickets.c.id)
    .where(
        tickets.c.silent_since <= bindparam("warn_before"),
        or_(
            tickets.c.warned_at.is_(None),
            and_(
                tickets.c.silent_since <= bindparam("close_before"), tickets.c.warned_at <= bindparam("warned_before")
            ),
        ),
        ~_ANSWER_UNDER_WAY,
    )
    .order_by(tickets.c.silent_since)
    .limit(bindparam("most"))
)
_WAITED = (
    select(tickets.c.id)
    .where(tickets.c.wait_until <= bindparam("at"))
    .order_by(tickets.c.wait_until)
    .limit(bindparam("most"))
)
_NO_ANSWER_YET = (
    tickets.c.state == State.OPEN,
    tickets.c.alarmed_at.is_(None),
    tickets.c.merged_into.is_(None),
    ~exists().where(entries.c.ticket_id == tickets.c.id, entries.c.direction == Direction.OUT),
)
_UNANSWERED = (
    select(tickets.c.id, tickets.c.opened_at)
    .where(
        *_NO_ANSWER_YET,
        tickets.c.waiting_since >= bindparam("opened_from"),  # by which open tickets are found
        tickets.c.opened_at >= bindparam("opened_from"),
        tickets.c.opened_at <= bindparam("opened_until"),
    )
    .order_by(tickets.c.opened_at, tickets.c.id)
    .limit(bindparam("most"))
)
_IS_UNANSWERED = select(tickets.c.id).where(tickets.c.id == bindparam("number"), *_NO_ANSWER_YET)
_MEANT = select(func.coalesce(tickets.c.merged_into, tickets.c.id)).where(tickets.c.id == bindparam("number"))
_BEGIN_SILENCE = (
    update(tickets)
    .where(tickets.c.id == _MEANT.scalar_subquery(), tickets.c.state == State.ANSWERED)
    .values(silent_since=bindparam("since"))
)
_IS_UNDER_WAY = select(tickets.c.id).where(tickets.c.id == bindparam("number"), _ANSWER_UNDER_WAY)


def passed(conn: Connection, silence: Silence, *, at: datetime, limit: int) -> tuple[int, ...]:
    """Tickets for which there is something to be done at `at`, at most `limit` of the silent and of the waiting."""
    before = {
        "warn_before": at - (silence.close_after - silence.warning),
        "close_before": at - silence.close_after,
        "warned_before": at - silence.warning,
        "most": limit,
    }
    silent = conn.execute(_SILENT, before).scalars().all()
    return (*silent, *conn.execute(_WAITED, {"at": at, "most": limit}).scalars().all())


def unanswered(
    conn: Connection, *, opened_from: datetime, opened_until: datetime, limit: int
) -> list[tuple[int, datetime]]:
    """(id, opened_at) of open tickets of that time without an answer that staff were not told of, in order."""
    when = {"opened_from": opened_from, "opened_until": opened_until, "most": limit}
    return [(row.id, row.opened_at) for row in conn.execute(_UNANSWERED, when)]


def is_unanswered(conn: Connection, number: int) -> bool:
    """The same of one ticket, which is locked."""
    return conn.execute(_IS_UNANSWERED, {"number": number}).first() is not None


def mark_alarmed(conn: Connection, number: int, *, now: datetime) -> None:
    """Staff are told that nobody has answered it."""
    conn.execute(update(tickets).where(tickets.c.id == number).values(alarmed_at=now))


def begin_silence(conn: Connection, number: int, *, since: datetime) -> None:
    """An answer has left: from now on it is the customer who says nothing, if the ticket still counts as answered."""
    conn.execute(_BEGIN_SILENCE, {"number": number, "since": since})


def is_answer_under_way(conn: Connection, number: int) -> bool:
    """A reply of staff waits to be sent."""
    return conn.execute(_IS_UNDER_WAY, {"number": number}).first() is not None


def lead_to(conn: Connection, number: int, end: int) -> None:
    """What was merged into this ticket before leads to `end` from now on, so that one step always suffices."""
    conn.execute(update(tickets).where(tickets.c.merged_into == number).values(merged_into=end))


def join(conn: Connection, number: int, people: Sequence[Participant]) -> None:
    """These people take part in the ticket too; those who do already stay as they are."""
    rows = [
        {
            "ticket_id": number,
            "address_key": address_key(person.address),
            "contact_id": person.contact_id,
            "name": person.name,
            "address": person.address,
        }
        for person in people
    ]
    if rows:
        insert_once(conn, participants, rows)
