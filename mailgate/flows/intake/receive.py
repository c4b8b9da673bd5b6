"""Accepted messages get their dispositions: those that wait at the same time together."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import Settings
from mailgate.flows.intake.holding import hold
from mailgate.flows.intake.setback import MAX_ATTEMPTS, in_vain, park, set_back
from mailgate.flows.intake.settle import settle
from mailgate.flows.intake.stages import B, Checked, Failed, InTurn, LeaseLost, Opened, Stage, row_of
from mailgate.flows.story.act import Act, Suggest, no_article, send_jobs
from mailgate.flows.story.identify import claimed, identify
from mailgate.flows.story.incoming import Incoming, read
from mailgate.inbound.authenticate import SenderCheck
from mailgate.inbound.spamd import OFF, SpamVerdict
from mailgate.jobs import Bounded, Computing, Enqueue, FailPoint, alone, no_fail_point, unbounded
from mailgate.log_events import LogEvent
from mailgate.mail.parse import parse
from mailgate.people import Staff
from store import keys, people
from store.archive import Archive, Blob, MissingBlob
from store.engine import is_busy, reading, transact, transaction
from store.post import leases, spool, work
from store.post.spool import Lent, Outcome

log = logging.getLogger(__name__)

MAX_GROUP_BYTES = 2 * 2**20
"""Mails of one group are in memory at the same time; a larger one has a group of its own."""

SpamCheck = Callable[[bytes], SpamVerdict]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Gives accepted messages their dispositions. `in_turn` calls the checks that wait for servers, as `map` does."""

    engine: Engine
    archive: Archive
    settings: Settings
    check_spam: SpamCheck
    check_sender: SenderCheck
    enqueue: Enqueue
    in_turn: InTurn = map
    suggest: Suggest = no_article
    computing: Computing = alone
    bounded: Bounded = unbounded
    fail_point: FailPoint = no_fail_point

    def __call__(self, spool_ids: Sequence[int], now: datetime) -> None:
        """Receive these messages together; one that has its disposition already is left alone.

        Never raises: a message that cannot be processed is tried three times and then parked, that is held for a
        person with its bytes and the reason; one that takes too much time or memory is parked at once. One that kills
        its worker is found so by its count of attempts. A store that is locked or a service that is down does not count
        against the message.
        """
        try:
            with self.computing, transaction(self.engine, durable=False) as conn:
                lent = spool.lend(conn, spool_ids, now=now)
                known, staff = keys.verifying(conn), people.list_staff(conn)
                groups = list(self._groups(conn, lent))
        except (OperationalError, TimeoutError) as error:
            ids = ",".join(map(str, spool_ids))
            log.warning(LogEvent.POSTPONED_SPOOL(spool=ids, error=error))  # the sweep looks again
            return
        together = _Together(self, now, known, staff)
        for group in groups:
            together.receive(group)
            self._go_on(group, now)

    def _groups(self, conn: Connection, lent: Sequence[Lent]) -> Iterator[Sequence[Lent]]:
        """The messages in their order, so many at a time as may be in memory together."""
        if len(lent) <= 1:
            yield from ([one] for one in lent)
            return
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

    def _go_on(self, group: Sequence[Lent], now: datetime) -> None:
        """Two deaths met this mail and others in hand, and it was not what they died of: on to the next of them."""
        if any(one.attempts > leases.OFTEN for one in group):
            try:
                with transaction(self.engine, durable=False) as conn:
                    work.bring_forward(conn, now=now)
            except (OperationalError, TimeoutError) as error:
                log.warning(LogEvent.NOT_BROUGHT_FORWARD(error=error))  # it comes in its own time


