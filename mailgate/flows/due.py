"""Everything that is due at an instant: what the schedule, the operator's cron, the demo and the tests all run."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import Settings
from mailgate.flows.billing import monthly
from mailgate.flows.billing.back import tell_refunds
from mailgate.flows.billing.card import collecting, ending_cards
from mailgate.flows.billing.dunning import falling_due, ladder
from mailgate.flows.billing.invoicing import offers
from mailgate.flows.billing.provider import provider_lists
from mailgate.flows.billing.told.tell_missing import missing_at, tell_missing
from mailgate.flows.billing.told.tell_stopped import stopped_at, tell_stopped
from mailgate.flows.confirm.confirm import expire
from mailgate.flows.hook import failing_at, tell_failing
from mailgate.flows.post import delays
from mailgate.flows.staff import announcing, bank_lines, held_mail, queue_list
from mailgate.flows.staff.tomorrow import ready_tomorrow, tomorrow_at
from mailgate.flows.story.act import Act, send_jobs
from mailgate.flows.ticket.deadline import meet_deadline
from mailgate.flows.ticket.first_answer import alarm, unanswered
from mailgate.jobs import Computing, Enqueue, Job, alone
from mailgate.log_events import LogEvent
from mailgate.tickets.deadlines import Step, deadline, has_passed
from store import locks
from store.desk import deadlines, tickets
from store.engine import reading, transact
from store.post import confirmations, work

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Rows of one kind that one look takes up; what is left is found by the next."""


class DueKind(StrEnum):
    """What may be due."""

    RECEIVE = "receive"  # an accepted message waits for its disposition
    DELIVER = "deliver"  # a message of ours waits for the smarthost
    TEACH = "teach"  # spamd has not been told what a person decided
    LEDGER = "ledger"  # it is looked through each night
    BILL = "bill"  # of some account something is to be invoiced
    HOOK = "hook"  # a program of the operator's has not heard of something
    OFFER = "offer"  # a link to pay by is to be made, looked at or closed
    CARD = "card"  # the provider has not forgotten a card yet
    HOOK_FAILING = "hook-failing"  # and staff have not heard that it cannot be told
    CHARGE = "charge"  # a card is to be charged, or what came of that to be looked up
    COLLECT = "collect"  # an invoice is due, and its customer has a card
    CARD_EXPIRING = "card-expiring"  # and has not heard that it ends soon
    REFUND = "refund"  # money is to go back by a provider, or it is looked whether it has
    PROVIDER = "provider"  # a list of the provider's is to be read
    REFUND_FAILED = "refund-failed"  # staff have not heard that the provider did not send something
    REFUNDS_DUE = "refunds-due"  # the list of each day, of what a person has to send soon
    CREDIT = "credit"  # an invoice is due, and the customer has credit
    LADDER = "ladder"  # an invoice is to be brought, reminded of, or has consequences
    SERVICE_ENDED = "service-ended"  # a service was cancelled, and all that was paid for is over
    BILLING_STOPPED = "billing-stopped"  # staff have not been told that the fuse has blown
    EINVOICE_MISSING = "einvoice-missing"  # staff have not been told why documents have none
    ORDER_LAPSED = "order-lapsed"  # a service was ordered, and never paid
    STATEMENT = "statement"  # a month is over, and the customer wants to be told of it
    PROMISE_OVER = "promise-over"  # a customer's time to pay, or what was said of money on its way
    HELD_DIGEST = "held-digest"  # the list of each day, of all held mail that still waits
    HELD_ALERT = "held-alert"  # staff have not been told of held mail
    BANK_LINES = "bank-lines"  # staff have not been told of lines of the bank that are not plain
    QUEUE_LIST = "queue-list"  # the open tickets, each day
    TOMORROW = "tomorrow"  # each evening what billing does the next day
    DELAYED = "delayed"  # staff have not been told of mail that is long on its way
    AUTOCLOSE_WARNING = Step.WARN.value  # a customer says nothing
    AUTO_CLOSE = Step.CLOSE.value  # and still nothing
    WAIT_ENDED = Step.END_WAIT.value  # a ticket was put off until now
    FIRST_ANSWER = "first-answer"  # nobody has answered a new ticket, and the time for it is nearly over
    ANNOUNCEMENT = "announcement"  # the next readers of a mail to many customers have their turn
    CONFIRMATION = "confirmation"  # a question was not answered in time


Found = Iterable[tuple[int, datetime]]
"""Of what is due: the row id or the number of a ticket, 0 where there is neither; and since when."""

Find = Callable[[Connection, Settings, datetime], Found]
Meet = Callable[[Act, Sequence[int]], None]


@dataclass(frozen=True, slots=True)
class Due:
    """A kind of thing that falls due.

    `find` looks without a lock, and what it saw may be done or undone a moment later. So `meet`, in a write transaction
    of its own, begins by looking again at what it is given, and does nothing about what is no longer due.

    With a `job` the rows are worked by its flow: `meet` takes up as many as were found, and the job of each is sent.
    `together`: so many are met in one transaction. When that fails they are met one by one.
    `read`: what takes long to find is read before the transaction, which others wait for; it gives the `meet` of that.
    """

    kind: DueKind
    find: Find
    meet: Meet
    job: Job | None = None
    is_list: bool = False  # for all staff, at one time: written by one process while the others wait
    together: int = 1
    read: Callable[[Connection, Settings, datetime], Meet] | None = None


