"""The ladder: what is done about an invoice that waits for money, on which day, and what a consequence needs.

A table of steps, counted in days from the due date, and one question: what is due of it now. Each step of an invoice is
done once; of several that are due the latest is, and the others are skipped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from mailgate.billing.period import local_date, local_start, local_time

SUSPEND_NOTICE, END_NOTICE = timedelta(days=3), timedelta(days=7)
"""So long before a suspension, and before the end, its warning must have been delivered."""

WATCH = timedelta(days=1)
"""So long before the end it must have been seen coming: a clock that leaps ahead for an hour ends nothing."""


class Kind(StrEnum):
    """What a step does."""

    CREATED = "created"  # the mail that brings the invoice
    REMINDER = "reminder"
    SUSPEND_WARNING = "suspend-warning"
    SUSPEND = "suspend"
    END_WARNING = "end-warning"
    END_WATCH = "end-watch"
    END = "end"


class Outcome(StrEnum):
    """What became of a step."""

    SENT = "sent"  # the invoice
    REMINDED = "reminded"
    WARNED = "warned"
    SKIPPED = "skipped"  # a later one was due as well
    NOBODY = "nobody"  # there was nobody to write to
    SUSPENDED = "suspended"
    WATCHED = "watched"
    ENDED = "ended"
    CHARGED = "charged"  # a late fee
    TOLD = "told"  # staff, that nobody of the customer can be written to
    REOPENED = "reopened"  # it was settled, and the money was taken back: it climbs anew


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of the ladder."""

    reminders: tuple[int, ...] = (-3, 0, 3, 7, 14)  # days from the due date, ascending
    suspend_days: int = 14  # after the due date; 0: never
    terminate_days: int = 60  # 0: never
    hour: int = 0  # of the account's day, from which on its mails leave
    hold: timedelta = timedelta(minutes=15)  # between the issue and the mail that brings the invoice

    def starts(self, day: date, zone: ZoneInfo) -> datetime:
        """When the ladder begins with a day of an account, in UTC."""
        return local_time(day, time(self.hour), zone) if self.hour else local_start(day, zone)


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: a name that it has in the rows, and its day, counted from the due date."""

    name: str
    kind: Kind
    day: int = 0


CREATED = Step("created", Kind.CREATED)
UNREACHABLE = "unreachable"
"""The row of an invoice of which no mail arrives: staff were told once."""

REOPENED = "reopened"
"""The row of an invoice that was settled and is open again: what was done before is of an earlier climb."""

_WATCHED = Step("end-watch", Kind.END_WATCH)


@cache
def ladder(rules: Rules) -> tuple[Step, ...]:
    """All steps in their order. The last reminder that lies early enough before the suspension is its warning.

    Where none does, and for the end, the warning has a day of its own.
    """
    warned = _warning_day(rules)
    found = [Step(named(day), Kind.SUSPEND_WARNING if day == warned else Kind.REMINDER, day) for day in rules.reminders]
    if warned is not None and warned not in rules.reminders:
        found.append(Step("suspend-warning", Kind.SUSPEND_WARNING, warned))
    if rules.suspend_days:
        found.append(Step("suspend", Kind.SUSPEND, rules.suspend_days))
    if rules.suspend_days and rules.terminate_days:
        found.append(Step("end-warning", Kind.END_WARNING, rules.terminate_days - END_NOTICE.days))
        found.append(Step("end", Kind.END, rules.terminate_days))
    order = list(Kind)
    return (CREATED, *sorted(found, key=lambda one: (one.day, order.index(one.kind))))


def named(day: int) -> str:
    """The name of a reminder: "-3", "0", "+7"."""
    return f"{day:+d}" if day else "0"


def _warning_day(rules: Rules) -> int | None:
    """From this day on a reminder warns of the suspension."""
    if not rules.suspend_days:
        return None
    last = rules.suspend_days - SUSPEND_NOTICE.days
    return max((day for day in rules.reminders if 1 <= day <= last), default=last)


@dataclass(frozen=True, slots=True)
class Warned:
    """How the last warning of a consequence stands."""

    given: int = 0  # how many were
    delivered_at: datetime | None = (
        None  # of the last one, by the first of its readers; None: of nobody, or it came back
    )
    is_lost: bool = False  # nobody got the last one, and nobody will
    may_repeat: bool = False  # there is somebody whom none has been sent to

    @property
    def is_wanted(self) -> bool:
        """One is to be given now."""
        return not self.given or (self.is_lost and self.may_repeat)

    @property
    def waits(self) -> bool:
        """One was given, and it may still turn out that it has arrived, or did not."""
        return self.given > 0 and self.delivered_at is None


@dataclass(frozen=True, slots=True)
class Owed:
    """An invoice as the ladder sees it."""

    due_on: date
    issued_at: datetime
    zone: ZoneInfo
    is_open: bool = True
    brings: bool = True  # the mail that brings it is still wanted: it is open, or paid
    rests_until: date | None = None  # a promise runs, or it is disputed
    in_flight: bool = False  # money of its account is on its way: nothing is asked for until it is known what it pays
    is_on: bool = True  # one of the services that it bills is
    is_off: bool = False  # one of them was suspended because nobody paid
    done: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))  # when, by the name of the step
    suspended_at: datetime | None = None  # when its own suspension was done
    suspension: Warned = Warned()
    end: Warned = Warned()
    reopened_on: date | None = None  # it was settled, and is open again since: `done` is what was done after that

    @property
    def counted_from(self) -> date:
        """The day from which the steps are counted; the due date on the document stays."""
        return max(self.due_on, self.reopened_on or self.due_on)

    def rests_on(self, today: date) -> date | None:
        """The last day on which nothing is asked for or done, as far as that is known on a day; None: it does not rest.

        Money that is on its way is looked for anew on each day.
        """
        return max(self.rests_until or today, today) if self.in_flight else self.rests_until


@dataclass(frozen=True, slots=True)
class Next:
    """What is due of an invoice: steps that are left out, the mail that is sent, what else, and when to look again."""

    look_at: datetime | None
    mail: Step | None = None
    consequence: Step | None = None
    skipped: tuple[Step, ...] = ()


def due(owed: Owed, rules: Rules, *, now: datetime, reminded_on: date | None = None) -> Next:
    """What is due of an invoice now. `reminded_on`: the day on which its account was last reminded of anything.

    An account is reminded once on a day: what is due of another invoice waits for the next.
    """
    ready_at = owed.issued_at + rules.hold
    is_new = CREATED.name not in owed.done and owed.brings
    if is_new and now < ready_at:
        return Next(ready_at)
    if not owed.is_open:
        return Next(None, CREATED if is_new else None)
    today = local_date(now, owed.zone)
    came_on = local_date(owed.done.get(CREATED.name, ready_at), owed.zone)
    if owed.reopened_on is not None:  # the mail that says so is told of as the one that brings an invoice
        came_on = max(came_on, owed.reopened_on)
    rests_until = owed.rests_on(today)
    if rests_until is not None and now < (goes_on := rules.starts(rests_until + _DAY, owed.zone)):
        return Next(goes_on, CREATED if is_new else None)
    waiting = _Look(owed, rules, now, today)
    consequence = waiting.consequence()
    late = [one for one in waiting.undone() if waiting.is_reached(one)]
    last_done = max((one.day for one in ladder(rules) if one.kind in _MAILS and one.name in owed.done), default=None)
    to_send = [
        one
        for one in late
        if owed.counted_from + timedelta(one.day) > came_on and (last_done is None or one.day > last_done)
    ]
    if consequence or waiting.is_suspended_on(today):
        to_send = []
    mail = waiting.as_it_is_sent(to_send[-1] if to_send else None) if not consequence else None
    if mail is not None and reminded_on == today:
        return Next(waiting.tomorrow, CREATED if is_new else None)
    passed = [one for one in late if mail is None or one.name != mail.name]
    if is_new and mail is None:
        return Next(waiting.look_at(CREATED, consequence), CREATED, consequence, tuple(passed))
    skipped = (CREATED, *passed) if is_new else tuple(passed)
    return Next(waiting.look_at(mail, consequence), mail, consequence, skipped)


_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_MAILS = frozenset({Kind.REMINDER, Kind.SUSPEND_WARNING})


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at an invoice that is open and does not rest."""

    owed: Owed
    rules: Rules
    now: datetime
    today: date

    @property
    def tomorrow(self) -> datetime:
        return self.rules.starts(self.today + _DAY, self.owed.zone)

    def undone(self) -> list[Step]:
        """Reminders that are to come, or should have come, in their order."""
        return [one for one in ladder(self.rules) if one.kind in _MAILS and one.name not in self.owed.done]

    def starts(self, step: Step) -> datetime:
        return self.rules.starts(self.owed.counted_from + timedelta(step.day), self.owed.zone)

    def is_reached(self, step: Step) -> bool:
        return self.starts(step) <= self.now

    def as_it_is_sent(self, step: Step | None) -> Step | None:
        """A reminder may have to warn, and a warning may be due without one."""
        if self._is_to_warn_of_the_end():
            return Step(_repeated("end-warning", self.owed.end), Kind.END_WARNING, self._end_warning_day)
        if self._is_to_warn():
            if step is None:
                day = _warning_day(self.rules)
                assert day is not None
                return Step(_repeated("suspend-warning", self.owed.suspension), Kind.SUSPEND_WARNING, day)
            return replace(step, kind=Kind.SUSPEND_WARNING)
        return None if step is None or step.name == "suspend-warning" else replace(step, kind=Kind.REMINDER)

    def _is_to_warn(self) -> bool:
        day = _warning_day(self.rules)
        if day is None or not self.owed.is_on or self.owed.suspended_at is not None:
            return False
        return self.is_reached(Step("", Kind.SUSPEND_WARNING, day)) and self.owed.suspension.is_wanted

    @property
    def _end_warning_day(self) -> int:
        return self.rules.terminate_days - END_NOTICE.days

    def _may_end(self) -> bool:
        may = bool(self.rules.suspend_days and self.rules.terminate_days)
        return may and self.owed.is_off and self.owed.suspended_at is not None and "end" not in self.owed.done

    def _is_to_warn_of_the_end(self) -> bool:
        return self._may_end() and self.owed.end.is_wanted and self._end_warning_at() <= self.now

    def _end_warning_at(self) -> datetime:
        """No sooner than on the day after the suspension."""
        assert self.owed.suspended_at is not None
        day = self.owed.counted_from + timedelta(self._end_warning_day)
        suspended_on = local_date(self.owed.suspended_at, self.owed.zone)
        return self.rules.starts(max(day, suspended_on + _DAY), self.owed.zone)

    def suspends_at(self) -> datetime | None:
        """When a service is suspended because of this invoice, as far as that is known by now."""
        warned_at = self.owed.suspension.delivered_at
        is_possible = self.rules.suspend_days and (self.owed.is_on or self.owed.is_off)
        if warned_at is None or not is_possible or self.owed.suspended_at is not None:
            return None
        return self._after(warned_at, SUSPEND_NOTICE, self.rules.suspend_days)

    def ends_at(self) -> datetime | None:
        """The same of the end."""
        warned_at = self.owed.end.delivered_at
        return self._after(warned_at, END_NOTICE, self.rules.terminate_days) if warned_at and self._may_end() else None

    def _after(self, warned_at: datetime, notice: timedelta, days: int) -> datetime:
        """The day that was named, and no sooner than so long after the warning: both, since days differ in length."""
        day = max(self.owed.counted_from + timedelta(days), local_date(warned_at, self.owed.zone) + notice)
        return max(self.rules.starts(day, self.owed.zone), warned_at + notice)

    def is_suspended_on(self, day: date) -> bool:
        """That is still to come, on this day: its mail says what a reminder would."""
        at = self.suspends_at()
        return at is not None and local_date(at, self.owed.zone) == day

    def consequence(self) -> Step | None:
        at = self.suspends_at()
        if at is not None and at <= self.now:
            return Step("suspend", Kind.SUSPEND, self.rules.suspend_days)
        at = self.ends_at()
        if at is None or self.now < at - WATCH:
            return None
        seen_at = self.owed.done.get(_WATCHED.name)
        if seen_at is None or seen_at > self.now:  # the clock went back
            return _WATCHED
        return Step("end", Kind.END, self.rules.terminate_days) if max(at, seen_at + WATCH) <= self.now else None

    def look_at(self, mail: Step | None, consequence: Step | None) -> datetime | None:
        """When something may be due next, once this is done."""
        if consequence is not None:
            # What it has changed is seen when it is looked at again.
            return {Kind.SUSPEND: self.tomorrow, Kind.END_WATCH: self.now + WATCH}.get(consequence.kind)
        found = [self.starts(one) for one in self.undone() if not self.is_reached(one)]
        is_warning = mail is not None and mail.kind in (Kind.SUSPEND_WARNING, Kind.END_WARNING)
        if is_warning or self._waits_for_its_warning():
            found.append(self.tomorrow)
        if (at := self.suspends_at()) is not None:
            found.append(at)
        if (at := self.ends_at()) is not None:
            seen_at = self.owed.done.get(_WATCHED.name)
            found.append(at - WATCH if seen_at is None or seen_at > self.now else max(at, seen_at + WATCH))
        elif self._may_end() and not self.owed.end.given:
            found.append(self._end_warning_at())
        if "end" not in self.owed.done:  # the settings may change meanwhile
            found.append(self.rules.starts(self.today + _WEEK, self.owed.zone))
        return min((one for one in found if one > self.now), default=None)

    def _waits_for_its_warning(self) -> bool:
        can_suspend = self.rules.suspend_days and (self.owed.is_on or self.owed.is_off)
        if can_suspend and self.owed.suspended_at is None and self.owed.suspension.waits:
            return True
        return self._may_end() and self.owed.end.waits


