"""The words of a customer or a stranger go into a ticket: a new one, or one that they take part in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from mailgate.authority import Action, Verdict, decide
from mailgate.errors import BadAddress
from mailgate.flows.story.act import Act
from mailgate.flows.story.call_hooks import tell_of_ticket
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.parent import cut_from
from mailgate.flows.story.record import doer_of, record
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.about_invoice import asked_about, bind, open_ticket_about
from mailgate.flows.ticket.acknowledge import acknowledge
from mailgate.flows.ticket.flood import programs_within_hour
from mailgate.flows.ticket.propose import in_copy, proposable, propose
from mailgate.flows.ticket.readers import join_copied
from mailgate.flows.ticket.tell_staff import tell_staff
from mailgate.flows.ticket.words import files_of, words_of
from mailgate.hooks import HookEvent
from mailgate.letters.kind import Template
from mailgate.mail.address import parse_mailbox
from mailgate.mail.address_token import AddressToken, Purpose
from mailgate.mail.disposition import Disposition
from mailgate.mail.message import Author
from mailgate.mail.thread_index import root_in
from mailgate.people import Contact, Registered, Role, Stranger
from mailgate.tickets.context import Fact
from mailgate.tickets.events import line_of, why_not_joined
from mailgate.tickets.files import MAX_NAMED
from mailgate.tickets.flood import Crowd, crowd, event_of
from mailgate.tickets.result import Item, item
from mailgate.tickets.thread import Claims, Joined, NewTicket, tag_in, without_tag
from mailgate.tickets.ticket import (
    Direction,
    EntryKind,
    Event,
    NewEntry,
    Participant,
    State,
    Ticket,
)
from store import people
from store.desk import message_ids, tickets

TOUCH_AFTER = timedelta(minutes=1)
"""Which of several accounts was active last is a matter of days; one row written less for each of many mails."""


def claims_of(act: Act, incoming: Incoming, contacts: Sequence[Contact] = ()) -> Claims:
    """Which tickets the message names; `contacts` are all that its author may be."""
    message = incoming.message
    ids = (*message.in_reply_to, *reversed(message.references))
    referenced = message_ids.referenced_by(act.conn, ids)
    token = incoming.token(Purpose.REPLY)
    asked = asked_about(incoming, contacts)
    if asked and not isinstance(token, AddressToken):
        number = None if referenced else open_ticket_about(act, asked[0])
        token = None if number is None else replace(asked[0], purpose=Purpose.REPLY, object_id=number)
    return Claims(token, referenced, tag_in(message.subject))


def open_ticket(act: Act, incoming: Incoming, sender: Registered | Stranger, placed: NewTicket) -> Settled:
    """A new ticket, acknowledged once to a person, and told to the staff."""
    contact = sender.contacts[0] if isinstance(sender, Registered) else None
    participant = _participant(contact, incoming.author)
    marks = []
    if isinstance(sender, Registered) and sender.is_ambiguous and contact:
        marks.append(item(Fact.SEVERAL_CUSTOMERS, address=contact.address, customer=contact.customer_id))
    entry, event = _entry(incoming, contact), event_of(incoming.automatic)
    if placed.claimed:
        marks.insert(0, item(Fact.CLAIMED, ticket=placed.claimed, why=placed.why))
        ticket = _link(act, incoming, contact, placed)
        entry_id, ticket = tickets.append(act.conn, ticket, entry, event=event, now=act.at)
    else:
        entry_id, ticket = _begin(act, incoming, contact, first=entry, event=event)
    bind(act, incoming, ticket, contact)
    ticket = _join_copied(act, incoming, ticket, contact)
    _tell(act, incoming, ticket, entry, entry_id, contact=contact, marks=marks)
    proposed = proposable(act, incoming, ticket)
    is_owner = contact is not None and Role.OWNER in contact.roles
    if proposed and not is_owner:
        propose(act, incoming, ticket, proposed)
    if participant:
        acknowledge(act, incoming, ticket, participant, proposed=proposed if is_owner else ())
    disposition = Disposition.AUTOMATIC if incoming.automatic else Disposition.OPENED
    return Settled(
        disposition,
        incoming.automatic or placed.why,
        ticket_id=ticket.id,
        evidence=incoming.evidence,
    )


def _begin(
    act: Act,
    incoming: Incoming,
    contact: Contact | None,
    *,
    first: NewEntry,
    event: Event | None,
    linked_to: int | None = None,
) -> tuple[int, Ticket]:
    entry_id, ticket = tickets.open_ticket(
        act.conn,
        first,
        event=event,
        desk=incoming.desk.name,
        customer_id=contact.customer_id if contact else None,
        subject=without_tag(incoming.message.subject),
        participant=_participant(contact, incoming.author),
        linked_to=linked_to,
        thread_index=root_in(incoming.message.header("Thread-Index")),
        now=act.at,
    )
    tell_of_ticket(act.conn, act.settings, ticket, HookEvent.TICKET_OPENED, now=act.now)
    return entry_id, ticket


def _link(act: Act, incoming: Incoming, contact: Contact | None, placed: NewTicket) -> Ticket:
    """A ticket that begins with the name of the one that the mail claims, where that is noted, too."""
    assert placed.claimed is not None
    claimed = tickets.get(act.conn, placed.claimed)
    doer, why = doer_of(incoming, contact), why_not_joined(placed)
    line = line_of(Event.LINKED, doer, other=placed.claimed, why=why)
    _, ticket = _begin(act, incoming, contact, first=line, event=Event.LINKED, linked_to=placed.claimed)
    record(act, claimed, Event.NAMED, doer=doer, other=ticket.id, address=incoming.author.address, why=why)
    return ticket


def _participant(contact: Contact | None, author: Author) -> Participant | None:
    """Who gets the answers; nobody, when a mail that a person let in names no usable address."""
    if contact:
        return Participant(contact.name, contact.address, contact.id)
    try:
        parse_mailbox(author.address)
    except BadAddress:
        return None
    return Participant(author.name, author.address, None)


def append(act: Act, incoming: Incoming, joined: Joined) -> Settled:
    """The message joins its ticket. A person's words make it staff's turn again; a program's change nothing."""
    ticket = joined.ticket
    if ticket.state is State.CLOSED and not incoming.automatic:
        ticket = record(act, ticket, Event.REOPENED, doer=doer_of(incoming, joined.contact), cause="reply")
    budget = act.settings.budgets.machine_mails_per_ticket_hour
    crowded = crowd(programs_within_hour(act, incoming, ticket), budget)
    reason = incoming.automatic or f"by {joined.by.value}"
    marks = [item(Fact.FLOOD, most=budget)] if crowded is Crowd.LAST else []
    if crowded is Crowd.BEYOND:
        reason = f"{reason}; staff are not told: flood, {budget} mails of programs to this ticket within an hour"
    bind(act, incoming, ticket, joined.contact)
    entry = _entry(incoming, joined.contact)
    entry_id, ticket = tickets.append(act.conn, ticket, entry, event=event_of(incoming.automatic), now=act.at)
    ticket = _join_copied(act, incoming, ticket, joined.contact)
    _tell(act, incoming, ticket, entry, entry_id, contact=joined.contact, marks=marks, quiet=crowded is Crowd.BEYOND)
    propose(act, incoming, ticket, proposable(act, incoming, ticket))
    reader = _participant(joined.contact, incoming.author)
    if (incoming.choice.left_out or incoming.had_card_number) and reader:
        acknowledge(act, incoming, ticket, reader, template=Template.LEFT_OUT)
    return Settled(
        Disposition.AUTOMATIC if incoming.automatic else Disposition.JOINED,
        reason,
        ticket_id=ticket.id,
        evidence=incoming.evidence,
    )


