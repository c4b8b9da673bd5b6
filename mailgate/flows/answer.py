"""A staff member's mail: words for a customer, a note, commands, or a new ticket for a customer.

Whatever is not understood goes back to the writer, and then nothing of the mail was done or sent on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailgate.authority import Action, Verdict, decide
from mailgate.flows.act import Act
from mailgate.flows.change import close
from mailgate.flows.customer import claims_of, file_of
from mailgate.flows.flood import flood_of_returned, went_back
from mailgate.flows.incoming import Incoming, desk_of, token_in
from mailgate.flows.notify import notify, reply_address
from mailgate.flows.parent import beside_parent, cut_from
from mailgate.flows.record import doer_of, record
from mailgate.flows.settled import Settled
from mailgate.mail.address_token import AddressToken, Purpose
from mailgate.mail.directives import MAX_DIRECTIVES, read_directives
from mailgate.mail.disposition import Disposition
from mailgate.mail.evidence import with_token
from mailgate.mail.notice import Notice, Template
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.context import leaked_line
from mailgate.tickets.desks import desk_named
from mailgate.tickets.thread import disagreement, without_tag
from mailgate.tickets.ticket import Direction, EntryKind, Event, NewAttachment, NewEntry, Participant, Ticket
from mailgate.tickets.verbs import Command, Misread, StaffVerb, read_commands
from store import outbox, people, tickets
from store.archive import in_row
from store.archive import record as record_blob


@dataclass(frozen=True, slots=True)
class _Mail:
    """A staff mail, read as far as the rules go."""

    incoming: Incoming
    writer: Staff
    ticket: Ticket | None  # that it answers
    words: str
    commands: tuple[Command, ...]
    misread: tuple[Misread, ...]

    def argument(self, verb: StaffVerb) -> str | None:
        """The argument of this command; None when it was not given."""
        return next((command.argument for command in self.commands if command.verb is verb), None)


def answer(act: Act, incoming: Incoming, writer: Staff) -> Settled:
    """Do what a staff mail asks for, or send it back, or hold it; a program's mail is recorded and nothing more."""
    ticket, incoming, doubt = _ticket_of(act, incoming, writer)
    number = ticket.id if ticket else None
    if incoming.automatic:
        return Settled.as_(Disposition.AUTOMATIC, incoming.automatic, ticket_id=number, evidence=incoming.evidence)
    if doubt and not incoming.lent.released:
        return _hold(act, incoming, writer, ticket, doubt)
    incoming = beside_parent(act, incoming, ticket)
    directives = read_directives(incoming.message)
    commands, misread = read_commands(directives.directives, on_ticket=ticket is not None)
    note = next((command.argument for command in commands if command.verb is StaffVerb.NOTE), "")
    below = directives.words if incoming.message.own_text else ""  # all quotes: none of it is his
    words = "\n".join(part for part in (note, below) if part)
    mail = _Mail(incoming, writer, ticket, words, commands, misread)
    for action in _actions(mail) if not incoming.lent.released else ():
        if decide(action, incoming.evidence, unscored=bool(incoming.spam.unscored_reason)) is not Verdict.DO:
            reason = f"not enough evidence to {action.value}: {'; '.join(incoming.evidence.reasons)}"
            return _hold(act, incoming, writer, ticket, reason)
    obstacle = _obstacle(act, mail, excess=directives.excess)
    if obstacle:
        return _send_back(act, mail, obstacle)
    return _work(act, mail, ticket) if ticket else _begin(act, mail)


def _hold(act: Act, incoming: Incoming, writer: Staff, ticket: Ticket | None, reason: str) -> Settled:
    """A person decides; whoever is named as its writer hears of it at once, at the address that is registered."""
    number = ticket.id if ticket else None
    since = act.now - timedelta(hours=1)
    lately = outbox.recent_to(act.conn, writer.address, (Template.RETURNED,), since=since)
    most = act.settings.budgets.acknowledgements_per_address_hour
    told: tuple[int, ...] = ()
    if lately < most and not went_back(act, incoming, writer, ticket):  # a forger or responder would go on for ever
        way_out = "Answer the mail that was sent to you, or have a colleague release it."
        returned = _returned(act, incoming, writer, ticket, reason=f"It is held: {reason}. {way_out}")
        told = notify(act, [returned], cause=incoming)
    return Settled.as_(Disposition.HELD, reason, ticket_id=number, evidence=incoming.evidence, outbox_ids=told)


def _ticket_of(act: Act, incoming: Incoming, writer: Staff) -> tuple[Ticket | None, Incoming, str | None]:
    """The ticket that the mail answers: by its token, else by its references; the evidence rises with the token.

    The third is why the two cannot both be right: then a person decides to whom the words go.
    """
    token = token_in(incoming, Purpose.STAFF, act.keys, today=act.today)
    claims, _ = claims_of(act, incoming, ())
    named = tickets.load(act.conn, (*claims.named, *((token.object_id,) if isinstance(token, AddressToken) else ())))
    claims = claims.following(named)
    if isinstance(token, AddressToken) and token.recipient_id == writer.id:
        incoming = replace(incoming, evidence=with_token(incoming.evidence))
        ticket = named.get(token.object_id)
        return ticket, incoming, disagreement(ticket.id if ticket else token.object_id, claims.referenced)
    number = claims.referenced[0] if claims.referenced else claims.tag
    return (named.get(number) if number else None), incoming, None


def _actions(mail: _Mail) -> tuple[Action, ...]:
    if mail.ticket is None:
        return (Action.STAFF_OPEN,)
    given = {command.verb for command in mail.commands}
    for_customer = bool(mail.words) and StaffVerb.NOTE not in given
    return (
        *((Action.STAFF_COMMAND,) if given or mail.misread else ()),
        *((Action.STAFF_REPLY,) if for_customer or not (given or mail.misread) else ()),
    )


