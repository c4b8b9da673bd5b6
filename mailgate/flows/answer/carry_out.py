"""A staff mail that can be carried out: what it writes on the ticket, and to whom."""

from dataclasses import replace
from datetime import datetime, timedelta

from mailgate.flows.act import Act
from mailgate.flows.answer.read import StaffMail
from mailgate.flows.change import close
from mailgate.flows.customer import file_of
from mailgate.flows.incoming import Incoming, desk_of
from mailgate.flows.notify import notify, reply_address
from mailgate.flows.parent import cut_from
from mailgate.flows.record import doer_of, record
from mailgate.flows.settled import Settled
from mailgate.mail.address_token import Purpose
from mailgate.mail.disposition import Disposition
from mailgate.tickets import notices
from mailgate.tickets.desks import desk_named
from mailgate.tickets.thread import without_tag
from mailgate.tickets.ticket import Direction, EntryKind, Event, NewAttachment, NewEntry, Participant, Ticket
from mailgate.tickets.verbs import StaffVerb
from store import people, tickets
from store.archive import in_row
from store.archive import record as record_blob


def begin(act: Act, mail: StaffMail) -> Settled:
    """`!customer`: a new ticket that begins with the staff member's words."""
    address = mail.argument(StaffVerb.CUSTOMER)
    assert address is not None
    contact = max(people.contacts_with(act.conn, address), key=lambda contact: (contact.active_at, contact.id))
    ticket = tickets.open_ticket(
        act.conn,
        desk=desk_of(mail.incoming, act.settings.desks).name,
        customer_id=contact.customer_id,
        subject=without_tag(mail.incoming.message.subject),
        participant=Participant(contact.name, contact.address, contact.id),
        linked_to=None,
        now=act.at,
    )
    doer = doer_of(mail.incoming, mail.writer)
    ticket = record(act, ticket, f"opened by {mail.writer.name} for {contact.name}", doer=doer)
    worked = work(act, mail, ticket)
    return replace(worked, outcome=replace(worked.outcome, disposition=Disposition.OPENED))


def work(act: Act, mail: StaffMail, ticket: Ticket) -> Settled:
    """Note or reply, then close if that was asked for."""
    message = mail.incoming.message
    is_note = mail.argument(StaffVerb.NOTE) is not None
    outbox_ids: tuple[int, ...] = ()
    referenced = (*message.references, *message.in_reply_to)
    tickets.remember_ids(act.conn, ticket.id, [message.message_id] if message.message_id else [], referenced)
    if mail.has_content:
        ticket, told = _write(act, mail, ticket, is_note=is_note)
        outbox_ids += told
    if mail.argument(StaffVerb.CLOSE) is not None:
        closed = close(act, ticket, doer_of(mail.incoming, mail.writer), hold_until=_undo_until(act))
        ticket, outbox_ids = closed.ticket, (*outbox_ids, *closed.outbox_ids)
    disposition = Disposition.JOINED if mail.has_content and not is_note else Disposition.COMMAND
    done = ", ".join(f"!{command.verb.value}" for command in mail.commands)
    return Settled.as_(
        disposition,
        done or "staff reply",
        ticket_id=ticket.id,
        evidence=mail.incoming.evidence,
        outbox_ids=outbox_ids,
    )


def _write(act: Act, mail: StaffMail, ticket: Ticket, *, is_note: bool) -> tuple[Ticket, tuple[int, ...]]:
    """The words and files become an entry; unless it is a note they go to the participants."""
    entry = NewEntry(
        kind=EntryKind.NOTE if is_note else EntryKind.MESSAGE,
        author_name=mail.writer.name,
        author_address=mail.writer.address,
        staff_id=mail.writer.id,
        direction=None if is_note else Direction.OUT,
        text=mail.words,
        message_id=mail.incoming.message.message_id,
        spool_id=mail.incoming.lent.spool_id,
        evidence=mail.incoming.evidence.level,
        attachments=_files_of(act, mail.incoming),
        cut_away=cut_from(mail.incoming.message),
    )
    event = Event.STAFF_NOTED if is_note else Event.STAFF_REPLIED
    entry_id, ticket = tickets.append(act.conn, ticket, entry, event=event, now=act.at)
    return ticket, () if is_note else _send(act, mail, ticket, entry, entry_id)


def _send(act: Act, mail: StaffMail, ticket: Ticket, entry: NewEntry, entry_id: int) -> tuple[int, ...]:
    desk = desk_named(ticket.desk, act.settings.desks)
    head = notices.Letterhead(act.settings.gate.company, desk)
    replies = [
        notices.reply(
            head,
            ticket,
            reader,
            reply_address(act, Purpose.REPLY, desk),
            words=mail.words,
            writer=mail.writer,
            entry_id=entry_id,
            references=tickets.thread_ids(act.conn, ticket.id, reader.address),
            files=entry.attachments,
        )
        for reader in ticket.participants
    ]
    return notify(act, replies, cause=mail.incoming, hold_until=_undo_until(act))


def _files_of(act: Act, incoming: Incoming) -> tuple[NewAttachment, ...]:
    """Every attachment: what customers may not send, staff may."""
    blobs = dict(zip(incoming.choice.taken, incoming.files, strict=True))
    files: list[NewAttachment] = []
    for place, file in enumerate(incoming.message.attachments):
        blob = blobs.get(place)
        if blob is None:
            blob = in_row(file.content)
            record_blob(act.conn, blob)
        files.append(file_of(file, blob))
    return tuple(files)


def _undo_until(act: Act) -> datetime | None:
    seconds = act.settings.desk_rules.undo_seconds
    return act.now + timedelta(seconds=seconds) if seconds else None
