"""Messages on their way out: one row from the event that called for it to the smarthost's last word, and after."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from mailgate.letters.kind import Matter, Template
from mailgate.letters.notice import Notice
from mailgate.mail.address import address_key
from store.post import leases
from store.post.notices import read_notice, stored
from store.rows import Rows, insert_row
from store.schema import outbox
from store.search import index as search


class OutState(StrEnum):
    """Where a message of ours is."""

    HELD = "held"  # until `due_at` (somebody may still undo it), or until an operator releases it
    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in-doubt"  # DATA was begun and its reply never saved
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """How far the dialogue had come when the row was last saved."""

    DATA = "data"  # DATA is about to be said; whoever finds this later cannot know whether the mail went out
    DATA_AGAIN = "data-again"  # the one repetition of a mail in doubt


_ADD = insert(outbox)
_ADD_MANY = _ADD.returning(outbox.c.id, outbox.c.message_id)
_WRITE_LENT = update(outbox).where(outbox.c.id == bindparam("the_id"), outbox.c.lease == bindparam("the_lease"))
_TO_BE_SENT = outbox.c.state.in_((OutState.QUEUED, OutState.SENDING))
_LEND = leases.lending(outbox, when=_TO_BE_SENT, state=OutState.SENDING)
_RECENT = select(func.count()).where(
    outbox.c.to_key == bindparam("the_key"),
    outbox.c.created_at > bindparam("the_since"),
    outbox.c.template.in_(bindparam("the_templates", expanding=True)),
)
_IN_ALL = select(
    func.count(),
    func.coalesce(func.sum(case((outbox.c.to_key.endswith(bindparam("the_end"), autoescape=False), 1), else_=0)), 0),
).where(outbox.c.template.in_(bindparam("the_templates", expanding=True)), outbox.c.created_at > bindparam("the_since"))

_NO_SECRET = {"secret": None, "live": None}

_LOST = (OutState.FAILED, OutState.IN_DOUBT)

UNFINISHED = frozenset({OutState.HELD, OutState.QUEUED, OutState.SENDING, OutState.IN_DOUBT})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row, as delivery, lists and `mailgate mail show` read it."""

    id: int
    created_at: datetime
    notice: Notice
    reverse_path: str  # "": the null path; of what is to be reported on: until composed
    message_id: str
    state: OutState
    phase: Phase | None
    due_at: datetime | None
    attempts: int
    last_reply: str | None
    subject: str | None  # None until composed, like text and sha256
    text: str | None
    sha256: str | None  # of the archive's copy
    live: bytes | None  # what is sent instead while it holds a secret; gone when it is sent or given up
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class New:
    """A message that is queued now. `failed_because`: it is only kept, and goes out when somebody retries it."""

    notice: Notice
    message_id: str
    hold_until: datetime | None = None
    failed_because: str | None = None


@dataclass(frozen=True, slots=True)
class LentOut:
    """A row that a worker has for itself until its lease runs out."""

    row: Outgoing
    lease: str


def add(conn: Connection, together: Sequence[New], *, now: datetime) -> list[int]:
    """Insert messages to be sent, with few statements however many they are; their ids in the same order."""
    if len(together) < 2:
        return [insert_row(conn, _ADD, _columns(one, now)) for one in together]
    # Message-IDs are each one's own. In the order of the parameters SQLAlchemy would insert row by row on SQLite.
    rows = conn.execute(_ADD_MANY, [_columns(one, now) for one in together])
    numbers = {row.message_id: int(row.id) for row in rows}
    return [numbers[one.message_id] for one in together]


def _columns(new: New, now: datetime) -> dict[str, Any]:
    notice, hold_until, failed_because = new.notice, new.hold_until, new.failed_because
    state = OutState.FAILED if failed_because else OutState.QUEUED if hold_until is None else OutState.HELD
    return {
        "created_at": now,
        "template": notice.template,
        "notice": stored(notice),
        "secret": dict(notice.secret) or None,
        "to_address": notice.to_address,
        "to_key": address_key(notice.to_address),
        "reverse_path": notice.reverse_path or "",
        "message_id": new.message_id,
        "customer_id": notice.customer_id,
        "ticket_id": notice.ticket_id,
        "entry_id": notice.entry_id,
        **_about(notice),
        "gist": notice.gist,
        "state": state,
        "due_at": None if failed_because else hold_until or now + leases.SWEEP_GRACE,
        "last_reply": failed_because,
        "attempts": 0,
    }


def _about(notice: Notice) -> dict[str, Any]:
    matter = notice.template.kind.about
    number = notice.ticket_id if notice.about_id is None and matter is Matter.TICKET else notice.about_id
    return {"about_kind": matter if number is not None else None, "about_id": number}


def lend(conn: Connection, outbox_id: int, *, now: datetime) -> LentOut | None:
    """Give a message that may go out now to the caller, the attempt counted; None when there is nothing to do."""
    rows = leases.lend(conn, _LEND, (outbox_id,), now=now)
    return next((LentOut(_OUTGOING.read(row), row["lease"]) for row in rows), None)


