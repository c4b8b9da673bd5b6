"""Rows of what staff did to tickets, mail by mail; one that was taken back is marked and counts no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from mailgate.letters.kind import Matter, Template
from mailgate.mail.address import address_key
from mailgate.tickets.acts import Deed, StaffAct, Standing
from mailgate.tickets.ticket import CHANGES_NOTHING, State, Ticket
from store.post.outbox import OutState
from store.rows import Rows
from store.schema import entries, outbox, staff_acts, tickets


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail of ours about a ticket, as far as it says what its reader knows."""

    at: datetime
    message_id: str
    template: Template
    mail_id: int | None  # the mail that it is about, if it is about one


_INSTANTS = ("waiting_since", "silent_since", "warned_at", "wait_until")


def add(
    conn: Connection,
    before: Ticket,
    *,
    staff_id: int,
    done: Sequence[Deed],
    entry_id: int | None,
    outbox_ids: Sequence[int],
    now: datetime,
) -> None:
    """Insert what somebody did. `before` is the ticket as it stood; the mails are those that came of it."""
    last = select(func.max(entries.c.id)).where(entries.c.ticket_id == before.id)
    values = {
        "ticket_id": before.id,
        "staff_id": staff_id,
        "at": now,
        "done": [deed.value for deed in done],
        "entry_id": entry_id,
        "last_entry_id": conn.execute(last).scalar_one(),
        "before": _standing(Standing.of(before)),
        "outbox_ids": list(outbox_ids),
    }
    conn.execute(insert(staff_acts), values)


def on_ticket(conn: Connection, ticket_id: int) -> tuple[StaffAct, ...]:
    """All that was done to a ticket and not taken back, oldest first."""
    query = select(staff_acts).where(staff_acts.c.ticket_id == ticket_id, staff_acts.c.undone_at.is_(None))
    return tuple(_ACT.read(row) for row in conn.execute(query.order_by(staff_acts.c.id)).mappings())


def cancel_mails(conn: Connection, act: StaffAct) -> bool:
    """Never send what came of it; False, and nothing is changed, when some of it has left or none of it would have."""
    mails = select(outbox.c.id, outbox.c.state, outbox.c.lease).where(outbox.c.id.in_(act.outbox_ids))
    rows = conn.execute(mails.order_by(outbox.c.id).with_for_update()).all()
    waiting = [row.id for row in rows if row.state in (OutState.HELD, OutState.QUEUED) and row.lease is None]
    if not waiting or len(waiting) < sum(row.state not in (OutState.CANCELLED, OutState.FAILED) for row in rows):
        return False
    conn.execute(update(outbox).where(outbox.c.id.in_(waiting)).values(state=OutState.CANCELLED, due_at=None))
    return True


def shown(conn: Connection, ticket_id: int, address: str) -> tuple[Shown, ...]:
    """What somebody was sent about a ticket, oldest first."""
    columns = (outbox.c.created_at, outbox.c.message_id, outbox.c.template, outbox.c.about_kind, outbox.c.about_id)
    query = select(*columns).where(outbox.c.ticket_id == ticket_id, outbox.c.to_key == address_key(address))
    return tuple(
        Shown(
            row.created_at,
            row.message_id,
            Template(row.template),
            row.about_id if row.about_kind == Matter.MAIL else None,
        )
        for row in conn.execute(query.order_by(outbox.c.id))
    )


def unclosed_of(conn: Connection, staff_id: int) -> tuple[int, ...]:
    """The numbers of somebody's tickets that are not closed."""
    query = select(tickets.c.id).where(tickets.c.assignee_id == staff_id, tickets.c.state != State.CLOSED)
    return tuple(conn.execute(query.order_by(tickets.c.id)).scalars())


def words_of(conn: Connection, entry_ids: Iterable[int]) -> Mapping[int, str]:
    """The texts of these entries."""
    query = select(entries.c.id, entries.c.text).where(entries.c.id.in_(list(entry_ids)))
    return {row.id: row.text for row in conn.execute(query)}


def take_back(conn: Connection, act: StaffAct, *, now: datetime) -> bool:
    """Mark it as undone; the ticket stands as before, unless somebody changed it since: then False."""
    conn.execute(update(staff_acts).where(staff_acts.c.id == act.id).values(undone_at=now))
    since = select(entries.c.id).where(
        entries.c.ticket_id == act.ticket_id,
        entries.c.id > act.last_entry_id,
        entries.c.event.is_not(None),
        entries.c.event.not_in(CHANGES_NOTHING),
    )
    if conn.execute(since.limit(1)).first() is not None:
        return False
    conn.execute(update(tickets).where(tickets.c.id == act.ticket_id).values(**asdict(act.before)))
    return True


def _standing(standing: Standing) -> dict[str, Any]:
    values = asdict(standing)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _before(row: RowMapping) -> Standing:
    before = row["before"]
    instants = {name: datetime.fromisoformat(before[name]) if before[name] else None for name in _INSTANTS}
    return Standing(state=State(before["state"]), assignee_id=before["assignee_id"], **instants)


_ACT = Rows(StaffAct, before=_before)
