"""Survey: what stands in the mailboxes of an older system, and which mails are of one thread, before any is taken."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from mailgate.config import Settings
from mailgate.desks import is_ours
from mailgate.inbound.mailbox_files import Kind, Place, places, read
from mailgate.mail.address import address_key
from mailgate.mail.digest import content_digest
from mailgate.mail.message import Author
from mailgate.mail.parse import parse
from mailgate.people import Contact
from mailgate.tickets.history import Book, Ours, customer_of, people_in, threads, written_at
from store import people

Progress = Callable[[str, int, int | None], None]
"""What is done, how many, of how many: None while that is not known."""

_HEADER_END = (b"\r\n\r\n", b"\n\n")


@dataclass(frozen=True, slots=True)
class OldMail:
    """One mail where it stands, and what orders it among the others."""

    place: Place
    digest: str
    at: datetime
    ids: tuple[str, ...]  # its own first, then those that it names


@dataclass(frozen=True, slots=True)
class OldThread:
    """The mails of one matter, oldest first, and whose it is."""

    mails: tuple[OldMail, ...]
    customer_id: int | None
    stranger: Author | None  # whose it is when no registered contact takes part; None: all of it is ours
    subject: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A mail that is left where it is."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that was found."""

    threads: tuple[OldThread, ...]  # in the order in which they began
    mails: int  # the broken ones included
    copies: int  # of mails that were found before
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """Who is who."""

    book: Book
    ours: Ours

    @classmethod
    def load(cls, conn: Connection, settings: Settings, former: Iterable[str]) -> "Registry":
        """`former`: addresses of the older system, or its domains as `@old.example`."""
        book: defaultdict[str, list[Contact]] = defaultdict(list)
        for contact in people.list_contacts(conn):
            book[address_key(contact.address)].append(contact)
        ours = Ours(
            people.staff_addresses_ever(conn),
            frozenset(address_key(one) for one in former),
            lambda address: is_ours(address, settings.desks, settings.gate.domain),
        )
        return cls(book, ours)


@dataclass(frozen=True, slots=True)
class _Seen:
    mail: OldMail
    customer_id: int | None
    stranger: Author | None
    subject: str


def survey(
    kind: Kind, paths: Sequence[Path], registry: Registry, *, max_bytes: int, now: datetime, progress: Progress
) -> Survey:
    """Read every mail once; only some 1,500 bytes of each stay in memory. Raises NoMailbox and OSError.

    A mail that cannot be read, is empty, has no author or more than `max_bytes` is broken, and stops nothing.
    """
    seen: list[_Seen] = []
    broken: list[Broken] = []
    digests: set[str] = set()
    copies = number = 0
    for place in (place for path in paths for place in places(kind, path)):
        number += 1
        progress("read", number, None)
        try:
            one = _look(place, registry, max_bytes=max_bytes, now=now)
        except OSError as error:
            one = str(error)
        if isinstance(one, str):
            broken.append(Broken(str(place), one))
        elif one.mail.digest in digests:
            copies += 1
        else:
            digests.add(one.mail.digest)
            seen.append(one)
    return Survey(_threads(seen), number, copies, tuple(broken))


def _look(place: Place, registry: Registry, *, max_bytes: int, now: datetime) -> _Seen | str:
    if place.length is not None and place.length > max_bytes:
        return f"larger than {max_bytes} bytes"
    raw = read(place)
    if len(raw) > max_bytes:
        return f"larger than {max_bytes} bytes"
    header = parse(_header(raw))
    if header.author is None:
        return "it is empty, or has no From field with an address"
    named = people_in(header)
    stranger = next((one for one in named if not registry.ours.has(one.address)), None)
    own = (header.message_id,) if header.message_id else ()
    ids = tuple(dict.fromkeys((*own, *header.in_reply_to, *header.references)))
    mail = OldMail(place, content_digest(raw), written_at(header, place.posted_at, now=now), ids)
    return _Seen(mail, customer_of(named, registry.book, registry.ours), stranger, header.subject)


def _header(raw: bytes) -> bytes:
    ends = [end + len(mark) for mark in _HEADER_END if (end := raw.find(mark)) >= 0]
    return raw[: min(ends)] if ends else raw


def _threads(seen: Sequence[_Seen]) -> tuple[OldThread, ...]:
    roots = threads([one.mail.ids for one in seen])
    members: defaultdict[int, list[_Seen]] = defaultdict(list)
    for one, root in zip(seen, roots, strict=True):
        members[root].append(one)
    found = [_thread(sorted(group, key=_age)) for group in members.values()]
    return tuple(sorted(found, key=lambda thread: thread.mails[0].at))


def _age(one: _Seen) -> tuple[datetime, int]:
    return one.mail.at, len(one.mail.ids)  # of two mails of the same second the one that names fewer others


def _thread(group: Sequence[_Seen]) -> OldThread:
    return OldThread(
        mails=tuple(one.mail for one in group),
        customer_id=next((one.customer_id for one in group if one.customer_id is not None), None),
        stranger=next((one.stranger for one in group if one.stranger is not None), None),
        subject=group[0].subject,
    )
