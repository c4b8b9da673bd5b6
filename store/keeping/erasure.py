"""Erase a customer: every word, name, address and byte that is only his; numbers, dates and a mark stay."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from mailgate.confirmation import ConfirmState
from mailgate.errors import Temporary
from mailgate.letters.kind import NAMING_OTHERS, Template
from mailgate.letters.notice import Notice
from mailgate.mail.address import address_key
from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from mailgate.tickets.ticket import PROGRAM, EntryKind, State
from store.archive import INLINE_BYTES, in_row, record
from store.billing.files import forget as forget_files
from store.billing.kept import erase_words
from store.keeping.erased_blobs import Attached, mails, named_by, parts, remove_unnamed
from store.post.notices import stored
from store.post.outbox import UNFINISHED, OutState
from store.schema import (
    allowed_senders,
    askees,
    attachments,
    billing_accounts,
    confirmations,
    contacts,
    customer_notes,
    customers,
    entries,
    erasures,
    hook_calls,
    message_ids,
    outbox,
    participants,
    proposals,
    seals,
    spool,
    staff,
    suppressions,
    tax_proofs,
    tickets,
    unsent,
)
from store.search import index as search

ERASED = "(erased)"
_ANSWERED = frozenset({Template.CONFIRM, Template.NOT_CONFIRMED, Template.RECEIPT})
_MARK = in_row(b"This mail was erased.\n")


class MailsCame(Temporary):
    """A mail of the customer came while his were read: read them again."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What there was of the customer."""

    tickets: int
    mails_in: int
    mails_out: int
    files: int
    bytes_of: tuple[str, ...] = ()  # large blobs that no row names any more: to be discarded when this is committed
    is_cleared: bool = False  # nothing of it is left in the log of the store either


@dataclass(frozen=True, slots=True)
class _Extent:
    """Which rows are his."""

    contacts: tuple[int, ...]
    addresses: tuple[str, ...]
    tickets: tuple[int, ...]
    entries: tuple[int, ...]
    spool: tuple[int, ...]
    outbox: tuple[int, ...]


def measure(conn: Connection, customer_id: int) -> Erased:
    """What `erase` would take."""
    return _count(conn, _extent(conn, customer_id))


def mails_of(conn: Connection, customer_id: int) -> frozenset[str]:
    """The digests of his mails, whose attachments are to be read before `erase`."""
    return frozenset(mails(conn, _extent(conn, customer_id).spool))


