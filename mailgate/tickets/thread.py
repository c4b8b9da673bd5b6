"""Which ticket a customer's message belongs to: by token, references, then tag, each behind one gate."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from mailgate.mail.address import address_key
from mailgate.mail.address_token import AddressToken, TokenFault
from mailgate.people import Contact
from mailgate.tickets.ticket import Ticket

_TAG = re.compile(r"\[#(\d{1,12})\]")


class ThreadedBy(StrEnum):
    """What named the ticket."""

    TOKEN = "token"
    REFERENCES = "references"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a message says about where it belongs. None of it is proof: every reader of a mail of ours can repeat it."""

    token: AddressToken | TokenFault | None
    referenced: tuple[int, ...]  # ticket ids: In-Reply-To first, then References from the right
    tag: int | None

    @property
    def named(self) -> frozenset[int]:
        """The numbers of all tickets that are named in whatever way."""
        by_token = {self.token.object_id} if isinstance(self.token, AddressToken) else set()
        by_tag = {self.tag} if self.tag is not None else set()
        return frozenset({*self.referenced, *by_token, *by_tag})

    def following(self, tickets: Mapping[int, Ticket]) -> "Claims":
        """The same, with each number that means another ticket now, by a merge, replaced by that ticket's own."""

        def end(number: int) -> int:
            return tickets[number].id if number in tickets else number

        token = self.token
        return Claims(
            token=replace(token, object_id=end(token.object_id)) if isinstance(token, AddressToken) else token,
            referenced=tuple(dict.fromkeys(end(number) for number in self.referenced)),
            tag=end(self.tag) if self.tag is not None else None,
        )


@dataclass(frozen=True, slots=True)
class Joined:
    """The message joins this ticket; `contact` is whom its author speaks for, None for a stranger's own ticket."""

    ticket: Ticket
    contact: Contact | None
    by: ThreadedBy


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The message names different tickets in ways that should agree: a person must decide."""

    reason: str
    ticket_id: int


@dataclass(frozen=True, slots=True)
class NewTicket:
    """The message belongs to no ticket that it may join; `claimed` is the one it named, `cause` says why not that.

    The cause is how a ticket was named that its author takes no part in, or what is wrong with the reply address, or
    that what it names does not agree.
    """

    claimed: int | None = None
    cause: ThreadedBy | TokenFault | Contradiction | None = None

    @property
    def why(self) -> str | None:
        """The cause in words for staff."""
        match self.cause:
            case ThreadedBy():
                return f"its author takes no part in #{self.claimed}, which it names by {self.cause.value}"
            case TokenFault():
                return f"its reply address is not valid ({self.cause.value})"
            case Contradiction():
                return self.cause.reason
        return None


def tag_in(subject: str) -> int | None:
    """The ticket number in the subject's `[#n]`; None unless there is exactly one number."""
    numbers = set(_TAG.findall(subject))
    return int(numbers.pop()) if len(numbers) == 1 else None


def without_tag(subject: str) -> str:
    """The subject as a new ticket keeps it: another ticket's tag would thread its replies there."""
    return " ".join(_TAG.sub("", subject).split()) or "(no subject)"


def disagreement(ticket_id: int, referenced: Sequence[int]) -> str | None:
    """Why the ticket of a token and those of the references cannot both be meant; None when they agree."""
    if not referenced or ticket_id in referenced:
        return None
    named = ", ".join(f"#{other}" for other in referenced)
    return f"its address says ticket #{ticket_id}, its references say {named}"


def place(
    claims: Claims, address: str, contacts: Sequence[Contact], tickets: Mapping[int, Ticket]
) -> Joined | NewTicket | Contradiction:
    """Decide where the message of a person outside the staff belongs.

    `contacts` are all that share the author's `address`, the one active last first; `tickets` are those that the
    claims name and that exist, by the number that was named: of a merged one it is the ticket that it went into. The
    gate is the same for every claim: only a participant joins, and whoever was one until he asked for no more mails.
    """
    claims = claims.following(tickets)
    tickets = {ticket.id: ticket for ticket in tickets.values()}
    token = claims.token if isinstance(claims.token, AddressToken) else None
    referenced = tuple(ticket_id for ticket_id in claims.referenced if ticket_id in tickets)
    if token and token.object_id in tickets:
        reason = disagreement(token.object_id, referenced)
        if reason:
            return Contradiction(reason, token.object_id)
        return _gate(tickets[token.object_id], address, contacts, ThreadedBy.TOKEN)
    named_by_tag = claims.tag if claims.tag is not None and claims.tag in tickets else None
    # A program that answers our return address has a good token of ours that says nothing of a ticket.
    if isinstance(claims.token, TokenFault) and claims.token is not TokenFault.WRONG_PURPOSE:
        # Somebody tampered with the address, or the thread is older than its tokens: no other road joins either.
        claimed = referenced[0] if referenced else named_by_tag
        return NewTicket(claimed, claims.token)
    for ticket_id in referenced:
        placed = _gate(tickets[ticket_id], address, contacts, ThreadedBy.REFERENCES)
        if isinstance(placed, Joined):
            return placed
    if referenced:
        return _gate(tickets[referenced[0]], address, contacts, ThreadedBy.REFERENCES)
    if named_by_tag is not None:
        return _gate(tickets[named_by_tag], address, contacts, ThreadedBy.TAG)
    return NewTicket(cause=claims.token if isinstance(claims.token, TokenFault) else None)


def _gate(ticket: Ticket, address: str, contacts: Sequence[Contact], by: ThreadedBy) -> Joined | NewTicket:
    taking_part = {*(participant.contact_id for participant in ticket.participants), *ticket.left_by}
    for contact in contacts:
        if contact.id in taking_part:
            return Joined(ticket, contact, by)
    strangers = {address_key(someone.address) for someone in ticket.participants if someone.contact_id is None}
    if address_key(address) in strangers:
        return Joined(ticket, None, by)
    return NewTicket(ticket.id, by)
