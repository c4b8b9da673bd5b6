"""The mails of an older system become tickets: nothing is sent, nobody is told, and a second run adds what is new."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import Settings
from mailgate.errors import Temporary
from mailgate.flows.moving.old_thread import Pen, ReadMail, Strangers, Wish, known_of, ticket_of
from mailgate.flows.moving.survey import Broken, OldMail, OldThread, Progress, Registry, Survey
from mailgate.inbound.mailbox_files import read
from mailgate.log_events import LogEvent
from mailgate.mail.automatic import automatic
from mailgate.mail.bounces.bounce import read_report
from mailgate.mail.envelope import Door, Envelope
from mailgate.mail.masking import without_card_numbers
from mailgate.mail.parse import parse
from mailgate.tickets.files import choose_files
from store.archive import Archive
from store.engine import reading, transaction

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Mails in one transaction: a gate that runs beside waits for the lock no longer than it takes to write so many."""

_BYTES_AT_ONCE = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Moved:
    """What came in, or would."""

    opened: int = 0  # tickets
    joined: int = 0  # tickets that were there before this run and got more mails
    mails: int = 0
    already: int = 0  # mails that were in before
    strangers: tuple[OldThread, ...] = ()  # left out
    broken: tuple[Broken, ...] = ()


def preview(engine: Engine, found: Survey, wish: Wish) -> Moved:
    """What `move_in` would do."""
    opened = joined = mails = already = 0
    left_out = []
    with reading(engine) as conn:
        for thread in found.threads:
            if _is_left_out(thread, wish):
                left_out.append(thread)
                continue
            known = known_of(conn, thread)
            new = len(thread.mails) - len(known)
            already, mails = already + len(known), mails + new
            if new and ticket_of(conn, thread, known) is None:
                opened += 1
            elif new:
                joined += 1
    return Moved(opened, joined, mails, already, tuple(left_out), found.broken)


def move_in(
    found: Survey,
    *,
    engine: Engine,
    archive: Archive,
    settings: Settings,
    registry: Registry,
    wish: Wish,
    now: datetime,
    progress: Progress,
    at_once: int = AT_ONCE,
) -> Moved:
    """Make the tickets, some mails in each transaction. Whatever ends it, a further run goes on where it was.

    A mail that cannot be taken is named in the result, and the others come in without it. Raises OSError and what the
    store raises when it is locked or full.
    """
    move = _Move(engine, archive, settings, Pen(archive, settings, registry, wish), now, progress, at_once)
    return move.all_of(found)


@dataclass(slots=True)
class _Move:
    """One run, and how far it has come."""

    engine: Engine
    archive: Archive
    settings: Settings
    pen: Pen
    now: datetime
    progress: Progress
    at_once: int
    opened: set[int] = field(default_factory=set)
    joined: set[int] = field(default_factory=set)
    broken: list[Broken] = field(default_factory=list)
    mails: int = 0
    already: int = 0

    def all_of(self, found: Survey) -> Moved:
        left_out = tuple(thread for thread in found.threads if _is_left_out(thread, self.pen.wish))
        wanted = [thread for thread in found.threads if not _is_left_out(thread, self.pen.wish)]
        in_all = sum(len(thread.mails) for thread in wanted)
        for pieces in self._batches(wanted):
            self._take(pieces)
            self.progress("moved in", self.mails + self.already + len(self.broken), in_all)
        return Moved(
            opened=len(self.opened),
            joined=len(self.joined - self.opened),
            mails=self.mails,
            already=self.already,
            strangers=left_out,
            broken=(*found.broken, *self.broken),
        )

    def _batches(self, threads: Sequence[OldThread]) -> Iterator[list[tuple[OldThread, list[ReadMail]]]]:
        """So many mails as are written together, by their threads; a long thread may be cut."""
        batch: list[tuple[OldThread, list[ReadMail]]] = []
        mails = weight = 0
        for thread in threads:
            with reading(self.engine) as conn:
                known = known_of(conn, thread)
            self.already += len(known)
            piece: list[ReadMail] = []
            for old in thread.mails:
                ready = None if old.digest in known else self._read(old)
                if ready is None:
                    continue
                piece.append(ready)
                mails, weight = mails + 1, weight + ready.raw.size
                if mails >= self.at_once or weight >= _BYTES_AT_ONCE:
                    yield [*batch, (thread, piece)]
                    batch, piece, mails, weight = [], [], 0, 0
            if piece:
                batch.append((thread, piece))
        if batch:
            yield batch

    def _read(self, old: OldMail) -> ReadMail | None:
        try:
            raw = without_card_numbers(read(old.place))
        except OSError as error:
            self._fail(old, error)
            return None
        try:
            message = parse(raw, render_html=False)
            choice = choose_files(message.attachments, self.settings.attachments.rules)
            envelope = Envelope(None, (), Door.IMPORT, self.now)
            by_program = automatic(message, envelope, own_domain=self.settings.gate.domain)
            if by_program is None and read_report(message, envelope):
                by_program = "bounce"
        except Exception as error:  # noqa: BLE001 - whatever one mail does to us, the others come in
            self._fail(old, error)
            return None
        files = tuple(self.archive.prepare(message.attachments[place].content) for place in choice.taken)
        return ReadMail(old, message, envelope, self.archive.prepare(raw), choice, files, by_program)

    def _take(self, pieces: Sequence[tuple[OldThread, Sequence[ReadMail]]]) -> None:
        try:
            with transaction(self.engine) as conn:
                tickets_now = [self.pen.write(conn, thread, mails) for thread, mails in pieces]
        except (OperationalError, TimeoutError, Temporary):
            raise  # the store is locked, full or away: no mail is to blame
        except Exception as error:  # noqa: BLE001 - `_fail` names the mail
            if len(pieces) == 1 and len(pieces[0][1]) == 1:
                self._fail(pieces[0][1][0].old, error)
                return
            for thread, mails in pieces:
                for one in mails:
                    self._take([(thread, [one])])
            return
        for (_, mails), (ticket, is_new) in zip(pieces, tickets_now, strict=True):
            (self.opened if is_new else self.joined).add(ticket.id)
            self.mails += len(mails)

    def _fail(self, old: OldMail, error: Exception) -> None:
        log.warning(LogEvent.NOT_MOVED_IN(place=str(old.place), error=error))
        self.broken.append(Broken(str(old.place), repr(error)))


def _is_left_out(thread: OldThread, wish: Wish) -> bool:
    if thread.customer_id is not None:
        return False
    return wish.strangers is Strangers.SKIP or thread.stranger is None
