"""What is new in an IMAP folder is stored, then committed, then marked or moved: never the other way round.

Whatever breaks off in between, a mail is stored once: its UID is noted in the transaction of its spool row, and the
watermark, up to which nothing needs looking at, is raised when all below it is stored or left for a named reason.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from sqlalchemy import Engine

from mailgate.config import After, ImapFolder, ImapTls
from mailgate.errors import HeaderTooLarge, MessageTooLarge, Temporary
from mailgate.inbound.accept import Acceptance
from mailgate.inbound.imap import MAX_UID, ImapRefused, ImapSession, Place, Unreachable
from mailgate.log_events import LogEvent
from mailgate.mail.digest import content_digest
from mailgate.mail.envelope import Door, Envelope
from store.engine import reading, transaction
from store.post import folders, spool
from store.post.folders import Folder, Left

log = logging.getLogger(__name__)

ASKED = 200
"""Mails in one look, and left ones whose sizes are asked for at a time."""

GROUP_MAILS, GROUP_BYTES = 50, 4 << 20
"""What is fetched, stored and marked at a time, and so the most that is in memory; a larger mail comes alone."""

UNMARKED = 5_000
"""Mails marked in one look whose mark did not succeed before; a database takes so many in one statement."""

MAX_LOST = 3
"""A mail in whose fetch the link is lost more often is left: a server that cannot read it may hang up each time."""

GONE = 1 << 63
"""In place of the size of a mail that somebody has removed meanwhile: too large for any limit."""

READ_ONLY = "the folder is read-only: mail is stored, but neither marked nor moved"


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look has brought."""

    found: bool  # there may be more already
    problem: str | None  # what the server did not let us do with mail that is stored