_LISTS = "lists of what is due"
"""One name for all of them: the list of the morning says what an alert would."""


def _waiting(job: Job) -> Find:
    return lambda conn, _, at: work.overdue(conn, job, now=at, limit=AT_ONCE)


def _take_up(job: Job) -> Meet:
    return lambda act, row_ids: work.take_up(act.conn, job, row_ids, now=act.now)


def _passed(step: Step) -> Find:
    def find(conn: Connection, settings: Settings, at: datetime) -> Iterator[tuple[int, datetime]]:
        silence = settings.silence
        numbers = deadlines.passed(conn, silence, at=at, limit=AT_ONCE)
        for ticket in tickets.itself(conn, numbers).values():
            passed = deadline(ticket, silence)
            if passed is not None and passed.step is step and has_passed(passed, silence, at=at):
                yield ticket.id, passed.at

    return find


def _once(at: Callable[[Connection, Settings, datetime], datetime | None]) -> Find:
    def find(conn: Connection, settings: Settings, now: datetime) -> Found:
        due_at = at(conn, settings, now)
        return [(0, due_at)] if due_at is not None and due_at <= now else []

    return find


_OF_THEIR_OWN = (Job.BILL, Job.OFFER, Job.PROVIDER)
"""Jobs whose rows alone do not say what is due."""

DUE = (
    *(Due(DueKind(job.value), _waiting(job), _take_up(job), job) for job in Job if job not in _OF_THEIR_OWN),
    Due(DueKind.BILL, falling_due.bills, falling_due.send_to_bill, Job.BILL),
    Due(DueKind.OFFER, offers.links_due, _take_up(Job.OFFER), Job.OFFER),
    Due(DueKind.COLLECT, collecting.cards_fall_due, collecting.collect_due, together=collecting.TOGETHER),
    Due(DueKind.PROVIDER, provider_lists.waiting, provider_lists.take_up, Job.PROVIDER),
    Due(DueKind.CREDIT, falling_due.credit_falls_due, falling_due.settle_by_credit),
    Due(DueKind.LADDER, ladder.waiting, ladder.climb, together=ladder.TOGETHER),
    Due(DueKind.SERVICE_ENDED, falling_due.services_over, falling_due.end_services),
    Due(DueKind.ORDER_LAPSED, falling_due.orders_lapsed, falling_due.drop_orders),
    Due(DueKind.STATEMENT, monthly.statements_due, monthly.send_statements),
    Due(DueKind.PROMISE_OVER, falling_due.promises_over, falling_due.end_promises),
    Due(DueKind.CARD_EXPIRING, ending_cards.cards_ending, lambda act, ids: ending_cards.tell_ending(act, ids[0])),
    Due(DueKind.HELD_DIGEST, _once(held_mail.digest_at), lambda act, _: held_mail.tell(act, daily=True), is_list=True),
    Due(DueKind.HELD_ALERT, _once(held_mail.alert_at), lambda act, _: held_mail.tell(act, daily=False), is_list=True),
    Due(DueKind.DELAYED, _once(delays.delay_at), lambda act, _: delays.tell_delays(act), is_list=True),
    Due(DueKind.BILLING_STOPPED, _once(stopped_at), lambda act, _: tell_stopped(act), is_list=True),
    Due(DueKind.EINVOICE_MISSING, _once(missing_at), lambda act, _: tell_missing(act), is_list=True),
    Due(DueKind.HOOK_FAILING, _once(failing_at), lambda act, _: tell_failing(act), is_list=True),
    Due(DueKind.BANK_LINES, _once(bank_lines.lines_at), lambda act, _: bank_lines.tell_lines(act), is_list=True),
    Due(
        DueKind.REFUND_FAILED,
        _once(tell_refunds.failing_at),
        lambda act, _: tell_refunds.tell_failing(act),
        is_list=True,
    ),
    Due(DueKind.REFUNDS_DUE, _once(tell_refunds.due_at), lambda act, _: tell_refunds.tell_due(act), is_list=True),
    Due(DueKind.TOMORROW, _once(tomorrow_at), lambda act, _: None, is_list=True, read=ready_tomorrow),
    Due(DueKind.QUEUE_LIST, _once(queue_list.queue_at), lambda act, _: queue_list.tell_queue(act), is_list=True),
    *(
        Due(DueKind(step.value), _passed(step), lambda act, numbers: meet_deadline(act, numbers[0]))
        for step in (Step.WARN, Step.CLOSE, Step.END_WAIT)
    ),
    Due(DueKind.ANNOUNCEMENT, announcing.overdue, lambda act, numbers: announcing.go_on(act, numbers[0])),
    Due(DueKind.FIRST_ANSWER, unanswered, lambda act, numbers: alarm(act, numbers[0])),
    Due(
        DueKind.CONFIRMATION,
        lambda conn, _, at: confirmations.expired(conn, at=at, limit=AT_ONCE),
        lambda act, ids: expire(act, ids[0]),
    ),
)
"""All that falls due, in the order in which it is done."""

