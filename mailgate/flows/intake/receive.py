"""Accepted messages get their dispositions: those that wait at the same time together."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import Settings
from mailgate.errors import LookupFailed, Temporary
from mailgate.flows.intake.settle import settle
from mailgate.flows.intake.stages import B, Checked, Failed, InTurn, LeaseLost, Opened, Stage, row_of
from mailgate.flows.story.act import Act, Queued, Suggest, no_article, send_jobs
from mailgate.flows.story.identify import claimed, identify, next_try
from mailgate.flows.story.incoming import Incoming, read
from mailgate.inbound.authenticate import SenderCheck
from mailgate.inbound.spamd import OFF, SpamVerdict
from mailgate.jobs import Enqueue, FailPoint, computing, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.mail.disposition import Disposition
from mailgate.mail.parse import parse
from store import keys
from store.archive import Archive
from store.engine import is_busy, reading, transaction
from store.post import leases, spool, work
from store.post.spool import Lent, Outcome

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=30)

MAX_GROUP_BYTES = 2 * 2**20
"""Mails of one group are in memory at the same time; a larger one has a group of its own."""

SpamCheck = Callable[[bytes], SpamVerdict]


def receive(
    spool_ids: Sequence[int],
    *,
    engine: Engine,
    archive: Archive,
    settings: Settings,
    check_spam: SpamCheck,
    check_sender: SenderCheck,
    enqueue: Enqueue,
    now: datetime,
    in_turn: InTurn = map,
    suggest: Suggest = no_article,
    fail_point: FailPoint = no_fail_point,
) -> None:
    """Give accepted messages their dispositions; one that already has its own is left alone.

    They share their transactions; where one of them spoils that for all, each gets its own. `in_turn` calls the checks
    that wait for servers, perhaps side by side.

    Never raises: a message that cannot be processed is tried three times and then parked, that is held for a person
    with its bytes and the reason; one that kills its worker is found so by its count of attempts. A store that is
    locked or a service that is down does not count against the message.
    """
    try:
        with computing:
            with reading(engine) as conn:
                known = keys.verifying(conn)
            story = _Story(
                engine, archive, settings, check_spam, check_sender, enqueue, now, in_turn, suggest, fail_point, known
            )
            lent = spool.lend(engine, spool_ids, now=now)
            groups = list(story.groups(lent))
    except (OperationalError, TimeoutError) as error:
        log.warning(LogEvent.POSTPONED_SPOOL(spool=_ids(spool_ids), error=error))  # the sweep looks again
        return
    for group in groups:
        story.tell(group)
        story.go_on(group)


@dataclass(frozen=True, slots=True)
class _Story:
    """What `receive` was given."""

    engine: Engine
    archive: Archive
    settings: Settings
    check_spam: SpamCheck
    check_sender: SenderCheck
    enqueue: Enqueue
    now: datetime
    in_turn: InTurn
    suggest: Suggest
    fail_point: FailPoint
    keys: Mapping[int, bytes]

    def groups(self, lent: Sequence[Lent]) -> Iterator[Sequence[Lent]]:
        """The messages in their order, so many at a time as may be in memory together."""
        if len(lent) <= 1:
            yield from ([one] for one in lent)
            return
        with reading(self.engine) as conn:
            sizes = self.archive.sizes(conn, [one.sha256 for one in lent])
        group: list[Lent] = []
        weight = 0
        for one in lent:
            size = sizes.get(one.sha256, 0)
            if group and weight + size > MAX_GROUP_BYTES:
                yield group
                group, weight = [], 0
            group.append(one)
            weight += size
        yield group

    def go_on(self, group: Sequence[Lent]) -> None:
        """Two deaths met this mail and others in hand, and it was not what they died of: on to the next of them."""
        if any(one.attempts > leases.OFTEN for one in group):
            try:
                with transaction(self.engine, durable=False) as conn:
                    work.bring_forward(conn, now=self.now)
            except (OperationalError, TimeoutError) as error:
                log.warning(LogEvent.NOT_BROUGHT_FORWARD(error=error))  # it comes in its own time

    def tell(self, group: Sequence[Lent]) -> None:
        """From the row to the disposition."""
        for one in group:
            if one.attempts > MAX_ATTEMPTS:
                self._park(one, one.last_error or "its worker died each time")
        with computing:
            opened = self._each(map, self._open, [one for one in group if one.attempts <= MAX_ATTEMPTS])
        checked = self._each(self.in_turn, self._check, self._good(opened))
        found = self._good(checked)
        if not found:
            return
        self.fail_point("receive.checked")
        with computing:
            incoming = self._each(map, self._read, found)
        self._settle(self._good(incoming))

    def _each(self, in_turn: InTurn, step: Callable[[Stage], B], values: Sequence[Stage]) -> list[B | Failed]:
        """One step of several messages; what goes wrong with one of them is its own matter."""

        def safely(value: Stage) -> B | Failed:
            try:
                return step(value)
            except Exception as error:  # noqa: BLE001 - `_good` says what becomes of it
                return Failed(row_of(value), error)

        return list((map if len(values) == 1 else in_turn)(safely, values))

    def _good(self, results: Sequence[B | Failed]) -> list[B]:
        """Those that went well. What becomes of the others is written here, where no lock is held."""
        for one in results:
            if isinstance(one, Failed):
                self._fail(one)
        return [one for one in results if not isinstance(one, Failed)]

    def _open(self, lent: Lent) -> Opened:
        with reading(self.engine) as conn:
            raw = self.archive.load(conn, lent.sha256)
            claim = claimed(conn, raw)
        # An HTML body is rendered only when there is no other text.
        return Opened(lent, raw, claim, parse(raw, render_html=False))

    def _check(self, one: Opened) -> Checked:
        """Before the transaction: the DNS and spamd may be slow."""
        identity = identify(one.claim, one.lent, one.raw, one.message, check_sender=self.check_sender, now=self.now)
        return Checked(one, identity, OFF if one.lent.released else self.check_spam(one.raw))

    def _read(self, one: Checked) -> Incoming:
        opened = one.opened
        return read(
            opened.lent,
            opened.raw,
            opened.message,
            one.identity,
            one.verdict,
            settings=self.settings,
            archive=self.archive,
            keys=self.keys,
            today=self.now.date(),
        )

    def _settle(self, group: Sequence[Incoming]) -> None:
        if not group:
            return
        try:
            with computing, transaction(self.engine, durable=False) as conn:  # undone by a power cut, the rows wait
                outcomes, outgoing = self._decide(conn, group)
                self.fail_point("receive.before-commit")
        except Exception as error:  # noqa: BLE001 - `_fail` says what becomes of it
            self._spoilt(group, error)
            return
        self.fail_point("receive.committed")
        for incoming, outcome in zip(group, outcomes, strict=True):
            log.info(
                LogEvent.SETTLED(
                    spool=incoming.lent.spool_id, disposition=outcome.disposition.value, ticket=outcome.ticket_id
                )
            )
        send_jobs(outgoing, self.enqueue)

    def _decide(self, conn: Connection, group: Sequence[Incoming]) -> tuple[list[Outcome], list[Queued]]:
        act = Act(conn, self.settings, self.now, self.now, self.keys, self.suggest)
        outcomes: list[Outcome] = []
        outgoing: list[Queued] = []
        for incoming in group:
            lent = incoming.lent
            one = act.of(lent.envelope.received_at if lent.released else self.now)
            outcome = settle(one, incoming, archive=self.archive)
            if not spool.finish(conn, lent, outcome, now=self.now):
                raise LeaseLost
            outcomes.append(outcome)
            outgoing += one.outgoing
        return outcomes, outgoing

    def _spoilt(self, group: Sequence[Incoming], error: Exception) -> None:
        """Nothing of the group was written: it is the fault of the store, or of one message."""
        if len(group) == 1 or is_busy(error) or isinstance(error, TimeoutError):
            for incoming in group:
                self._fail(Failed(incoming.lent, error))
            return
        for incoming in group:
            self._settle([incoming])

    def _fail(self, failed: Failed) -> None:
        """Say and write what becomes of a message whose attempt failed."""
        lent, error = failed.lent, failed.error
        match error:
            case LeaseLost():  # it ran out, and another worker was here: what was written is rolled back
                log.warning(LogEvent.LEASE_LOST(spool=lent.spool_id))
            case LookupFailed():
                again = next_try(lent, self.now)
                log.warning(
                    LogEvent.POSTPONED_LOOKUP(
                        spool=lent.spool_id, next=again.isoformat(timespec="seconds"), error=error
                    )
                )
                self._give_back(lent, error, again, counted=False)
            case Temporary() | OperationalError() | TimeoutError():
                log.warning(LogEvent.POSTPONED_SPOOL(spool=lent.spool_id, error=error))
                self._give_back(lent, error, self.now + RETRY_AFTER, counted=False)
            case _:
                log.error(LogEvent.FAILED_SPOOL(spool=lent.spool_id, attempt=lent.attempts), exc_info=error)
                if lent.attempts >= MAX_ATTEMPTS:
                    self._park(lent, repr(error))
                else:
                    self._give_back(lent, error, self.now + RETRY_AFTER, counted=True)

    def _give_back(self, lent: Lent, error: Exception, due_at: datetime, *, counted: bool) -> None:
        def write() -> None:
            with transaction(self.engine, durable=False) as conn:
                spool.give_back(conn, lent, error=repr(error), due_at=due_at, counted=counted)

        _end(lent, write)

    def _park(self, lent: Lent, why: str) -> None:
        reason = f"parked: could not be processed in {MAX_ATTEMPTS} attempts ({why})"
        log.error(LogEvent.PARKED_SPOOL(spool=lent.spool_id, reason=reason))

        def write() -> None:
            with transaction(self.engine) as conn:
                spool.finish(conn, lent, Outcome(Disposition.HELD, reason[:500]), now=self.now)

        _end(lent, write)


def _end(lent: Lent, write: Callable[[], None]) -> None:
    """Let go of the row, also when the store must be waited for: a lease that runs out counts against the message."""
    try:
        leases.insist(
            write, told=lambda error: log.warning(LogEvent.NOT_YET_SAVED_SPOOL(spool=lent.spool_id, error=error))
        )
    except (OperationalError, TimeoutError):
        log.warning(LogEvent.NOT_SAVED(spool=lent.spool_id))


def _ids(spool_ids: Sequence[int]) -> str:
    return ",".join(map(str, spool_ids))