class Fetch:
    """One folder and where its mail goes."""

    def __init__(
        self,
        folder: ImapFolder,
        desk_address: str,
        *,
        engine: Engine,
        acceptance: Acceptance,
        max_message_bytes: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._folder = folder
        self._name = folder.name
        self._desk_address = desk_address
        self._engine = engine
        self._acceptance = acceptance
        self._max_message_bytes = max_message_bytes
        self._clock = clock
        self._lost: dict[int, int] = {}  # UIDs in whose fetch the link was lost, and how often

    def look(self, session: ImapSession, *, left_too: bool) -> Looked:
        """Store what is new, and mark what is stored; with `left_too` try again what was left on the server.

        Raises an ImapFault, and whatever a message is put off with; what was done until then stays done.
        """
        place = session.select()
        folder = self._opened(place)
        problem = READ_ONLY if place.read_only else None
        marked: Sequence[int] = ()
        if folder.remaining:
            unmarked = folder.unmarked[:UNMARKED]
            problem = self._finish(session, place, unmarked)
            marked = unmarked if problem in (None, READ_ONLY) else ()
            self._forget_vanished(session, folder)
            former = folder.uidvalidity
            place = session.select()  # mail that was announced during the above is in this one
            folder = self._opened(place)
            marked = marked if folder.uidvalidity == former else ()
        noted = {mail.uid for mail in folder.remaining}
        fresh = (uid for uid in session.uids(folder.uid + 1, place.uidnext) if uid not in noted)
        if uids := tuple(islice(fresh, ASKED)):
            problem = self._take(session, place, folder, uids, advance=True) or problem
            self._settle(marked, upto=uids[-1])
        elif place.uidnext <= MAX_UID and folder.uid < place.uidnext - 1:
            self._settle(marked, upto=place.uidnext - 1)
        if left_too:
            left = _batches(mail.uid for mail in folder.left)
            problem = self._take_all(session, place, folder, left, advance=False) or problem
        return Looked(bool(uids), problem)

    def _opened(self, place: Place) -> Folder:
        with reading(self._engine) as conn:
            folder = folders.load(conn, self._name)
        if folder is None or folder.uidvalidity != place.uidvalidity:
            former = folder.uidvalidity if folder else None
            # RFC 3501 §2.3.1.1: UIDs of then mean nothing now. What is there may be stored, under its former UID.
            known_below = 0 if former is None else place.uidnext
            if former is not None:
                log.warning(LogEvent.UIDS_CHANGED(folder=self._name, from_=former, to=place.uidvalidity))
            with transaction(self._engine) as conn:
                folders.begin(conn, self._name, place.uidvalidity, known_below=known_below)
            with reading(self._engine) as conn:
                folder = folders.load(conn, self._name)
        assert folder is not None
        return folder

    def _take(
        self, session: ImapSession, place: Place, folder: Folder, uids: Sequence[int], *, advance: bool
    ) -> str | None:
        """Store a batch, or leave what cannot be had; `advance`: all below it is done with.

        One that the server cannot read must not keep back those behind it: some say NO to all of them, some hang up.
        Then each is asked for alone, until it is plain which one it is.
        """
        alone = len(uids) == 1
        if not alone and not self._lost.keys().isdisjoint(uids):
            return self._take_all(session, place, folder, ([uid] for uid in uids), advance=advance)
        problem = None
        rest = dict.fromkeys(uids)  # what has not been had yet, in order
        try:
            sizes = session.sizes(uids)
            for uid, size in sizes.items():
                if size > self._max_message_bytes:
                    self._leave(folder, uid, size, Left.TOO_LARGE)
            for group in _groups({uid: sizes[uid] for uid in uids if sizes.get(uid, GONE) <= self._max_message_bytes}):
                raws = session.bodies(group, at_most=self._max_message_bytes + 1)
                rest = {uid: None for uid in rest if uid not in group}
                problem = self._store(session, place, folder, raws, upto=group[-1] if advance else 0) or problem
        except ImapRefused:
            if not alone:
                return self._take_all(session, place, folder, ([uid] for uid in rest), advance=advance) or problem
            self._leave(folder, uids[0], 0, Left.UNREADABLE)
            return None
        except Unreachable:
            for uid in rest:
                self._lost[uid] = self._lost.get(uid, 0) + 1
                if alone and self._lost[uid] > MAX_LOST:
                    self._leave(folder, uid, 0, Left.UNREADABLE)
            raise
        for uid in uids:
            self._lost.pop(uid, None)
        return problem

    def _take_all(
        self, session: ImapSession, place: Place, folder: Folder, batches: Iterable[Sequence[int]], *, advance: bool
    ) -> str | None:
        problem = None
        for uids in batches:
            problem = self._take(session, place, folder, uids, advance=advance) or problem
        return problem

    def _store(
        self, session: ImapSession, place: Place, folder: Folder, raws: dict[int, bytes], *, upto: int
    ) -> str | None:
        """Store, commit, mark."""
        submitted = [(uid, len(raws[uid]), self._submit(folder, place, uid, raws.pop(uid))) for uid in tuple(raws)]
        delay: Temporary | None = None
        stored = []
        for uid, size, accepted in submitted:
            try:
                spool_id = accepted.result() if accepted else None
            except (MessageTooLarge, HeaderTooLarge) as error:
                large = isinstance(error, MessageTooLarge)
                self._leave(folder, uid, size, Left.TOO_LARGE if large else Left.HEADER_TOO_LARGE)
            except Temporary as error:
                delay = delay or error
            else:
                stored.append(uid)
                log.info(LogEvent.FETCHED(spool=spool_id, folder=self._name, uid=uid, bytes=size))
        if delay is not None:
            raise delay  # the watermark stays below it; what was stored beside it is noted, and marked next time
        return self._finish(session, place, stored, upto=upto)

    def _submit(self, folder: Folder, place: Place, uid: int, raw: bytes) -> "Future[int] | None":
        """None: it was stored under the UID that it had before."""
        note = partial(folders.add, name=self._name, uidvalidity=place.uidvalidity, uid=uid, size=len(raw))
        if uid < folder.known_below:
            with reading(self._engine) as conn:
                known = spool.has_digest(conn, content_digest(raw))
            if known:
                return None
        envelope = Envelope(
            reverse_path=None,
            forward_paths=(),
            door=Door.IMAP,
            received_at=self._clock(),
            tls=self._folder.tls is not ImapTls.NONE,
            fallback_path=self._desk_address,
        )
        return self._acceptance.submit(raw, envelope, note)

    def _finish(self, session: ImapSession, place: Place, uids: Sequence[int], *, upto: int = 0) -> str | None:
        """Mark or move what is stored; the reason when that is not possible. It is tried again with the next look."""
        if place.read_only:
            self._settle(uids, upto=upto)
            return READ_ONLY
        try:
            if uids and self._folder.after is After.MOVE:
                session.move(uids, self._folder.move_to)
            elif uids:
                session.mark(uids, place)
        except ImapRefused as error:
            self._settle((), upto=upto)
            return f"stored mail cannot be {'moved' if self._folder.after is After.MOVE else 'marked'}: {error}"
        self._settle(uids, upto=upto)
        return None

    def _settle(self, done: Sequence[int], *, upto: int) -> None:
        # Losing this in a power cut costs a second mark, nothing else: the spool rows have their notes.
        with transaction(self._engine, durable=False) as conn:
            folders.settle(conn, self._name, done, upto=upto)

    def _leave(self, folder: Folder, uid: int, size: int, why: Left) -> None:
        if any(mail.uid == uid and mail.left_because is why for mail in folder.left):
            return
        log.warning(LogEvent.LEFT_ON_SERVER(folder=self._name, uid=uid, bytes=size, reason=why.value))
        assert folder.uidvalidity is not None
        with transaction(self._engine) as conn:
            folders.add(conn, name=self._name, uidvalidity=folder.uidvalidity, uid=uid, size=size, left_because=why)

    def _forget_vanished(self, session: ImapSession, folder: Folder) -> None:
        left = [mail.uid for mail in folder.left]
        if left and (gone := set(left) - session.present(left)):
            self._settle(tuple(gone), upto=0)


def _batches(uids: Iterable[int]) -> Iterator[Sequence[int]]:
    rest = iter(uids)
    while batch := tuple(islice(rest, ASKED)):
        yield batch


def _groups(sizes: Mapping[int, int]) -> Iterator[Sequence[int]]:
    group: list[int] = []
    total = 0
    for uid, size in sizes.items():
        if group and (len(group) == GROUP_MAILS or total + size > GROUP_BYTES):
            yield group
            group, total = [], 0
        group.append(uid)
        total += size
    if group:
        yield group