def _obstacle(act: Act, mail: _Mail, *, excess: int) -> str | None:
    """Why the mail goes back to its writer, in one sentence; None when it can be carried out."""
    if excess:
        return f"There are more than {MAX_DIRECTIVES} commands in it."
    if mail.misread:
        return "A command in it was not understood."
    if mail.ticket is None:
        return _begin_obstacle(act, mail)
    is_silent = not mail.words and not mail.incoming.message.attachments
    if is_silent and (not mail.commands or mail.argument(StaffVerb.NOTE) is not None):
        return "There are no words of yours in it."
    if mail.argument(StaffVerb.NOTE) is None and mail.words:
        if not mail.ticket.participants:
            return "The ticket has no address that it could be sent to."
        sent = outbox.on_ticket(act.conn, mail.ticket.id, Template.NOTIFICATION)
        context = [str(line) for row in sent for line in _list(row.notice.values.get("context"))]
        if (line := leaked_line(mail.words, context)) is not None:
            return f'It still contains a line that is for staff alone: "{line}".'
    return None


def _begin_obstacle(act: Act, mail: _Mail) -> str | None:
    address = mail.argument(StaffVerb.CUSTOMER)
    if address is None:
        return "It answers no ticket; to write to a customer begin with a line such as: !customer ann@example.org"
    if not people.contacts_with(act.conn, address):
        return f"{address} is no registered customer's address."
    if not mail.words and not mail.incoming.message.attachments:
        return "There are no words of yours in it."
    return None


def _begin(act: Act, mail: _Mail) -> Settled:
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
    ticket = record(
        act, ticket, f"opened by {mail.writer.name} for {contact.name}", doer=doer_of(mail.incoming, mail.writer)
    )
    worked = _work(act, mail, ticket)
    return replace(worked, outcome=replace(worked.outcome, disposition=Disposition.OPENED))


def _work(act: Act, mail: _Mail, ticket: Ticket) -> Settled:
    """Note or reply, then close if that was asked for."""
    incoming = mail.incoming
    message = incoming.message
    is_note = mail.argument(StaffVerb.NOTE) is not None
    outbox_ids: tuple[int, ...] = ()
    referenced = (*message.references, *message.in_reply_to)
    tickets.remember_ids(act.conn, ticket.id, [message.message_id] if message.message_id else [], referenced)
    if mail.words or message.attachments:
        entry = NewEntry(
            kind=EntryKind.NOTE if is_note else EntryKind.MESSAGE,
            author_name=mail.writer.name,
            author_address=mail.writer.address,
            staff_id=mail.writer.id,
            direction=None if is_note else Direction.OUT,
            text=mail.words,
            message_id=message.message_id,
            spool_id=incoming.lent.spool_id,
            evidence=incoming.evidence.level,
            attachments=_files_of(act, incoming),
            cut_away=cut_from(message),
        )
        event = Event.STAFF_NOTED if is_note else Event.STAFF_REPLIED
        entry_id, ticket = tickets.append(act.conn, ticket, entry, event=event, now=act.at)
        if not is_note:
            outbox_ids += _send(act, mail, ticket, entry, entry_id)
    if mail.argument(StaffVerb.CLOSE) is not None:
        closed = close(act, ticket, doer_of(incoming, mail.writer), hold_until=_undo_until(act))
        ticket, outbox_ids = closed.ticket, (*outbox_ids, *closed.outbox_ids)
    spoke = bool(mail.words or message.attachments) and not is_note
    disposition = Disposition.JOINED if spoke else Disposition.COMMAND
    done = ", ".join(f"!{command.verb.value}" for command in mail.commands)
    return Settled.as_(
        disposition, done or "staff reply", ticket_id=ticket.id, evidence=incoming.evidence, outbox_ids=outbox_ids
    )


def _send(act: Act, mail: _Mail, ticket: Ticket, entry: NewEntry, entry_id: int) -> tuple[int, ...]:
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


def _send_back(act: Act, mail: _Mail, reason: str) -> Settled:
    """Nothing was done; the writer gets his words back with the reason, and can answer that mail."""
    if flood := flood_of_returned(act, mail.incoming, mail.writer, mail.ticket):
        disposition, why = flood
        return Settled.as_(
            disposition,
            f"{why}; not understood: {reason}",
            ticket_id=mail.ticket.id if mail.ticket else None,
            evidence=mail.incoming.evidence,
        )
    notice = _returned(act, mail.incoming, mail.writer, mail.ticket, reason=reason, misread=mail.misread)
    return Settled.as_(
        Disposition.COMMAND,
        f"returned to its writer: {reason}",
        ticket_id=mail.ticket.id if mail.ticket else None,
        evidence=mail.incoming.evidence,
        outbox_ids=notify(act, [notice], cause=mail.incoming),
    )


def _returned(
    act: Act,
    incoming: Incoming,
    writer: Staff,
    ticket: Ticket | None,
    *,
    reason: str,
    misread: Sequence[Misread] = (),
) -> Notice:
    desk = desk_named(ticket.desk, act.settings.desks) if ticket else desk_of(incoming, act.settings.desks)
    address = reply_address(act, Purpose.STAFF, desk)
    return notices.returned(
        notices.Letterhead(act.settings.gate.company, desk),
        writer,
        reason=reason,
        misread=misread,
        words=incoming.message.reply_text,
        subject=incoming.message.subject,
        ticket=ticket,
        in_reply_to=incoming.message.message_id,
        reply_to=address(ticket.id, writer.id) if ticket else None,
    )


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
