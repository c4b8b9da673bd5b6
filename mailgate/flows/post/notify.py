"""The send gate: every mail of ours passes here, in the transaction of the event that called for it."""

import logging
from collections.abc import Sequence
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
    is_anyone_reached = False
    unreachable: list[tuple[int, str]] = []
    ids: list[int | None] = []
    for notice in notices:
        kind, key = notice.template.kind, address_key(notice.to_address)
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
            ids.append(None)
            continue
        is_strange = not kind.own_words and (notice.ticket_id, key) in readers.unregistered
        told = in_tongue(act, without_words(notice) if is_strange else notice, readers)
        pace = pace_of_receipts(act, notice)
        if pace is Crowd.LAST:
            told = last_for_now(told)
        until = act.now + RECEIPTS_WAIT if pace is Crowd.BEYOND else hold_until
        outbox_id = _queue(act, told, until, dead)
        ids.append(outbox_id)
        act.outgoing.append(Queued(outbox_id, at_once=until is None and not dead))
        if dead:
            unreachable.append((outbox_id, dead))
        else:
            is_anyone_reached = True
    _tell_unreachable(act, unreachable, reopens=not is_anyone_reached, hold_until=hold_until)
    return tuple(ids)


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


def _queue(act: Act, notice: Notice, hold_until: datetime | None, dead: str | None) -> int:
    return outbox.add(
        act.conn,
        notice,
        message_id=message_id.make(act.settings.gate.domain),
        hold_until=hold_until,
        failed_because=f"not sent: {dead}" if dead else None,
        now=act.now,
    )
