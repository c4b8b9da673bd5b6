"""The mails that a customer was sent: the owner sees all of the customer's, other contacts those to their own address.

Only what has left, or is on its way. Live links stand in the outbox row's own columns, which are never read here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, or_, select

from mailgate.letters.kind import FOR_STAFF
from store.post.notices import archived_files
from store.post.outbox import OutState
from store.schema import blobs, outbox, staff
from store.views.customer_tickets import NOT_LEFT
from store.views.files import File
from store.views.paging import Listing, Page, Turn
from store.views.visitors import ContactVisitor
from store.views.weight import fitting_lines, line


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail in a list."""

    id: int
    at: datetime
    to_address: str
    subject: str | None  # None until it is written
    template: str
    state: OutState


@dataclass(frozen=True, slots=True)
class MailDetail:
    """One mail."""

    line: MailLine
    text: str | None
    failure: str | None  # what the reader's side answered, when it did not arrive
    sent_at: datetime | None
    ticket_id: int | None
    sha256: str | None
    files: tuple[File, ...]


def listing(conn: Connection, visitor: ContactVisitor, turn: Turn) -> Page[MailLine]:
    """A page of the mails, newest first."""
    return _LISTINGS[visitor.is_owner].page(conn, turn, **_who(visitor))


def count(conn: Connection, visitor: ContactVisitor, *, limit: int) -> int:
    """How many mails there are; `limit` means that many or more."""
    return conn.execute(_COUNTS[visitor.is_owner], {**_who(visitor), "most": limit}).scalar_one()


def find(conn: Connection, visitor: ContactVisitor, mail_id: int) -> MailDetail | None:
    """One mail; None when there is none with this id that the visitor may see."""
    row = conn.execute(_DETAILS[visitor.is_owner], {**_who(visitor), "mail_id": mail_id}).mappings().first()
    if row is None:
        return None
    head = _line(row)
    return MailDetail(
        line=head,
        text=row["text"],
        failure=row["last_reply"] if head.state is OutState.FAILED else None,
        sent_at=row["sent_at"],
        ticket_id=row["ticket_id"],
        sha256=row["sha256"],
        files=files_in(conn, row["notice"]),
    )


def files_in(conn: Connection, notice: Mapping[str, Any]) -> tuple[File, ...]:
    """The files of a stored notice, numbered in their order; one that is made with the mail is not there before."""
    named = archived_files(notice)
    if not named:
        return ()
    digests = [one["sha256"] for one in named.values()]
    rows = conn.execute(select(blobs.c.sha256, blobs.c.size).where(blobs.c.sha256.in_(digests)))
    sizes = {row.sha256: row.size for row in rows}
    return tuple(
        File(position, one["filename"], one["content_type"], sizes.get(one["sha256"], 0), one["sha256"])
        for position, one in named.items()
    )


def _who(visitor: ContactVisitor) -> Mapping[str, Any]:
    return {"customer_id": visitor.customer_id, "own_key": visitor.address_key}


def _line(row: RowMapping) -> MailLine:
    return MailLine(
        id=row["id"],
        at=row["created_at"],
        to_address=row["to_address"],
        subject=row["subject"] and line(row["subject"]),
        template=row["template"],
        state=OutState(row["state"]),
    )


def _lines_that_fit(rows: Sequence[MailLine]) -> int:
    return fitting_lines([(row.subject, row.to_address) for row in rows])


_THEIRS = outbox.c.customer_id == bindparam("customer_id")
_NOBODYS = outbox.c.customer_id.is_(None)  # written before it was known for which customer
_TO_SELF = outbox.c.to_key == bindparam("own_key")
_MAY_BE_SEEN = and_(
    outbox.c.state.not_in(NOT_LEFT),
    outbox.c.template.not_in(FOR_STAFF),
    outbox.c.to_key.not_in(select(staff.c.address_key)),
)
VISIBLE = {
    True: and_(or_(_THEIRS, and_(_NOBODYS, _TO_SELF)), _MAY_BE_SEEN),
    False: and_(_TO_SELF, or_(_THEIRS, _NOBODYS), _MAY_BE_SEEN),
}
_LINE = select(
    outbox.c.id, outbox.c.created_at, outbox.c.to_address, outbox.c.subject, outbox.c.template, outbox.c.state
)
_LISTINGS = {
    owner: Listing(_LINE.where(visible), _line, id=outbox.c.id, fits=_lines_that_fit)
    for owner, visible in VISIBLE.items()
}
_COUNTS = {
    owner: select(func.count()).select_from(select(outbox.c.id).where(visible).limit(bindparam("most")).subquery())
    for owner, visible in VISIBLE.items()
}
_DETAILS = {
    owner: _LINE.add_columns(
        outbox.c.text, outbox.c.last_reply, outbox.c.sent_at, outbox.c.ticket_id, outbox.c.sha256, outbox.c.notice
    ).where(outbox.c.id == bindparam("mail_id"), visible)
    for owner, visible in VISIBLE.items()
}
