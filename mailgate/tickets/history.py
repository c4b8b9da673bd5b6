"""What old mails say of where they belong: their threads, whatever their order, and whose they are."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mailgate.errors import BadAddress
from mailgate.mail.address import address_key, parse_mailbox
from mailgate.mail.message import Author, Message
from mailgate.people import Contact
from mailgate.tickets.ticket import Direction, EntryKind

_OLDEST = datetime(1980, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
"""A clock may be wrong by so much; a date further ahead is nonsense."""


@dataclass(frozen=True, slots=True)
class Ours:
    """Which addresses are on our side, now or in the older system."""

    staff: frozenset[str]  # address keys, also of people who have left
    former: frozenset[str]  # address keys, and whole domains as `@old.example`
    is_gates: Callable[[str], bool]

    def has(self, address: str) -> bool:
        """Mail from there is our answer."""
        key = address_key(address)
        return (
            key in self.staff
            or key in self.former
            or f"@{key.rpartition('@')[2]}" in self.former
            or self.is_gates(address)
        )


Book = Mapping[str, Sequence[Contact]]
"""The registered contacts by the keys of their addresses."""


def threads(mails: Iterable[Sequence[str]]) -> list[int]:
    """For each mail, given as all ids that it has and names, the number of its thread.

    Two mails are of one thread when a chain of such ids leads from one to the other, in whatever order they come. Ids
    are kept as 64 bits of a digest: a million of them need some hundred megabytes less so, and none meets another.
    """
    parents: list[int] = []
    first_with: dict[int, int] = {}
    for number, ids in enumerate(mails):
        parents.append(number)
        for one in ids:
            key = int.from_bytes(hashlib.blake2b(one.encode("utf-8", "replace"), digest_size=8).digest(), "big")
            other = _root(parents, first_with.setdefault(key, number))
            own = _root(parents, number)
            parents[max(own, other)] = min(own, other)
    return [_root(parents, number) for number in range(len(parents))]


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def written_at(message: Message, otherwise: datetime | None, *, now: datetime) -> datetime:
    """When an old mail was written; where its date is missing or nonsense, when it was put into its mailbox."""
    for at in (message.date, otherwise):
        if at is not None and _OLDEST <= at <= now + _AHEAD:
            return at.astimezone(UTC)
    return now


def people_in(message: Message) -> tuple[Author, ...]:
    """Author and readers of a mail, without repetition; what is no address is left out."""
    named = (*((message.author,) if message.author else ()), *message.to, *message.cc)
    return tuple({address_key(one.address): one for one in named if _is_address(one.address)}.values())


def customer_of(people: Iterable[Author], book: Book, ours: Ours) -> int | None:
    """The customer of the first registered contact; of one who speaks for several, the one active last.

    Addresses of ours do not count: staff may be customers too.
    """
    for one in people:
        contacts = () if ours.has(one.address) else book.get(address_key(one.address), ())
        if contacts:
            return max(contacts, key=lambda contact: (contact.active_at, contact.id)).customer_id
    return None


def contact_in(people: Iterable[Author], customer_id: int | None, book: Book) -> Contact | None:
    """The first of these people who is a contact of this customer."""
    found = (contact for one in people for contact in book.get(address_key(one.address), ()))
    return next((contact for contact in found if contact.customer_id == customer_id), None)


def role_of(message: Message, is_readers: bool, ours: Ours) -> tuple[EntryKind, Direction | None]:
    """What a mail is in its ticket. `is_readers`: whose ticket it is was its author or among its readers.

    What was written behind the customer's back, such as a question to a colleague, is a note: staff alone see it.
    """
    if not is_readers:
        return EntryKind.NOTE, None
    from_us = message.author is not None and ours.has(message.author.address)
    return EntryKind.MESSAGE, Direction.OUT if from_us else Direction.IN


def _is_address(text: str) -> bool:
    try:
        parse_mailbox(text)
    except BadAddress:
        return False
    return True
