"""An invoice that climbs the ladder by the rule alone: whatever is due is done, and its mails arrive seconds later."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from mailgate.billing.dunning import Kind, Next, Outcome, Owed, Rules, Step, Warned, due
from mailgate.billing.period import local_date

SECONDS = timedelta(seconds=5)
"""A mail is on its way for so long."""


@dataclass(frozen=True)
class Did:
    """A step, when it was done, and what came of it."""

    step: str
    kind: Kind
    at: datetime
    outcome: Outcome


def arrives(at: datetime) -> datetime | None:
    """A mail of an instant is taken seconds later."""
    return at + SECONDS


@dataclass
class Climb:
    """One invoice, with what was done about it."""

    owed: Owed
    rules: Rules
    deliver: Callable[[datetime], datetime | None] = arrives
    did: list[Did] = field(default_factory=list)
    look_at: datetime | None = None
    reminded_on: date | None = None

    def look(self, now: datetime) -> Next:
        """One look, and all that is due is done."""
        found = due(self.owed, self.rules, now=now, reminded_on=self.reminded_on)
        for step in found.skipped:
            self._note(step, now, Outcome.SKIPPED)
        if found.mail is not None:
            self._send(found.mail, now)
        if found.consequence is not None:
            self._carry_out(found.consequence, now)
        self.look_at = found.look_at
        return found

    def live(self, until: datetime) -> None:
        """Look whenever it has said it wants to be looked at, up to an instant."""
        if self.look_at is None:
            self.look(self.owed.issued_at)
        while self.look_at is not None and self.look_at < until:
            before = self.look_at
            self.look(before)
            assert self.look_at is None or self.look_at > before, (self.owed, before)

    def mails(self) -> list[tuple[str, date]]:
        """What was sent, and on which of the account's days."""
        return [
            (one.step, local_date(one.at, self.owed.zone)) for one in self.did if one.outcome is not Outcome.SKIPPED
        ]

    def _send(self, mail: Step, now: datetime) -> None:
        outcome = {Kind.CREATED: Outcome.SENT, Kind.REMINDER: Outcome.REMINDED}.get(mail.kind, Outcome.WARNED)
        self._note(mail, now, outcome)
        if mail.kind is not Kind.CREATED:
            self.reminded_on = local_date(now, self.owed.zone)
        if mail.kind is Kind.SUSPEND_WARNING:
            self.owed = replace(self.owed, suspension=self._warned(self.owed.suspension, now))
        if mail.kind is Kind.END_WARNING:
            self.owed = replace(self.owed, end=self._warned(self.owed.end, now))

    def _warned(self, before: Warned, now: datetime) -> Warned:
        delivered_at = self.deliver(now)
        return Warned(before.given + 1, delivered_at, is_lost=delivered_at is None)

    def _carry_out(self, step: Step, now: datetime) -> None:
        outcome = {Kind.SUSPEND: Outcome.SUSPENDED, Kind.END: Outcome.ENDED}.get(step.kind, Outcome.WATCHED)
        self._note(step, now, outcome)
        if step.kind is Kind.SUSPEND:
            self.owed = replace(self.owed, suspended_at=now, is_on=False, is_off=True)
        if step.kind is Kind.END:
            self.owed = replace(self.owed, is_off=False)

    def _note(self, step: Step, now: datetime, outcome: Outcome) -> None:
        if step.kind is not Kind.END_WATCH:
            assert step.name not in self.owed.done, f"{step.name} twice"
        self.owed = replace(self.owed, done={**self.owed.done, step.name: now})
        self.did.append(Did(step.name, step.kind, now, outcome))