def erase(conn: Connection, attached: Attached, customer_id: int, *, by: str, now: datetime) -> Erased:
    """Erase the customer, in the transaction of the caller. A second time finds nothing more.

    `attached`: what is attached to his mails, as `read_attached` found it. Raises MailsCame when he has more mails by
    now; then nothing was done.
    """
    extent = _extent(conn, customer_id)
    if not mails(conn, extent.spool) <= attached.keys():
        raise MailsCame(f"customer {customer_id} has written meanwhile")
    digests = named_by(conn, spool_ids=extent.spool, entry_ids=extent.entries, outbox_ids=extent.outbox)
    files = {sha256: size for of_mail in attached.values() for sha256, size in of_mail.items()}
    digests.update(files)
    digests.update(forget_files(conn, customer_id))
    large = [sha256 for sha256, size in files.items() if size > INLINE_BYTES]
    erased = _count(conn, extent)
    record(conn, _MARK)
    for ids in parts(extent.entries):
        search.remove(conn, search.Kind.TICKET, ids)
        conn.execute(delete(attachments).where(attachments.c.entry_id.in_(ids)))
        nothing = {"text": ERASED, "message_id": None, "left_out": None, "cut_away": None, "author_address": None}
        nothing["details"] = None
        conn.execute(update(entries).where(entries.c.id.in_(ids)).values(**nothing))
        others = entries.c.id.in_(ids), entries.c.staff_id.is_(None), entries.c.author_name != PROGRAM.name
        conn.execute(update(entries).where(*others).values(author_name=ERASED))
    for ids in parts(extent.tickets):
        conn.execute(delete(message_ids).where(message_ids.c.ticket_id.in_(ids)))
        conn.execute(delete(participants).where(participants.c.ticket_id.in_(ids)))
        conn.execute(delete(proposals).where(proposals.c.ticket_id.in_(ids)))
        shell = {"subject": ERASED, "state": State.CLOSED, "assignee_id": None}
        shell |= dict.fromkeys(("waiting_since", "silent_since", "warned_at", "wait_until", "tags"))
        conn.execute(update(tickets).where(tickets.c.id.in_(ids)).values(**shell))
    for ids in parts(extent.contacts):
        conn.execute(delete(participants).where(participants.c.contact_id.in_(ids)))
    for ids in parts(extent.spool):
        conn.execute(delete(seals).where(seals.c.spool_id.in_(ids)))
        conn.execute(update(spool).where(spool.c.id.in_(ids)).values(**_NO_MAIL))
        held = spool.c.id.in_(ids), spool.c.disposition.in_(AWAITING_REVIEW)
        conn.execute(update(spool).where(*held).values(disposition=Disposition.REFUSED))  # there is nothing to let in
    for ids in parts(extent.outbox):
        search.remove(conn, search.Kind.MAIL, ids)
        conn.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**_no_mail_of_ours()))
        unsent = outbox.c.id.in_(ids), outbox.c.state.in_(UNFINISHED)
        conn.execute(update(outbox).where(*unsent).values(state=OutState.CANCELLED))
    conn.execute(delete(hook_calls).where(hook_calls.c.customer_id == customer_id))
    conn.execute(delete(customer_notes).where(customer_notes.c.customer_id == customer_id))
    _erase_mentions(conn, extent)
    _erase_questions(conn, customer_id, extent)
    _erase_people(conn, customer_id, extent, now)
    search.remove(conn, search.Kind.CUSTOMER, (customer_id,))
    search.wipe(conn)
    conn.execute(insert(erasures).values(customer_id=customer_id, erased_at=now, erased_by=by))
    return replace(erased, bytes_of=remove_unnamed(conn, digests - {_MARK.sha256}, large))


def was_erased(conn: Connection, customer_id: int) -> bool:
    """It was done before."""
    return conn.execute(select(erasures.c.id).where(erasures.c.customer_id == customer_id)).first() is not None


def _extent(conn: Connection, customer_id: int) -> _Extent:
    his = conn.execute(select(contacts.c.id, contacts.c.address_key).where(contacts.c.customer_id == customer_id)).all()
    numbers = _ids(conn, select(tickets.c.id).where(tickets.c.customer_id == customer_id))
    lines: list[int] = []
    came: set[int] = set()
    went: set[int] = set()
    for ids in parts(numbers):
        rows = conn.execute(select(entries.c.id, entries.c.spool_id).where(entries.c.ticket_id.in_(ids))).all()
        lines.extend(row.id for row in rows)
        came.update(row.spool_id for row in rows if row.spool_id is not None)
        # What waits for a decision may only name the ticket: it is its author's.
        decided = spool.c.disposition.not_in(AWAITING_REVIEW)
        came.update(_ids(conn, select(spool.c.id).where(spool.c.ticket_id.in_(ids), decided)))
        went.update(_ids(conn, select(outbox.c.id).where(outbox.c.ticket_id.in_(ids))))
    went.update(_ids(conn, select(outbox.c.id).where(outbox.c.customer_id == customer_id)))
    addresses = _only_his(conn, customer_id, [row.address_key for row in his])
    for address in addresses:
        came.update(_ids(conn, select(spool.c.id).where(_written_by(address))))
        mine = outbox.c.to_key == address, outbox.c.customer_id.is_(None)
        went.update(_ids(conn, select(outbox.c.id).where(*mine)))
    came.update(_of_staff(conn, customer_id, addresses))
    # What staff were asked about him, or told of their answer: such mails are about no ticket and no customer.
    asked_of_staff = outbox.c.template.in_(sorted(_ANSWERED)), outbox.c.customer_id.is_(None)
    naming = or_(outbox.c.template.in_(sorted(NAMING_OTHERS)), and_(*asked_of_staff))
    for words in (*addresses, *_full_names(conn, customer_id)):
        went.update(_ids(conn, select(outbox.c.id).where(naming, _names(outbox.c.notice, words))))
    people = tuple(row.id for row in his)
    return _Extent(people, addresses, numbers, tuple(lines), tuple(sorted(came)), tuple(sorted(went)))


