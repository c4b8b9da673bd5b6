"""Exchange: a mail that comes in to a ticket and the mails that it calls for, as the rows that the flows write."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, date, datetime
from email.utils import format_datetime
from random import Random

from bench.generate.letters import Words, mail
from bench.generate.rows import Beginning, Home, Rows, stamp
from mailgate.commands.place import Place, Where
from mailgate.desks import Desk, ServiceMailbox
from mailgate.letters.kind import SEARCHED, Matter
from mailgate.letters.letter import TOKEN_LIFETIME, Sheet
from mailgate.letters.notice import Notice
from mailgate.mail.address_token import AddressToken, Purpose, seal
from mailgate.mail.digest import content_digest
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door
from mailgate.mail.message import Author
from mailgate.mail.sender.evidence import Level
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.context import Fact
from mailgate.tickets.result import item
from mailgate.tickets.ticket import (
    Direction,
    EntryKind,
    Event,
    NewAttachment,
    Participant,
    State,
    Ticket,
    waiting_since,
)
from store.post.outbox import OutState
from store.schema import attachments, entries, message_ids, outbox, spool
from store.search.index import Kind

LONGEST_REFERENCES = 5
ACKNOWLEDGED = "We have received your mail. A person will read it and answer you."

_FIELDS = [one.name for one in fields(Notice)]


@dataclass(frozen=True, slots=True)
class Writer:
    """A contact who writes for a customer."""

    customer_id: int
    contact_id: int
    name: str
    address: str


@dataclass(slots=True)
class Thread:
    """One ticket while its history is made up."""

    ticket: Ticket
    writer: Writer
    desk: Desk
    turn: State = State.OPEN  # what the state of the ticket is so far
    since: datetime | None = None  # when the customer asked first, while it is our turn
    ids: list[str] = field(default_factory=list)  # of all mails so far, either way
    reply_addresses: dict[tuple[Purpose, int, date], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Mail:
    """The mail that has just come in."""

    thread: Thread
    staff: Staff | None  # who wrote it; None: the customer's contact
    at: datetime
    date: str  # as its header says it
    words: str
    entry_id: int
    files: tuple[NewAttachment, ...]
    is_first: bool


class Exchange:
    """Makes mails up; `wrote_at` has when each contact wrote last."""

    def __init__(self, rows: Rows, rng: Random, home: Home, beginning: Beginning, words: Words) -> None:
        self.wrote_at: dict[int, datetime] = {}
        self._rows = rows
        self._rng = rng
        self._home = home
        self._staff = beginning.staff
        self._key = beginning.key
        self._words = words
        self._nonce = f"{rng.getrandbits(40):010x}"

    def mail_in(self, thread: Thread, at: datetime) -> None:
        """One mail comes in, the customer's or a staff member's, and what it calls for goes out."""
        rng, ticket, writer = self._rng, thread.ticket, thread.writer
        is_first = not thread.ids
        staff_likely = 0.8 if thread.turn is State.OPEN else 0.2
        staff = rng.choice(self._staff) if not is_first and rng.random() < staff_likely else None
        author = Author(staff.name, staff.address) if staff else Author(writer.name, writer.address)
        to = thread.desk.mailbox.address
        if not is_first:
            purpose, person = (Purpose.STAFF, staff.id) if staff else (Purpose.REPLY, writer.contact_id)
            to = self._reply_address(thread, purpose, at, ticket.id, person)
        words, stamped, date_line = self._words.text(), stamp(at), format_datetime(at)
        spool_id, entry_id = self._rows.number(spool), self._rows.number(entries)
        own_id = f"{spool_id:x}.{self._nonce}@{author.address.rpartition('@')[2]}"
        subject = ticket.subject if is_first else f"Re: {ticket.subject} [#{ticket.id}]"
        references = thread.ids[-LONGEST_REFERENCES:]
        raw = mail(
            author=str(author),
            to=to,
            subject=subject,
            date=date_line,
            own_id=own_id,
            references=references,
            words=words,
        )
        evidence = Level.DKIM if is_first else Level.TOKEN
        self._rows.add(
            spool,
            id=spool_id,
            received_at=stamped,
            door=Door.SMTP,
            peer="192.0.2.7",
            helo="mx.example",
            tls=True,
            reverse_path=author.address,
            forward_paths=f'["{to}"]',
            sha256=self._rows.blob(raw),
            attempts=1,
            released=False,
            disposition=Disposition.OPENED if is_first else Disposition.JOINED,
            finished_at=stamped,
            reason=None if is_first else "staff reply" if staff else "by token",
            ticket_id=ticket.id,
            evidence=evidence,
            evidence_reasons='["aligned DKIM"]',
            author=str(author),
            subject=subject,
            message_id=own_id,
            digest=content_digest(raw),
        )
        self._rows.add(
            entries,
            id=entry_id,
            ticket_id=ticket.id,
            kind=EntryKind.MESSAGE,
            at=stamped,
            author_name=author.name,
            author_address=author.address,
            contact_id=None if staff else writer.contact_id,
            staff_id=staff.id if staff else None,
            direction=Direction.OUT if staff else Direction.IN,
            text=words,
            message_id=own_id,
            spool_id=spool_id,
            evidence=evidence,
            automatic=False,
            event=Event.STAFF_REPLIED if staff else Event.CUSTOMER_WROTE,
            details=None,
            for_customers=None,
        )
        files = (self._file(entry_id),) if rng.random() < 0.08 else ()
        self._rows.document(
            Kind.TICKET,
            entry_id,
            at=at,
            stamped=stamped,
            texts=(ticket.subject, words),
            people=(author.name, author.address),
            customer_id=ticket.customer_id,
            ticket_id=ticket.id,
            has_file=bool(files),
        )
        self._remember(thread, own_id)
        turn = State.ANSWERED if staff else State.OPEN
        thread.since = waiting_since(turn, thread.turn, thread.since, now=at)
        thread.turn = turn
        if staff is None:
            self.wrote_at[writer.contact_id] = at
        one = _Mail(thread, staff, at, date_line, words, entry_id, files, is_first)
        for notice in self._called_for(one):
            self._mail_out(one, notice, stamped)

    def _called_for(self, one: _Mail) -> Iterator[Notice]:
        """The customer's mail is told to the staff, the first one acknowledged too; a staff member's goes to him."""
        thread, ticket = one.thread, one.thread.ticket
        reader = ticket.participants[0]
        references = tuple(thread.ids[-LONGEST_REFERENCES:])
        to_customer = self._sheet(one, Purpose.REPLY, thread.writer.contact_id, reader, references)
        if one.staff is not None:
            yield notices.reply(
                to_customer, ticket, words=one.words, writer=one.staff, entry_id=one.entry_id, files=one.files
            )
            return
        for colleague in self._staff:
            yield notices.notification(
                self._sheet(one, Purpose.STAFF, colleague.id, colleague, references),
                words=one.words,
                author=Author(thread.writer.name, thread.writer.address),
                context=(item(Fact.LINKED, ticket=ticket.id),),
                place=Place(Where.TICKET, one.at, UTC, staff=tuple(self._staff), writer=colleague),
                entry_id=one.entry_id,
                files=one.files,
            )
        if one.is_first:
            yield notices.acknowledgement(replace(to_customer, references=references[-1:]), ticket)

    def _sheet(
        self, one: _Mail, purpose: Purpose, person_id: int, reader: Participant | Staff, references: tuple[str, ...]
    ) -> Sheet:
        thread, ticket = one.thread, one.thread.ticket
        return Sheet(
            company=self._home.company,
            desk=thread.desk,
            name=reader.name,
            address=reader.address,
            own_address=self._reply_address(thread, purpose, one.at, ticket.id, person_id),
            number=ticket.id,
            subject=ticket.subject,
            customer_id=ticket.customer_id,
            references=references,
        )

    def _mail_out(self, one: _Mail, notice: Notice, stamped: str) -> None:
        """A mail of ours, sent."""
        ticket = one.thread.ticket
        row_id = self._rows.number(outbox)
        own_id = f"o.{row_id}.{self._nonce}@{self._home.domain}"  # made again the same, each time
        back = notice.reverse_path
        if back is None:
            token = AddressToken(Purpose.VERP, row_id, 0, (one.at + TOKEN_LIFETIME).date())
            back = f"{ServiceMailbox.BOUNCE.value}+{seal(token, self._key)}@{self._home.domain}"
        said = one.words if notice.entry_id else ACKNOWLEDGED
        subject = f"Re: {ticket.subject} [#{ticket.id}]"
        to = notice.to_address
        composed = mail(
            author=f"{notice.from_name} <{notice.from_address}>",
            to=to,
            subject=subject,
            date=one.date,
            own_id=own_id,
            references=notice.references,
            words=said,
        )
        self._rows.add(
            outbox,
            id=row_id,
            created_at=stamped,
            template=notice.template,
            notice=_as_stored(notice),
            to_address=to,
            to_key=to,
            reverse_path=back,
            message_id=own_id,
            customer_id=notice.customer_id,
            ticket_id=notice.ticket_id,
            entry_id=notice.entry_id,
            about_kind=Matter.TICKET,
            about_id=notice.ticket_id,
            state=OutState.SENT,
            attempts=1,
            last_reply="250 2.0.0 Ok",
            subject=subject,
            text=said,
            sha256=self._rows.blob(composed),
            sent_at=stamped,
        )
        if notice.template in SEARCHED:
            self._rows.document(
                Kind.MAIL,
                row_id,
                at=one.at,
                stamped=stamped,
                texts=(subject, said),
                people=(to,),
                customer_id=notice.customer_id,
                ticket_id=notice.ticket_id,
            )
        self._remember(one.thread, own_id)

    def _remember(self, thread: Thread, own_id: str) -> None:
        thread.ids.append(own_id)
        self._rows.add(message_ids, message_id=own_id, ticket_id=thread.ticket.id, referenced=False)

    def _file(self, entry_id: int) -> NewAttachment:
        """A small file with the mail that is being written."""
        content = f"{entry_id} {self._nonce}\n".encode() * 40
        file = NewAttachment("log.txt", "text/plain", len(content), self._rows.blob(content), False, None)
        self._rows.add(
            attachments,
            entry_id=entry_id,
            position=0,
            filename=file.filename,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            inline=file.inline,
            content_id=file.content_id,
        )
        return file

    def _reply_address(self, thread: Thread, purpose: Purpose, at: datetime, ticket_id: int, person_id: int) -> str:
        expires_on = (at + TOKEN_LIFETIME).date()
        known = thread.reply_addresses.get((purpose, person_id, expires_on))
        if known is None:
            token = AddressToken(purpose, ticket_id, person_id, expires_on)
            mailbox = thread.desk.mailbox
            known = f"{mailbox.local_part}+{seal(token, self._key)}@{mailbox.domain}"
            thread.reply_addresses[purpose, person_id, expires_on] = known
        return known


def _as_stored(notice: Notice) -> str:
    """The JSON of `dataclasses.asdict`, which would copy every value of the template."""
    values = {name: getattr(notice, name) for name in _FIELDS}
    values["attachments"] = [asdict(file) for file in notice.attachments]
    return json.dumps(values)
