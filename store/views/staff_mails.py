"""Mail as the staff see it: what came in, above all what is held; what goes out, above all what has not gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, select

from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from store.post.outbox import OutState
from store.schema import blobs, outbox, spool
from store.views.arrivals import ARRIVAL, Arrival, arrival_in
from store.views.customer_mails import files_in
from store.views.files import File
from store.views.paging import Listing, Page, Turn
from store.views.weight import fitting_lines, line

UNSETTLED = (OutState.HELD, OutState.QUEUED, OutState.SENDING, OutState.IN_DOUBT, OutState.FAILED)
"""What somebody may have to look after."""

OUT_STATES = tuple(OutState)


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A mail that a person must decide about."""

    id: int
    received_at: datetime
    disposition: Disposition
    author: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """One accepted mail."""

    arrival: Arrival
    disposition: Disposition
    reason: str | None
    ticket_id: int | None
    last_error: str | None
    size: int
    sha256: str
    is_for_all: bool  # to decide on, while it waits


@dataclass(frozen=True, slots=True)
class OutgoingLine:
    """A mail of ours in a list."""

    id: int
    created_at: datetime
    state: OutState
    to_address: str
    subject: str | None
    template: str
    ticket_id: int | None
    attempts: int
    due_at: datetime | None
    last_reply: str | None

    @property
    def is_lost(self) -> bool:
        """It has not arrived, as far as anybody knows, and will not be tried again by itself."""
        return self.state in (OutState.FAILED, OutState.IN_DOUBT) and self.due_at is None


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail of ours; never its live links."""

    line: OutgoingLine
    reverse_path: str
    message_id: str
    text: str | None
    sent_at: datetime | None
    sha256: str | None
    files: tuple[File, ...]


def held(conn: Connection, *, only: Disposition | None, turn: Turn) -> Page[HeldLine]:
    """A page of the mails that wait for a decision, held and quarantined or one of both; the latest first."""
    return _HELD.page(conn, turn, dispositions=[only] if only else list(AWAITING_REVIEW))


def incoming(conn: Connection, mail_id: int) -> IncomingMail | None:
    """One accepted mail; None when there is no such id."""
    row = conn.execute(_INCOMING, {"mail_id": mail_id}).mappings().first()
    if row is None:
        return None
    return IncomingMail(
        arrival=arrival_in(row),
        disposition=Disposition(row["disposition"]),
        reason=row["reason"],
        ticket_id=row["ticket_id"],
        last_error=row["last_error"],
        size=row["size"],
        sha256=row["sha256"],
        is_for_all=row["held_for"] is None,
    )


def outgoing_listing(conn: Connection, *, states: Sequence[OutState], turn: Turn) -> Page[OutgoingLine]:
    """A page of our mails in these states, the latest first."""
    return _OUTGOING.page(conn, turn, states=list(states))


def outgoing(conn: Connection, mail_id: int) -> OutgoingMail | None:
    """One mail of ours; None when there is no such id."""
    row = conn.execute(_OUTGOING_DETAIL, {"mail_id": mail_id}).mappings().first()
    if row is None:
        return None
    return OutgoingMail(
        line=_outgoing(row),
        reverse_path=row["reverse_path"],
        message_id=row["message_id"],
        text=row["text"],
        sent_at=row["sent_at"],
        sha256=row["sha256"],
        files=files_in(conn, row["notice"]),
    )


def _held(row: RowMapping) -> HeldLine:
    return HeldLine(
        id=row["id"],
        received_at=row["received_at"],
        disposition=Disposition(row["disposition"]),
        author=line(row["author"]),
        subject=line(row["subject"]),
        reason=line(row["reason"]),
    )


def _outgoing(row: RowMapping) -> OutgoingLine:
    return OutgoingLine(
        id=row["id"],
        created_at=row["created_at"],
        state=OutState(row["state"]),
        to_address=row["to_address"],
        subject=row["subject"] and line(row["subject"]),
        template=row["template"],
        ticket_id=row["ticket_id"],
        attempts=row["attempts"],
        due_at=row["due_at"],
        last_reply=row["last_reply"] and line(row["last_reply"]),
    )


def _held_that_fit(rows: Sequence[HeldLine]) -> int:
    return fitting_lines([(row.author, row.subject, row.reason) for row in rows])


def _outgoing_that_fit(rows: Sequence[OutgoingLine]) -> int:
    return fitting_lines([(row.subject, row.to_address, row.last_reply) for row in rows])


_HELD = Listing(
    select(spool.c.id, spool.c.received_at, spool.c.disposition, spool.c.author, spool.c.subject, spool.c.reason).where(
        spool.c.disposition.in_(bindparam("dispositions", expanding=True))
    ),
    _held,
    id=spool.c.id,
    fits=_held_that_fit,
)
_INCOMING = (
    ARRIVAL.add_columns(
        spool.c.disposition,
        spool.c.reason,
        spool.c.ticket_id,
        spool.c.last_error,
        spool.c.sha256,
        spool.c.held_for,
        blobs.c.size,
    )
    .join(blobs, blobs.c.sha256 == spool.c.sha256)
    .where(spool.c.id == bindparam("mail_id"))
)
_LINE = select(
    outbox.c.id,
    outbox.c.created_at,
    outbox.c.state,
    outbox.c.to_address,
    outbox.c.subject,
    outbox.c.template,
    outbox.c.ticket_id,
    outbox.c.attempts,
    outbox.c.due_at,
    outbox.c.last_reply,
)
_OUTGOING = Listing(
    _LINE.where(outbox.c.state.in_(bindparam("states", expanding=True))),
    _outgoing,
    id=outbox.c.id,
    fits=_outgoing_that_fit,
)
_OUTGOING_DETAIL = _LINE.add_columns(
    outbox.c.reverse_path, outbox.c.message_id, outbox.c.text, outbox.c.sent_at, outbox.c.sha256, outbox.c.notice
).where(outbox.c.id == bindparam("mail_id"))
