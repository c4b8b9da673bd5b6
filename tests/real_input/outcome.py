"""What became of each mail and of its copies, and where two runs differ."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Direction, EntryKind
from store.engine import reading
from store.post.outbox import OutState
from store.schema import blobs, entries, outbox
from tests.crash.ledger import copies
from tests.real_input.feed import Arrived, Feed
from tests.real_input.mails import Mail
from tests.real_input.places import Place

BY_THE_CLOCK = frozenset({Template.HELD_ALERT, Template.QUEUE, Template.DELAYED})
"""Lists that staff get once an hour or a day: what stands in each, and how many there are, is the clock's doing."""

REFUSED_AT_THE_DOOR = "not taken"

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, order=True)
class Fate:
    """What became of one copy. Numbers in the reason are left out: those of tickets and rows differ by their order."""

    disposition: str
    reason: str
    in_ticket: bool

    def __str__(self) -> str:
        return (
            f"{self.disposition}{' in a ticket' if self.in_ticket else ''}{f' ({self.reason})' if self.reason else ''}"
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run. `faults` are breaches of what holds for every run by itself."""

    fates: Mapping[str, tuple[Fate, ...]]  # by the mail's name, a fate for each copy that was sent
    bytes_kept: Mapping[str, frozenset[str]]  # by the mail's name, digests
    tickets: Counter[tuple[str, ...]]  # the names of the mails in each
    letters: Counter[tuple[str, str]]  # what we wrote: template and reader
    repeated_deliveries: int  # copies that the front handed over once more
    repeated_letters: int  # the same bytes to the smarthost once more
    faults: tuple[str, ...]

    def with_faults(self, *more: str) -> "Outcome":
        """The same, with what was seen besides."""
        return replace(self, faults=(*self.faults, *more))

    def __str__(self) -> str:
        told = Counter(fate.disposition for fates in self.fates.values() for fate in fates)
        words = ", ".join(f"{count} {name}" for name, count in sorted(told.items()))
        return (
            f"{words}; {self.tickets.total()} tickets, {self.letters.total()} mails of ours;"
            f" {self.repeated_deliveries} deliveries and {self.repeated_letters} mails of ours came once more"
        )


def is_quiet(place: Place) -> bool:
    """Nothing is left to do, neither in front, nor in the store, nor on the way out."""
    busy = select(func.count()).where(outbox.c.state.in_((OutState.QUEUED, OutState.SENDING, OutState.IN_DOUBT)))
    with reading(place.engine) as conn:
        return not place.front.queue() and not conn.execute(busy).scalar()


def outcome_of(place: Place, feed: Feed, *, killed_workers: int = 0) -> Outcome:
    """Read it from the store and from the smarthost's mailbox, when all is quiet."""
    rows = feed.inbox.rows()
    by_queue_id: dict[str, list[Arrived]] = {}
    for row in rows:
        by_queue_id.setdefault(row.queue_id, []).append(row)
    fates: dict[str, list[Fate]] = {}
    kept: dict[str, set[str]] = {}
    for queue_id, mail in feed.sent.items():
        arrived = by_queue_id.get(queue_id, [])
        fates.setdefault(mail.name, []).extend(_fates(arrived, feed.refused.get(queue_id)))
        kept.setdefault(mail.name, set()).update(row.passed for row in arrived)
    sent = copies(place.sink.messages)
    more = sent.total() - len(sent)
    return Outcome(
        {name: tuple(sorted(found)) for name, found in fates.items()},
        {name: frozenset(digests) for name, digests in kept.items()},
        _tickets(rows, feed.sent),
        _letters(place),
        sum(len(found) - 1 for found in by_queue_id.values()),
        more,
        tuple(_faults(place, feed, by_queue_id, killed_workers)),
    )


def _fates(arrived: Sequence[Arrived], refused: str | None) -> list[Fate]:
    """Of one copy: one, unless it had effects twice. What came once more is a duplicate, and no fate of its own."""
    taken = [row for row in arrived if row.disposition is not Disposition.DUPLICATE] or arrived[:1]
    found = [Fate(row.disposition, _NUMBER.sub("n", row.reason), row.ticket_id is not None) for row in taken]
    return found or [Fate(REFUSED_AT_THE_DOOR, refused or "lost", False)]


def _tickets(rows: Sequence[Arrived], sent: Mapping[str, Mail]) -> Counter[tuple[str, ...]]:
    together: dict[int, list[str]] = {}
    for row in rows:
        if row.ticket_id is not None and row.disposition is not Disposition.DUPLICATE:
            together.setdefault(row.ticket_id, []).append(sent[row.queue_id].name)
    return Counter(tuple(sorted(names)) for names in together.values())


def _letters(place: Place) -> Counter[tuple[str, str]]:
    with reading(place.engine) as conn:
        rows = conn.execute(select(outbox.c.template, outbox.c.to_address)).all()
    return Counter((row.template, row.to_address) for row in rows if row.template not in BY_THE_CLOCK)


def _faults(
    place: Place, feed: Feed, by_queue_id: Mapping[str, Sequence[Arrived]], killed_workers: int
) -> Iterator[str]:
    for queue_id, mail in feed.sent.items():
        if queue_id not in by_queue_id and queue_id not in feed.refused:
            yield f"{mail.name}: lost"
    for queue_id in by_queue_id.keys() - feed.sent.keys():
        yield f"a mail that was never sent: {queue_id}"
    words = select(entries.c.spool_id).where(
        entries.c.kind == EntryKind.MESSAGE, entries.c.direction == Direction.IN, entries.c.spool_id.is_not(None)
    )
    with reading(place.engine) as conn:
        in_tickets = Counter(row.spool_id for row in conn.execute(words))
        written = conn.execute(select(outbox.c.message_id, outbox.c.state, outbox.c.template)).all()
        digests = [row.sha256 for row in conn.execute(select(blobs.c.sha256))]
        torn = [one for one in digests if hashlib.sha256(place.archive.load(conn, one)).hexdigest() != one]
    yield from (f"mail {number} stands {count} times in tickets" for number, count in in_tickets.items() if count > 1)
    yield from (f"blob {one} is torn" for one in torn)
    sent = copies(place.sink.messages)
    yield from (f"mail of ours {one} was never written" for one in sent.keys() - {row.message_id for row in written})
    # What the clock calls for may be written, and on its way, at any moment.
    unsent = Counter(row.state for row in written if row.message_id not in sent and row.template not in BY_THE_CLOCK)
    yield from (f"{count} mails of ours are {state} and were not sent" for state, count in unsent.items())
    if len(set(place.sink.messages)) != len(sent):
        yield f"{len(set(place.sink.messages)) - len(sent)} mails of ours were sent again with other bytes"
    if sent.total() - len(sent) > killed_workers:
        yield f"{sent.total() - len(sent)} mails of ours were sent once more, for {killed_workers} killed workers"


def differences(one: Outcome, other: Outcome) -> list[tuple[str, str, str]]:
    """What differs, and how it is in either run; a mail first by its fates, then by its bytes."""
    found = [
        (name, _told(one.fates.get(name, ())), _told(other.fates.get(name, ())))
        for name in sorted(one.fates.keys() | other.fates.keys())
        if one.fates.get(name) != other.fates.get(name)
    ]
    found += [
        (name, "these bytes", "other bytes")
        for name in sorted(one.bytes_kept)
        if len(one.bytes_kept[name] | other.bytes_kept.get(name, frozenset())) > 1
    ]
    found += [
        (f"a ticket of {', '.join(names)}", str(one.tickets[names]), str(other.tickets[names]))
        for names in sorted(one.tickets.keys() | other.tickets.keys())
        if one.tickets[names] != other.tickets[names]
    ]
    found += [
        (f"{template} to {reader}", str(one.letters[template, reader]), str(other.letters[template, reader]))
        for template, reader in sorted(one.letters.keys() | other.letters.keys())
        if one.letters[template, reader] != other.letters[template, reader]
    ]
    return found


def _told(fates: Sequence[Fate]) -> str:
    return ", ".join(map(str, fates)) or "nothing"