def _of_staff(conn: Connection, customer_id: int, addresses: Sequence[str]) -> set[int]:
    """Mails of staff about one customer: what changed or noted something, and answers to questions that name them."""
    of_staff = confirmations.c.staff_id.is_not(None)
    about_him = of_staff, confirmations.c.customer_id == customer_id
    naming = or_(
        confirmations.c.customer_id == customer_id, *(_names(confirmations.c.statement, one) for one in addresses)
    )
    asked = select(confirmations.c.id).where(of_staff, naming)
    answered = askees.c.confirmation_id.in_(asked), askees.c.answer_spool_id.is_not(None)
    noted = customer_notes.c.customer_id == customer_id, customer_notes.c.spool_id.is_not(None)
    return {
        *_ids(conn, select(confirmations.c.spool_id).where(*about_him)),
        *_ids(conn, select(askees.c.answer_spool_id).where(*answered)),
        *_ids(conn, select(customer_notes.c.spool_id).where(*noted)),
    }


def _full_names(conn: Connection, customer_id: int) -> tuple[str, ...]:
    """His names as JSON has them, which lists for staff have without an address; one word alone may be anybody's."""
    named = select(customers.c.name).where(customers.c.id == customer_id)
    names = {*conn.execute(named.union(select(contacts.c.name).where(contacts.c.customer_id == customer_id))).scalars()}
    return tuple(sorted(json.dumps(name)[1:-1].lower() for name in names if " " in name.strip()))


def _only_his(conn: Connection, customer_id: int, keys: Sequence[str]) -> tuple[str, ...]:
    """Those of his addresses that nobody else has whom we know."""
    others = conn.execute(
        select(contacts.c.address_key).where(contacts.c.address_key.in_(keys), contacts.c.customer_id != customer_id)
    )
    members = conn.execute(select(staff.c.address_key).where(staff.c.address_key.in_(keys)))
    known = {*others.scalars(), *members.scalars()}
    return tuple(key for key in keys if key not in known)


def _written_by(address: str) -> ColumnElement[bool]:
    author = func.lower(spool.c.author)
    return or_(author == address, author.endswith(f"<{address}>", autoescape=True))


def _names(column: ColumnElement[Any], address: str) -> ColumnElement[bool]:
    return func.lower(cast(column, String)).contains(address, autoescape=True)


def _count(conn: Connection, extent: _Extent) -> Erased:
    files = 0
    for ids in parts(extent.entries):
        counted = select(func.count()).select_from(attachments).where(attachments.c.entry_id.in_(ids))
        files += conn.execute(counted).scalar_one()
    return Erased(len(extent.tickets), len(extent.spool), len(extent.outbox), files)


_NO_MAIL: dict[str, Any] = {
    "sha256": _MARK.sha256,
    "author": ERASED,
    "subject": ERASED,
    "reason": ERASED,
    **dict.fromkeys(("message_id", "digest", "peer", "helo", "last_error", "evidence_reasons", "fallback_path")),
    "reverse_path": None,
    "forward_paths": [],
}