def _join_copied(act: Act, incoming: Incoming, ticket: Ticket, contact: Contact | None) -> Ticket:
    """Whom a contact of the account has in copy, and who is one, too, takes part, if it is proved who wrote it.

    Who is in copy of a mail that nobody verified is proposed to the owner, as strangers are.
    """
    is_his = contact is not None and contact.customer_id == ticket.customer_id
    if not is_his or incoming.automatic or decide(Action.SHARE, incoming.evidence) is not Verdict.DO:
        return ticket
    return join_copied(act, ticket, in_copy(act, incoming, ticket), doer_of(incoming, contact))


def _entry(incoming: Incoming, contact: Contact | None) -> NewEntry:
    """The message as the ticket keeps it."""
    message = incoming.message
    return NewEntry(
        kind=EntryKind.MESSAGE,
        author_name=incoming.author.name or incoming.author.address,
        author_address=incoming.author.address,
        contact_id=contact.id if contact else None,
        direction=Direction.IN,
        text=words_of(message),
        message_id=message.message_id,
        spool_id=incoming.lent.spool_id,
        evidence=incoming.evidence.level,
        automatic=incoming.automatic is not None,
        attachments=files_of(incoming),
        left_out=incoming.choice.left_out,
        cut_away=cut_from(message),
    )


def _tell(
    act: Act,
    incoming: Incoming,
    ticket: Ticket,
    entry: NewEntry,
    entry_id: int,
    *,
    contact: Contact | None,
    marks: list[Item],
    quiet: bool = False,
) -> None:
    """What follows from a message in its ticket: mails that name it are known, and staff are told unless `quiet`."""
    message = incoming.message
    message_ids.remember(act.conn, ticket.id, referenced=(*message.references, *message.in_reply_to))
    if contact and not timedelta(0) <= act.at - contact.active_at < TOUCH_AFTER:
        people.touch(act.conn, contact.id, now=act.at)
    if quiet:
        return
    if incoming.spam.unscored_reason:
        marks = [*marks, item(Fact.UNSCORED, why=incoming.spam.unscored_reason)]
    if copied := in_copy(act, incoming, ticket):
        marks = [*marks, item(Fact.IN_COPY, people=", ".join(copied))]
    disguised = incoming.choice.suspects[:MAX_NAMED]
    marks = [*marks, *(item(Fact.DISGUISED, name=file.name, why=file.reason) for file in disguised)]
    tell_staff(
        act,
        incoming,
        ticket,
        words=entry.text,
        entry_id=entry_id,
        marks=marks,
        is_first=ticket.messages == 1,
        files=entry.attachments,
        left_out=entry.left_out,
        quoted_lines=message.cut.quoted,
    )
