"""What a staff mail says: the ticket that it answers, its commands, and the words that are left."""

from dataclasses import dataclass, replace

from mailgate.commands import grammar
from mailgate.commands.directives import read_directives
from mailgate.commands.misread import Misread, because
from mailgate.commands.place import Where
from mailgate.commands.verb import Command, Verb
from mailgate.flows.staff.answer.saved import saved_reply
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.place import place_of
from mailgate.flows.story.record import doer_of
from mailgate.flows.ticket.customer import claims_of
from mailgate.mail.address_token import AddressToken, Purpose
from mailgate.people import Staff
from mailgate.tickets.saved_reply import NoSavedReply
from mailgate.tickets.thread import disagreement
from mailgate.tickets.ticket import Doer, Ticket
from mailgate.tickets.verbs import staff
from store.desk import tickets


@dataclass(frozen=True, slots=True)
class StaffMail:
    """A staff mail, read as far as the rules go."""

    incoming: Incoming
    writer: Staff
    ticket: Ticket | None  # that it answers
    words: str
    commands: tuple[Command, ...] = ()
    misread: tuple[Misread, ...] = ()
    corrected: tuple[str, ...] = ()  # all its lines as they were most likely meant, where that is plain

    def command(self, verb: Verb) -> Command | None:
        """This command; None when it was not given."""
        return next((command for command in self.commands if command.verb is verb), None)

    @property
    def alone(self) -> Command | None:
        """The command of a mail that can have only one."""
        return next((command for command in self.commands if command.verb.alone), None)

    @property
    def has_content(self) -> bool:
        """It brings words or files for somebody to read."""
        return bool(self.words or self.incoming.message.attachments)

    @property
    def is_note(self) -> bool:
        """What it brings is for staff alone."""
        return self.command(staff.NOTE) is not None

    @property
    def is_reply(self) -> bool:
        """It brings something for the customer."""
        return self.has_content and not self.is_note and self.alone is None

    @property
    def doer(self) -> Doer:
        """The writer, for the audit trail."""
        return doer_of(self.incoming, self.writer)


def ticket_of(act: Act, incoming: Incoming, writer: Staff) -> tuple[Ticket | None, str | None]:
    """The ticket that the mail answers: by its token, else by its references.

    The other is why the two cannot both be right: then a person decides to whom the words go.
    """
    token = incoming.token(Purpose.STAFF)
    claims = claims_of(act, incoming)
    numbers = (*claims.named, *((token.object_id,) if isinstance(token, AddressToken) else ()))
    named = tickets.locked(act.conn, numbers)
    claims = claims.following(named)
    if isinstance(token, AddressToken) and token.recipient_id == writer.id:
        ticket = named.get(token.object_id)
        return ticket, disagreement(ticket.id if ticket else token.object_id, claims.referenced)
    number = claims.referenced[0] if claims.referenced else claims.tag
    return (named.get(number) if number else None), None


def read(act: Act, incoming: Incoming, writer: Staff, ticket: Ticket | None) -> StaffMail:
    """Sort the mail into commands and words."""
    place = place_of(act, writer, Where.TICKET if ticket else Where.NEW)
    reading = grammar.read(read_directives(incoming.message), staff.STAFF, place)
    note = next((command.argument.words for command in reading.commands if command.verb is staff.NOTE), "")
    below = reading.words if incoming.message.own_text else ""  # all quotes: none of it is his
    words = "\n".join(part for part in (note, below) if part)
    mail = StaffMail(incoming, writer, ticket, words, reading.commands, reading.misread, reading.corrected)
    reply = mail.command(staff.REPLY)
    if reply is None or ticket is None:
        return mail
    try:
        saved = saved_reply(act, writer, ticket, reply.argument.words)
    except NoSavedReply as error:
        return replace(mail, misread=(*mail.misread, because(reply.line, str(error))))
    return replace(mail, words="\n\n".join(part for part in (saved, words) if part))