@dataclass(frozen=True, slots=True)
class _Together:
    """Messages that share an instant and, while all goes well, a transaction.

    What goes wrong with one of them is its own matter: it is set back, and the others go on.
    """

    given: Receiver
    now: datetime
    keys: Mapping[int, bytes]  # of addresses, by their ids
    staff: Sequence[Staff]  # whose mail is judged more strictly

    def receive(self, group: Sequence[Lent]) -> None:
        """From the rows to the dispositions."""
        for one in group:
            if one.attempts > MAX_ATTEMPTS:
                park(self.given.engine, one, in_vain(one.last_error or "its worker died each time"), now=self.now)
        alive = [one for one in group if one.attempts <= MAX_ATTEMPTS]
        try:
            found = self._found(alive)
        except Exception as error:  # noqa: BLE001 - `set_back` says what becomes of them
            self._good([Failed(one, error) for one in alive])
            return
        opened = self._computed(lambda lent: self._open(lent, found), alive)
        checked = self._waited_for(self._check, opened)
        if not checked:
            return
        self.given.fail_point("receive.checked")
        self._settle(self._computed(self._read, checked))

    def _found(self, group: Sequence[Lent]) -> Mapping[str, Blob]:
        with self.given.computing, reading(self.given.engine) as conn:
            return self.given.archive.find_all(conn, [lent.sha256 for lent in group])

    def _open(self, lent: Lent, found: Mapping[str, Blob]) -> Opened:
        if lent.sha256 not in found:
            raise MissingBlob(f"no blob {lent.sha256}")
        raw = self.given.archive.read(found[lent.sha256])
        # An HTML body is rendered only when there is no other text.
        return Opened(lent, raw, claimed(raw, self.staff), parse(raw, render_html=False))

    def _check(self, one: Opened) -> Checked:
        """Before the transaction: the DNS and spamd may be slow."""
        check_sender = self.given.check_sender
        identity = identify(one.claim, one.lent, one.raw, one.message, check_sender=check_sender, now=self.now)
        return Checked(one, identity, OFF if one.lent.released else self.given.check_spam(one.raw))

    def _read(self, one: Checked) -> Incoming:
        opened = one.opened
        return read(
            opened.lent,
            opened.raw,
            opened.message,
            one.identity,
            one.verdict,
            settings=self.given.settings,
            archive=self.given.archive,
            keys=self.keys,
            today=self.now.date(),
        )

    def _settle(self, group: Sequence[Incoming]) -> None:
        """One transaction: for each message its outcome, what happens to its ticket, and the mails that tell of it."""
        if not group:
            return
        given = self.given
        try:
            with given.computing:  # not durable: undone by a power cut, the rows wait
                acts, outcomes = transact(given.engine, lambda conn: self._decided(conn, group), durable=False)
        except Exception as error:  # noqa: BLE001 - `set_back` says what becomes of it
            self._spoilt(group, error)
            return
        given.fail_point("receive.committed")
        for incoming, outcome in zip(group, outcomes, strict=True):
            log.info(
                LogEvent.SETTLED(
                    spool=incoming.lent.spool_id, disposition=outcome.disposition.value, ticket=outcome.ticket_id
                )
            )
        send_jobs((mail for act in acts for mail in act.outgoing), given.enqueue)

    def _decided(self, conn: Connection, group: Sequence[Incoming]) -> tuple[Sequence[Act], Sequence[Outcome]]:
        given = self.given
        begun = Act(conn, given.settings, self.now, self.now, self.keys, given.suggest)
        hold(begun, group)
        acts = [begun.of(incoming.happened_at(self.now)) for incoming in group]
        outcomes = [self._decide(act, incoming) for act, incoming in zip(acts, group, strict=True)]
        given.fail_point("receive.before-commit")
        return acts, outcomes

    def _decide(self, act: Act, incoming: Incoming) -> Outcome:
        outcome = settle(act, incoming, archive=self.given.archive)
        if not spool.finish(act.conn, incoming.lent, outcome, now=self.now):
            raise LeaseLost
        return outcome

    def _spoilt(self, group: Sequence[Incoming], error: Exception) -> None:
        """Nothing of the group was written: it is the fault of the store, or of one message."""
        if len(group) == 1 or is_busy(error) or isinstance(error, TimeoutError):
            for incoming in group:
                set_back(self.given.engine, Failed(incoming.lent, error), now=self.now)
            return
        for incoming in group:
            self._settle([incoming])

    def _computed(self, step: Callable[[Stage], B], values: Sequence[Stage]) -> list[B]:
        """One step of several messages, which waits for nobody; those that went well."""

        def within_bounds(value: Stage) -> B:
            with self.given.bounded():
                return step(value)

        with self.given.computing:
            results = _each(map, within_bounds, values)
        return self._good(results)

    def _waited_for(self, step: Callable[[Stage], B], values: Sequence[Stage]) -> list[B]:
        """One step of several messages, which waits for servers; those that went well."""
        return self._good(_each(self.given.in_turn, step, values))

    def _good(self, results: Sequence[B | Failed]) -> list[B]:
        """What becomes of the others is written here, where no lock is held."""
        for one in results:
            if isinstance(one, Failed):
                set_back(self.given.engine, one, now=self.now)
        return [one for one in results if not isinstance(one, Failed)]


def _each(in_turn: InTurn, step: Callable[[Stage], B], values: Sequence[Stage]) -> list[B | Failed]:
    def safely(value: Stage) -> B | Failed:
        try:
            return step(value)
        except Exception as error:  # noqa: BLE001 - `set_back` says what becomes of it
            return Failed(row_of(value), error)

    return list((map if len(values) == 1 else in_turn)(safely, values))
