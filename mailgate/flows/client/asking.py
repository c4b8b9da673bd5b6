"""A contact's mail with commands: who asks, what about, and how far he is believed."""

from dataclasses import dataclass

from mailgate.authority import Action, Verdict, decide
from mailgate.commands.place import Place, Where
from mailgate.desks import desk_named
from mailgate.flows.post.notify import reply_address
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.mail.address_token import Purpose, TokenFault
from mailgate.people import Contact, Registered, Role
from mailgate.tickets.notices import Letterhead, Thread
from mailgate.tickets.thread import Joined, NewTicket
from mailgate.tickets.ticket import Participant, Ticket
from store.desk import message_ids, tickets


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who commands something by mail."""

    act: Act
    incoming: Incoming
    sender: Registered
    contact: Contact
    ticket: Ticket | None  # that he may command: he takes part in it, or owns the account
    head: Letterhead
    thread: Thread

    @property
    def place(self) -> Place:
        """What his commands are understood by."""
        where = Where.TICKET if self.ticket else Where.NEW
        return Place(where, self.act.now, self.act.settings.gate.zone, roles=frozenset(self.contact.roles))

    @property
    def reader(self) -> Participant:
        """Whom the answer goes to, at the registered address."""
        return Participant(self.contact.name, self.contact.address, self.contact.id)

    def ticket_now(self) -> Ticket | None:
        """As it is now: an earlier command may have changed it."""
        return tickets.find(self.act.conn, self.ticket.id) if self.ticket else None

    def may(self, action: Action) -> Verdict:
        """What the matrix says."""
        verdict = decide(action, self.incoming.evidence, unscored=bool(self.incoming.spam.unscored_reason))
        # A person who let a mail in vouched for its words, not for what they command.
        return Verdict.TICKET_ONLY if verdict is Verdict.HOLD and self.incoming.lent.released else verdict


def asking(act: Act, incoming: Incoming, sender: Registered, placed: Joined | NewTicket) -> Asking:
    """Find out who asks, and about which ticket."""
    ticket, contact = _subject_matter(act, incoming, sender, placed)
    desk = desk_named(ticket.desk, act.settings.desks) if ticket else incoming.desk
    own_id = incoming.message.message_id
    ids = (own_id,) if own_id else ()
    thread = Thread(
        ticket=ticket,
        subject=ticket.subject if ticket else incoming.message.subject,
        reply_to=reply_address(act, Purpose.REPLY, desk)(ticket.id, contact.id) if ticket else None,
        in_reply_to=own_id,
        references=(*(message_ids.of_thread(act.conn, ticket.id, contact.address) if ticket else ()), *ids),
        customer_id=contact.customer_id,
    )
    return Asking(act, incoming, sender, contact, ticket, Letterhead(act.settings.gate.company, desk), thread)


def _subject_matter(
    act: Act, incoming: Incoming, sender: Registered, placed: Joined | NewTicket
) -> tuple[Ticket | None, Contact]:
    """The ticket that is commanded, and as whom: a participant's, or one that the author's own account has."""
    if isinstance(placed, Joined):
        return (placed.ticket, placed.contact) if placed.contact else (None, sender.contacts[0])
    # A reply address that was tampered with, or is too old, spoils every other road to the ticket, as for words.
    spoilt = isinstance(incoming.token(Purpose.REPLY), TokenFault)
    claimed = tickets.find(act.conn, placed.claimed) if placed.claimed and not spoilt else None
    for contact in sender.contacts:
        if claimed and claimed.customer_id == contact.customer_id and Role.OWNER in contact.roles:
            return claimed, contact
    return None, sender.contacts[0]