def _repeated(name: str, before: Warned) -> str:
    """The first has the name of its step; one that nobody got is given anew under another."""
    return f"{name}-{before.given + 1}" if before.given else name


def consequence_on(owed: Owed, rules: Rules, kind: Kind, *, today: date) -> date:
    """The day that a warning which is given today names."""
    if kind is Kind.END_WARNING:
        return max(owed.counted_from + timedelta(rules.terminate_days), today + END_NOTICE)
    return max(owed.counted_from + timedelta(rules.suspend_days), today + SUSPEND_NOTICE)


def ahead(owed: Owed, rules: Rules, *, today: date) -> tuple[tuple[Step, date], ...]:
    """What comes when nobody pays, on which day of the account's, in its order: what pages say of it."""
    if not owed.is_open:
        return ()
    rests_until = owed.rests_on(today)
    first = max(today, rests_until + _DAY) if rests_until is not None else today
    found = list(_ahead(owed, rules, first))
    if CREATED.name not in owed.done and owed.brings:
        found.insert(0, (CREATED, max(local_date(owed.issued_at + rules.hold, owed.zone), today)))
    reminders = [one for one in found if one[0].kind in _MAILS and one[1] <= first]
    return tuple(one for one in found if one not in reminders[:-1])


def _ahead(owed: Owed, rules: Rules, first: date) -> Iterable[tuple[Step, date]]:
    can_suspend = (owed.is_on or owed.is_off) and owed.suspended_at is None
    suspended_on = None if owed.suspended_at is None else local_date(owed.suspended_at, owed.zone)
    for step in ladder(rules):
        day = max(owed.counted_from + timedelta(step.day), first)
        if step.name in owed.done or step.kind is Kind.CREATED:
            continue
        if step.kind in _MAILS:
            yield (step if can_suspend else replace(step, kind=Kind.REMINDER)), day
        elif step.kind is Kind.SUSPEND and can_suspend:
            suspended_on = max(day, _named_by(owed.suspension, owed, first, SUSPEND_NOTICE))
            yield step, suspended_on
        elif step.kind is Kind.END_WARNING and suspended_on is not None and not owed.end.given:
            yield step, max(day, suspended_on + _DAY)
        elif step.kind is Kind.END and suspended_on is not None:
            warned_on = max(
                owed.counted_from + timedelta(rules.terminate_days) - END_NOTICE, suspended_on + _DAY, first
            )
            yield step, max(day, warned_on + END_NOTICE if not owed.end.given else day)


def _named_by(warned: Warned, owed: Owed, first: date, notice: timedelta) -> date:
    """The first day after the notice that was given, or may be given at the earliest."""
    if warned.delivered_at is not None:
        return local_date(warned.delivered_at, owed.zone) + notice
    return first + notice