def end_waits(conn: Connection, outbox_ids: Sequence[int], *, now: datetime) -> None:
    """Queue those of these rows whose time has come: nobody undid a held one; one in doubt is known by its phase."""
    waits = (outbox.c.state.in_((OutState.HELD, OutState.IN_DOUBT)), outbox.c.due_at <= now)
    conn.execute(update(outbox).where(outbox.c.id.in_(outbox_ids), *waits).values(state=OutState.QUEUED))


def save_composed(
    conn: Connection, lent: LentOut, notice: Notice, *, phase: Phase | None, **kept: str | bytes | None
) -> bool:
    """Keep what was composed, by columns: from here on these bytes are what is sent. False when the lease was lost.

    `notice` is that of the row, with the digests of files that were made just now. `phase`: as `enter_data` sets it,
    when DATA follows.
    """
    made = {} if notice.attachments == lent.row.notice.attachments else {"notice": stored(notice)}
    saved = _write(conn, lent, phase=phase, **kept, **made)
    if saved and lent.row.notice.template.kind.is_searched:
        search.mark(conn, search.Kind.MAIL, lent.row.id)
    return saved


def enter_data(conn: Connection, lent: LentOut, phase: Phase) -> bool:
    """DATA follows: from here on a crash leaves the message in doubt. False when the lease was lost."""
    return _write(conn, lent, phase=phase)


def mark_sent(conn: Connection, lent: LentOut, *, reply: str, now: datetime) -> bool:
    """The smarthost has taken it."""
    done = {"state": OutState.SENT, "phase": None, "last_reply": reply, "sent_at": now, "due_at": None, "lease": None}
    return _write(conn, lent, **done, **_NO_SECRET)


def mark_later(conn: Connection, lent: LentOut, *, reply: str, due_at: datetime) -> bool:
    """It was certainly not taken this time: again at `due_at`. A doubt about an earlier time stays."""
    phase = lent.row.phase
    return _write(conn, lent, state=OutState.QUEUED, phase=phase, last_reply=reply, due_at=due_at, lease=None)


def put_back(conn: Connection, lent: LentOut, *, reply: str, due_at: datetime) -> bool:
    """It was not tried, for this reason: again at `due_at`, with no attempt used up."""
    attempts, reply = lent.row.attempts - 1, lent.row.last_reply or reply
    return _write(conn, lent, state=OutState.QUEUED, attempts=attempts, last_reply=reply, due_at=due_at, lease=None)


def mark_in_doubt(conn: Connection, lent: LentOut, *, reply: str, due_at: datetime | None) -> bool:
    """It may have been taken: once more at `due_at`, or parked for a person when that is None."""
    return _write(conn, lent, state=OutState.IN_DOUBT, last_reply=reply, due_at=due_at, lease=None)


def mark_failed(conn: Connection, lent: LentOut, *, reply: str) -> bool:
    """It will never be taken."""
    done = {"state": OutState.FAILED, "phase": None, "last_reply": reply, "due_at": None, "lease": None}
    return _write(conn, lent, **done, **_NO_SECRET)


def mark_dropped(conn: Connection, lent: LentOut, *, reason: str) -> bool:
    """It was not taken yet and is no longer wanted: it stays as cancelled, with the reason."""
    return _write(conn, lent, state=OutState.CANCELLED, last_reply=reason, due_at=None, lease=None, **_NO_SECRET)


def mark_bounced(conn: Connection, outbox_id: int, *, reply: str) -> bool:
    """A report says that a message which the smarthost took did not arrive; False for a second report."""
    was_sent = (outbox.c.id == outbox_id, outbox.c.state.in_((OutState.SENT, OutState.IN_DOUBT)))
    done = conn.execute(
        update(outbox).where(*was_sent).values(state=OutState.FAILED, last_reply=reply, due_at=None, phase=None)
    )
    return done.rowcount == 1


def retry(conn: Connection, outbox_id: int, *, now: datetime) -> bool:
    """Send a failed, cancelled, waiting or doubtful message now; False when it is sent or under way."""
    states = (OutState.FAILED, OutState.CANCELLED, OutState.QUEUED, OutState.IN_DOUBT)
    return _move(conn, outbox_id, states, state=OutState.QUEUED, phase=None, due_at=now, attempts=0)


def cancel(conn: Connection, outbox_id: int) -> bool:
    """Never send it; False when it is sent, under way or failed already."""
    states = (OutState.HELD, OutState.QUEUED, OutState.IN_DOUBT)
    return _move(conn, outbox_id, states, state=OutState.CANCELLED, due_at=None, **_NO_SECRET)


def replace_lost(conn: Connection, outbox_id: int, *, reason: str) -> bool:
    """Another mail takes its words elsewhere; False when it was sent, is under way or was replaced already."""
    return _move(conn, outbox_id, _LOST, state=OutState.CANCELLED, due_at=None, phase=None, last_reply=reason)


def retry_lost(conn: Connection, outbox_id: int, *, now: datetime) -> bool:
    """Once more to the same address; False as above."""
    return _move(conn, outbox_id, _LOST, state=OutState.QUEUED, phase=None, due_at=now, attempts=0)