_BY_KIND = {row.kind: row for row in DUE}


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing to be done.

    `object` is a row id, or the number of a ticket, customer or service; 0 where there is none.
    """

    kind: DueKind
    object: int
    due_at: datetime


def due(conn: Connection, *, settings: Settings, at: datetime, delivering: bool = True) -> tuple[DueItem, ...]:
    """What is due at `at`, without doing it. `delivering`: there is a smarthost, so queued mail counts."""
    return tuple(
        DueItem(row.kind, number, due_at)
        for row in DUE
        if delivering or row.job is not Job.DELIVER
        for number, due_at in row.find(conn, settings, at)
    )


def sweep(
    engine: Engine,
    *,
    settings: Settings,
    enqueue: Enqueue,
    now: datetime,
    delivering: bool,
    computing: Computing = alone,
) -> None:
    """Send the jobs of all that is due: what was lost with a queue, left by a dead worker, or put off until now."""
    with computing, reading(engine) as conn:
        items = due(conn, settings=settings, at=now, delivering=delivering)
    for row in DUE if items else ():
        numbers = [item.object for item in items if item.kind is row.kind]
        if row.job is None:
            for first in range(0, len(numbers), row.together):
                some = numbers[first : first + row.together]
                with computing:
                    meet(engine, row.kind, some, settings=settings, enqueue=enqueue, now=now)
        elif numbers:
            with computing:
                meet(engine, row.kind, numbers, settings=settings, enqueue=enqueue, now=now)
            for number in numbers:
                enqueue(row.job, number)


def run(
    engine: Engine,
    *,
    settings: Settings,
    flows: Callable[[Enqueue], Mapping[Job, Callable[[int, datetime], None]]],
    at: datetime,
    delivering: bool,
) -> Mapping[str, int]:
    """Do all that is due at `at`, inline, and what follows from it; returns how many of each kind.

    `flows` gives the flow of each job, for a place where their follow-up jobs are to go. A row is taken up once in a
    run: what it leaves undone is due later.
    """
    done: Counter[str] = Counter()
    seen: set[tuple[DueKind, int]] = set()
    follow_ups: deque[tuple[DueKind, int]] = deque()

    def follow_up(job: Job, row_id: int) -> None:
        if delivering or job is not Job.DELIVER:
            follow_ups.append((DueKind(job.value), row_id))

    flow = flows(follow_up)
    while fresh := _not_seen(engine, settings, at, delivering, seen):
        follow_ups.extend((item.kind, item.object) for item in fresh)
        while follow_ups:
            kind, numbers = _next(follow_ups)
            seen.update((kind, number) for number in numbers)
            done[kind.value] += len(numbers)
            meet(engine, kind, numbers, settings=settings, enqueue=follow_up, now=at)
            job = _BY_KIND[kind].job
            if job:
                for number in numbers:
                    flow[job](number, at)
    return dict(done)


def _next(waiting: deque[tuple[DueKind, int]]) -> tuple[DueKind, Sequence[int]]:
    """The first, and those of its kind right behind it that may be met together."""
    kind, number = waiting.popleft()
    numbers = [number]
    while waiting and waiting[0][0] is kind and len(numbers) < _BY_KIND[kind].together:
        numbers.append(waiting.popleft()[1])
    return kind, numbers


def meet(
    engine: Engine, kind: DueKind, numbers: Sequence[int], *, settings: Settings, enqueue: Enqueue, now: datetime
) -> None:
    """Do what is still due of these in a transaction of their own; one that fails is logged and stops no other.

    Raises OperationalError or TimeoutError when the store is locked, full or away, which is no fault of this one.
    """
    row = _BY_KIND[kind]
    try:
        if row.read is not None:
            with reading(engine) as conn:
                row = replace(row, meet=row.read(conn, settings, now))
        # A row that is taken up anew was durable before.
        act = transact(engine, lambda conn: _met(conn, row, numbers, settings, now), durable=row.job is None)
    except (OperationalError, TimeoutError):
        raise
    except Exception:
        if len(numbers) > 1 and row.job is None:
            for number in numbers:
                meet(engine, kind, [number], settings=settings, enqueue=enqueue, now=now)
            return
        log.exception(LogEvent.DUE_FAILED(kind=kind.value, object=",".join(map(str, numbers))))
        return
    send_jobs(act.outgoing, enqueue)


def _met(conn: Connection, row: Due, numbers: Sequence[int], settings: Settings, now: datetime) -> Act:
    if row.is_list:
        locks.hold(conn, (_LISTS,))
    act = Act.begin(conn, settings, now)
    row.meet(act, numbers)
    return act


def _not_seen(
    engine: Engine, settings: Settings, at: datetime, delivering: bool, seen: set[tuple[DueKind, int]]
) -> Sequence[DueItem]:
    with reading(engine) as conn:
        items = due(conn, settings=settings, at=at, delivering=delivering)
    return [item for item in items if (item.kind, item.object) not in seen]
