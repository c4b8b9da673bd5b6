"""The send gate: every mail of ours passes here, in the transaction of the event that called for it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailgate.flows.post.another_reader import for_another_reader
from mailgate.flows.post.failure import undelivered_notices
from mailgate.flows.post.obstacle import RECEIPTS_WAIT, beyond_budget_in_all, obstacle, pace_of_receipts, readers_of
from mailgate.flows.post.tongue import in_tongue
from mailgate.flows.story.act import Act, Queued
from mailgate.flows.story.incoming import Incoming
from mailgate.letters.letter import last_for_now, without_words
from mailgate.letters.notice import Notice
from mailgate.log_events import LogEvent
from mailgate.mail import message_id
from mailgate.mail.address import address_key
from mailgate.tickets.flood import Crowd
from store.post import outbox, unsent

log = logging.getLogger(__name__)


def notify(
    act: Act, notices: Sequence[Notice], *, cause: Incoming | None, hold_until: datetime | None = None
) -> tuple[int | None, ...]:
    """Queue these mails: they stand in `act.outgoing`, and their jobs are sent after the commit.

    Returns the number of each in the outbox, in the same order; None for one that is left out.

    `cause`: the mail that called for them; None for what a deadline, a delivery or the command line did.

    Left out, with a line in the log, is what `mailgate.flows.post.obstacle` finds no way for. Where the budget is not
    the reader's own, a row in `unsent` makes `mailgate status` tell of it: somebody else used it up. Nothing is sent to
    an address that takes no mail: what must arrive is kept as failed, and its ticket and the staff hear of it.
    """
    readers = readers_of(act, notices)
    waiting = _Waiting(act, [None] * len(notices))
    for place, notice in enumerate(notices):
        kind, key = notice.template.kind, address_key(notice.to_address)
        if kind.budget is not None:
            waiting.queue()  # what went before counts
        dead = readers.dead.get(key)
        reason = obstacle(act, notice, readers, cause)
        if dead and not kind.must_arrive:
            reason = reason or f"the address takes no mail: {dead}"
        others = None if reason else beyond_budget_in_all(act, notice)
        if others:
            unsent.add(act.conn, notice, reason=others, now=act.now)
        if reason := reason or others:
            level = logging.INFO if cause and cause.automatic else logging.WARNING
            log.log(level, LogEvent.NOT_SENT(template=notice.template.value, to=notice.to_address, reason=reason))
            continue
        is_strange = not kind.own_words and (notice.ticket_id, key) in readers.unregistered
        told = in_tongue(act, without_words(notice) if is_strange else notice, readers)
        pace = pace_of_receipts(act, notice)
        if pace is Crowd.LAST:
            told = last_for_now(told)
        waiting.add(place, told, act.now + RECEIPTS_WAIT if pace is Crowd.BEYOND else hold_until, dead)
    waiting.queue()
    unreachable = [(number, dead) for number, dead in waiting.queued if dead]
    reopens = len(unreachable) == len(waiting.queued)
    _tell_unreachable(act, unreachable, reopens=reopens, hold_until=hold_until)
    return tuple(waiting.ids)


@dataclass(slots=True)
class _Waiting:
    """Mails that are to be queued, all at once: with few statements, however many they are."""

    act: Act
    ids: list[int | None]  # in the outbox, by their places; None until queued, and of what is left out
    queued: list[tuple[int, str | None]] = field(default_factory=list)  # and why its address takes no mail
    _places: list[int] = field(default_factory=list)
    _new: list[outbox.New] = field(default_factory=list)

    def add(self, place: int, notice: Notice, hold_until: datetime | None, dead: str | None) -> None:
        """One more; one to an address that takes no mail is only kept."""
        made = message_id.make(self.act.settings.gate.domain)
        self._places.append(place)
        self._new.append(outbox.New(notice, made, hold_until, dead))

    def queue(self) -> None:
        """Write down what waits."""
        together = [
            replace(one, failed_because=one.failed_because and f"not sent: {one.failed_because}") for one in self._new
        ]
        numbers = outbox.add(self.act.conn, together, now=self.act.now)
        for place, number, one in zip(self._places, numbers, self._new, strict=True):
            at_once = one.hold_until is None and not one.failed_because
            self.act.outgoing.append(Queued(number, at_once=at_once))
            self.queued.append((number, one.failed_because))
            self.ids[place] = number
        self._places, self._new = [], []


def _tell_unreachable(act: Act, rows: Sequence[tuple[int, str]], *, reopens: bool, hold_until: datetime | None) -> None:
    """The next contact gets it when none of its readers could be written to; without one it is staff's turn again."""
    told: list[Notice] = []
    instead: Notice | None = None
    for outbox_id, reason in rows:
        row = outbox.show(act.conn, outbox_id)
        assert row is not None
        words = f"not sent, the address takes no mail: {reason}"
        instead = instead or (for_another_reader(act, row) if reopens else None)
        told += undelivered_notices(act, row, words, reopens=reopens, instead=instead)
    if told:
        notify(act, told, cause=None)
    if instead is not None:
        notify(act, [instead], cause=None, hold_until=hold_until)