def hold(conn: Connection, outbox_id: int) -> bool:
    """Keep it until somebody releases it; False when it is no longer waiting."""
    return _move(conn, outbox_id, (OutState.HELD, OutState.QUEUED), state=OutState.HELD, due_at=None)


def release(conn: Connection, outbox_id: int, *, now: datetime) -> bool:
    """Send a held message now; False when it is not held."""
    return _move(conn, outbox_id, (OutState.HELD,), state=OutState.QUEUED, due_at=now)


def recent_to(conn: Connection, address: str, templates: Sequence[Template], *, since: datetime) -> int:
    """How many mails of these templates were called for to one address since then: what budgets are kept by."""
    which = {"the_key": address_key(address), "the_since": since, "the_templates": list(templates)}
    return int(conn.execute(_RECENT, which).scalar_one())


def recent_in_all(conn: Connection, templates: Sequence[Template], *, domain: str, since: datetime) -> tuple[int, int]:
    """How many mails of these templates were called for since then: to anybody, and to addresses of this domain."""
    which = {"the_end": f"@{domain}", "the_since": since, "the_templates": list(templates)}
    in_all, to_domain = conn.execute(_IN_ALL, which).one()
    return int(in_all), int(to_domain)


def late(conn: Connection, templates: Collection[Template], *, limit: int | None = None) -> tuple[Outgoing, ...]:
    """Mails of these templates that could not be sent so far and of which nobody was told, oldest first."""
    tried = (outbox.c.last_reply.is_not(None), outbox.c.state.in_((OutState.QUEUED, OutState.SENDING)))
    untold = (outbox.c.due_at.is_not(None), outbox.c.late_told_at.is_(None), outbox.c.template.in_(templates))
    query = select(outbox).where(*tried, *untold).order_by(outbox.c.created_at, outbox.c.id)
    return tuple(_OUTGOING.read(row) for row in conn.execute(query.limit(limit)).mappings())


def mark_late_told(conn: Connection, outbox_ids: Sequence[int], *, now: datetime) -> None:
    """Staff were told that these are late."""
    conn.execute(update(outbox).where(outbox.c.id.in_(outbox_ids)).values(late_told_at=now))


def last_written(conn: Connection, template: Template) -> datetime | None:
    """When the last mail of a template was called for."""
    return conn.execute(select(func.max(outbox.c.created_at)).where(outbox.c.template == template)).scalar()


def was_said(
    conn: Connection, template: Template, address: str, gist: str, *, ticket_id: int | None, since: datetime
) -> bool:
    """A mail of this kind that says the same went to the address since then, about the same ticket or none."""
    query = select(outbox.c.id).where(
        outbox.c.to_key == address_key(address),
        outbox.c.template == template,
        outbox.c.created_at >= since,
        outbox.c.gist == gist,
        outbox.c.ticket_id.is_not_distinct_from(ticket_id),
    )
    return conn.execute(query.limit(1)).first() is not None


def on_ticket(conn: Connection, ticket_id: int, template: Template) -> tuple[Outgoing, ...]:
    """The mails of one template on a ticket, oldest first."""
    query = select(outbox).where(outbox.c.ticket_id == ticket_id, outbox.c.template == template)
    return tuple(_OUTGOING.read(row) for row in conn.execute(query.order_by(outbox.c.id)).mappings())


def show(conn: Connection, outbox_id: int) -> Outgoing | None:
    """One row; None when there is no such id."""
    row = conn.execute(select(outbox).where(outbox.c.id == outbox_id)).mappings().first()
    return _OUTGOING.read(row) if row else None


def listing(
    conn: Connection,
    *,
    states: Sequence[OutState] = (),
    customer_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Outgoing, ...]:
    """Rows behind id `after`, newest last."""
    query = select(outbox).where(outbox.c.id > after)
    if states:
        query = query.where(outbox.c.state.in_(states))
    if customer_id is not None:
        query = query.where(outbox.c.customer_id == customer_id)
    return tuple(_OUTGOING.read(row) for row in conn.execute(query.order_by(outbox.c.id).limit(limit)).mappings())


def backoff(attempts: int) -> timedelta:
    """How long to wait after the attempt with this number (1 is the first): minutes at first, then two hours."""
    minutes = (1, 5, 15, 30, 60)
    return timedelta(minutes=minutes[attempts - 1] if attempts <= len(minutes) else 120)


def _write(conn: Connection, lent: LentOut, **values: Any) -> bool:
    return conn.execute(_WRITE_LENT, {"the_id": lent.row.id, "the_lease": lent.lease, **values}).rowcount == 1


def _move(conn: Connection, outbox_id: int, states: Sequence[OutState], **values: Any) -> bool:
    there = (outbox.c.id == outbox_id, outbox.c.state.in_(states), outbox.c.lease.is_(None))
    return conn.execute(update(outbox).where(*there).values(**values)).rowcount == 1


_OUTGOING = Rows(Outgoing, notice=read_notice)
