"""One old thread becomes a ticket, or goes on in the one that it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from mailgate.config import Settings
from mailgate.desks import Desk, desk_for
from mailgate.flows.moving.survey import OldMail, OldThread, Registry
from mailgate.flows.ticket.words import file_of
from mailgate.mail.address import address_key
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Author, Message
from mailgate.tickets.events import line_of
from mailgate.tickets.files import Choice
from mailgate.tickets.history import contact_in, people_in, role_of
from mailgate.tickets.thread import without_tag
from mailgate.tickets.ticket import Direction, EntryKind, Event, NewEntry, Participant, State, Ticket
from store.archive import Archive, Blob
from store.desk import message_ids, tickets
from store.post import spool
from store.post.spool import Outcome

_ORIGIN = "moved in from an older system"
_DIGESTS_AT_ONCE = 500


class Strangers(StrEnum):
    """What becomes of a thread in which no registered contact takes part."""

    SKIP = "skip"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Wish:
    """How history is to come in."""

    state: State  # closed; or open: each ticket then has the state that its last mail calls for
    strangers: Strangers
    desk: Desk  # of threads in which no desk is written to


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail that is read and waits for its transaction."""

    old: OldMail
    message: Message
    envelope: Envelope
    raw: Blob
    choice: Choice
    files: tuple[Blob, ...]
    automatic: str | None


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes old mails, in the transaction of whoever calls it."""

    archive: Archive
    settings: Settings
    registry: Registry
    wish: Wish

    def write(self, conn: Connection, thread: OldThread, mails: Sequence[ReadMail]) -> tuple[Ticket, bool]:
        """Put mails of one thread into its ticket, which is also returned, and whether it is new."""
        ticket = ticket_of(conn, thread, known_of(conn, thread))
        is_new = ticket is None
        if ticket is not None:
            ticket = tickets.locked(conn, (ticket.id,))[ticket.id]
        if ticket is None:
            ticket = self._open(conn, thread, mails[0])
        for one in mails:
            ticket = self._append(conn, thread, ticket, one)
        return ticket, is_new

    def _open(self, conn: Connection, thread: OldThread, first: ReadMail) -> Ticket:
        written_to = (*first.message.to, *first.message.cc, *((first.message.author,) if first.message.author else ()))
        desks = (desk_for(one.address, self.settings.desks) for one in written_to)
        if self.wish.state is State.CLOSED:
            event, line = Event.CLOSED, line_of(Event.CLOSED, cause="moved-in")
        else:
            event, line = Event.MOVED_IN, line_of(Event.MOVED_IN)
        _, ticket = tickets.open_ticket(
            conn,
            line,
            event=event,
            desk=next((desk for desk in desks if desk), self.wish.desk).name,
            customer_id=thread.customer_id,
            subject=without_tag(thread.subject),
            participant=None,
            linked_to=None,
            now=first.old.at,
        )
        return ticket

    def _append(self, conn: Connection, thread: OldThread, ticket: Ticket, one: ReadMail) -> Ticket:
        message, at = one.message, one.old.at
        author = message.author
        assert author is not None
        kind, direction, contact_id = self._place(conn, thread, ticket, one)
        joins = Outcome(
            Disposition.AUTOMATIC if one.automatic else Disposition.JOINED,
            _ORIGIN,
            ticket_id=ticket.id,
            author=str(author),
            subject=message.subject,
            message_id=message.message_id,
            digest=one.old.digest,
        )
        for blob in one.files:
            self.archive.add(conn, blob)
        spool_id = spool.add_settled(conn, one.envelope, self.archive.add(conn, one.raw), joins)
        taken = zip(one.choice.taken, one.files, strict=True)
        entry = NewEntry(
            kind=kind,
            author_name=author.name or author.address,
            author_address=author.address,
            contact_id=contact_id,
            direction=direction,
            text=message.reply_text or message.text,
            message_id=message.message_id,
            spool_id=spool_id,
            automatic=one.automatic is not None,
            attachments=tuple(file_of(message.attachments[place], blob) for place, blob in taken),
            left_out=one.choice.left_out,
        )
        event = self._event(ticket, one, direction)
        _, ticket = tickets.append(conn, ticket, entry, event=event, now=at)
        message_ids.remember(conn, ticket.id, referenced=(*message.references, *message.in_reply_to))
        return ticket

    def _place(
        self, conn: Connection, thread: OldThread, ticket: Ticket, one: ReadMail
    ) -> tuple[EntryKind, Direction | None, int | None]:
        """What the mail is in the ticket, and which contact wrote it; whoever of the customer's had it takes part."""
        named = people_in(one.message)
        if thread.customer_id is None:
            his = [person for person in named if thread.stranger and _same(person, thread.stranger)]
            for person in his:
                tickets.add_participant(conn, ticket.id, Participant(person.name, person.address, None))
            return *role_of(one.message, bool(his), self.registry.ours), None
        contacts = {
            contact.id: contact
            for person in named
            if (contact := contact_in([person], thread.customer_id, self.registry.book))
        }
        for contact in contacts.values():
            tickets.add_participant(conn, ticket.id, Participant(contact.name, contact.address, contact.id))
        writer = contact_in(named[:1], thread.customer_id, self.registry.book) if _wrote(one.message, named) else None
        kind, direction = role_of(one.message, bool(contacts), self.registry.ours)
        return kind, direction, writer.id if writer else None

    def _event(self, ticket: Ticket, one: ReadMail, direction: Direction | None) -> Event | None:
        """Old mail moves no state, except where that was asked for; and what is older than the last never does."""
        if self.wish.state is State.CLOSED or direction is None or one.old.at < ticket.updated_at:
            return None
        if one.automatic:
            return Event.MACHINE_WROTE
        return Event.STAFF_REPLIED if direction is Direction.OUT else Event.CUSTOMER_WROTE


def known_of(conn: Connection, thread: OldThread) -> Mapping[str, int | None]:
    """Those mails of the thread that are here already, by digest, with their tickets."""
    digests = [mail.digest for mail in thread.mails]
    known: dict[str, int | None] = {}
    for begin in range(0, len(digests), _DIGESTS_AT_ONCE):
        known.update(spool.tickets_of(conn, digests[begin : begin + _DIGESTS_AT_ONCE]))
    return known


def ticket_of(conn: Connection, thread: OldThread, known: Mapping[str, int | None]) -> Ticket | None:
    """The ticket in which mails of the thread are already, or that knows their ids; only one of the same customer."""
    numbers = [number for number in known.values() if number is not None]
    ids = list(dict.fromkeys(one for mail in thread.mails for one in mail.ids))
    for begin in range(0, len(ids), message_ids.MAX_REFERENCES):
        numbers.extend(message_ids.referenced_by(conn, ids[begin : begin + message_ids.MAX_REFERENCES]))
    there = tickets.load(conn, numbers)
    return next((there[number] for number in numbers if number in there and _is_for(there[number], thread)), None)


def _is_for(ticket: Ticket, thread: OldThread) -> bool:
    if ticket.customer_id != thread.customer_id:
        return False
    if ticket.customer_id is not None:
        return True
    stranger = thread.stranger
    return stranger is not None and any(
        address_key(one.address) == address_key(stranger.address) for one in ticket.participants
    )


def _same(one: Author, other: Author) -> bool:
    return address_key(one.address) == address_key(other.address)


def _wrote(message: Message, named: Sequence[Author]) -> bool:
    return bool(named) and message.author is not None and _same(message.author, named[0])
