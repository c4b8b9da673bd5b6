"""A contact's mail with commands: who asks, what about, and how far he is believed."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from mailgate.authority import Action, Verdict, decide
from mailgate.commands.place import Place, Where
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.letters.letter import Sheet
from mailgate.mail.address_token import Purpose, TokenFault
from mailgate.people import Contact, Registered, Role, Tongue
from mailgate.tickets.thread import Joined, NewTicket
from mailgate.tickets.ticket import Ticket
from store import people
from store.desk import message_ids, tickets


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who commands something by mail."""

    act: Act
    incoming: Incoming
    sender: Registered
    contact: Contact
    ticket: Ticket | None  # that he may command: he takes part in it, or owns the account
    sheet: Sheet  # what his answer is written on

    tongue: Tongue  # how the writer's account is written to

    @property
    def place(self) -> Place:
        """What the commands are understood by: about a ticket, those of its account; else of any of the writer's."""
        where = Where.TICKET if self.ticket else Where.NEW
        roles = frozenset(role for one in self.contacts for role in one.roles)
        zone, language = ZoneInfo(self.tongue.timezone), self.tongue.language
        return Place(where, self.act.now, zone, roles=roles, language=language)

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """As whom the writer may ask: in a ticket as one of its account's, else as each that has the address."""
        return (self.contact,) if self.ticket else self.sender.contacts

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
    sheet = sheet_for(act, contact, ticket=ticket, answers=incoming)
    if ticket is not None:  # his mail may have begun anew: the answer stands in the ticket's thread all the same
        sheet = replace(
            sheet, references=(*message_ids.of_thread(act.conn, ticket.id, contact.address), *sheet.references)
        )
    return Asking(act, incoming, sender, contact, ticket, sheet, people.tongue_of(act.conn, contact.customer_id))


def _subject_matter(
    act: Act, incoming: Incoming, sender: Registered, placed: Joined | NewTicket
) -> tuple[Ticket | None, Contact]:
    """The ticket that is commanded, and as whom: a participant's, or one that the author's own account has."""
    if isinstance(placed, Joined):
        return (placed.ticket, placed.contact) if placed.contact else (None, sender.contacts[0])
    # A reply address that was tampered with, or is too old, spoils every other road to the ticket, as for words.
    token = incoming.token(Purpose.REPLY)
    spoilt = isinstance(token, TokenFault) and token is not TokenFault.WRONG_PURPOSE
    claimed = tickets.find(act.conn, placed.claimed) if placed.claimed and not spoilt else None
    for contact in sender.contacts:
        if claimed and claimed.customer_id == contact.customer_id and Role.OWNER in contact.roles:
            return claimed, contact
    return None, sender.contacts[0]