def _no_mail_of_ours() -> dict[str, Any]:
    notice = Notice(Template.HELD, _nobody(0), "", "", _nobody(0), {})
    return {
        # The words are gone; what it was is told by the column.
        "notice": stored(notice),
        "to_address": _nobody(0),
        "to_key": _nobody(0),
        # Each its own, as they must be: whatever answers such a mail names no ticket any more.
        "message_id": literal("erased-").concat(cast(outbox.c.id, String)).concat("@erased.invalid"),
        **dict.fromkeys(("subject", "text", "gist", "sha256", "secret", "live", "last_reply", "due_at", "lease")),
    }


def _nobody(number: int) -> str:
    return f"erased-{number}@erased.invalid"


def _erase_mentions(conn: Connection, extent: _Extent) -> None:
    """Lines of the audit trail of other tickets that name him, and his place among strangers who are let in."""
    for address in extent.addresses:
        conn.execute(delete(allowed_senders).where(allowed_senders.c.address_key == address))
        conn.execute(delete(proposals).where(proposals.c.address_key == address))
        conn.execute(delete(suppressions).where(suppressions.c.address_key == address))
        conn.execute(delete(unsent).where(func.lower(unsent.c.to_address) == address))
        events = entries.c.kind == EntryKind.EVENT
        named = or_(_names(entries.c.text, address), _names(entries.c.details, address))
        conn.execute(update(entries).where(events, named).values(text=ERASED, details=None))
        by_him = or_(func.lower(entries.c.author_address) == address, _names(entries.c.author_name, address))
        conn.execute(update(entries).where(events, by_him).values(author_name=ERASED, author_address=None))


def _erase_questions(conn: Connection, customer_id: int, extent: _Extent) -> None:
    """What was asked about him or by him, or names him; what was open is open no more: nobody is left to say yes."""
    ids = set(_ids(conn, select(confirmations.c.id).where(confirmations.c.customer_id == customer_id)))
    for some in parts(extent.tickets):
        ids.update(_ids(conn, select(confirmations.c.id).where(confirmations.c.ticket_id.in_(some))))
    for address in extent.addresses:
        told = or_(*(_names(column, address) for column in (confirmations.c.details, confirmations.c.statement)))
        ids.update(_ids(conn, select(confirmations.c.id).where(told)))
        asked = or_(*(_names(column, address) for column in (askees.c.address, askees.c.statement)))
        ids.update(_ids(conn, select(askees.c.confirmation_id).where(asked)))
    for some in parts(sorted(ids)):
        was_open = confirmations.c.id.in_(some), confirmations.c.state == ConfirmState.OPEN
        conn.execute(update(confirmations).where(*was_open).values(state=ConfirmState.EXPIRED))
        nothing = {"details": {}, "statement": [], "cost": ""}
        conn.execute(update(confirmations).where(confirmations.c.id.in_(some)).values(**nothing))
        theirs = askees.c.confirmation_id.in_(some)
        conn.execute(update(askees).where(theirs, askees.c.address.is_not(None)).values(address=_nobody(0)))
        conn.execute(update(askees).where(theirs).values(statement=null()))


def _erase_people(conn: Connection, customer_id: int, extent: _Extent, now: datetime) -> None:
    erase_words(conn, customer_id, mark=ERASED)
    conn.execute(delete(billing_accounts).where(billing_accounts.c.customer_id == customer_id))
    conn.execute(delete(tax_proofs).where(tax_proofs.c.customer_id == customer_id))
    for contact_id in extent.contacts:
        address = _nobody(contact_id)
        gone = {"name": ERASED, "address": address, "address_key": address_key(address)}
        conn.execute(update(contacts).where(contacts.c.id == contact_id).values(**gone, removed_at=now))
    left: dict[str, str | None] = {
        "name": f"erased-{customer_id}",
        "country": None,
        "external_id": None,
        "language": "en",
    }
    changed = update(customers).where(customers.c.id == customer_id)
    conn.execute(changed.values(**left, removed_at=now, epoch=customers.c.epoch + 1))


def _ids(conn: Connection, query: Any) -> tuple[int, ...]:
    return tuple(conn.execute(query).scalars())
