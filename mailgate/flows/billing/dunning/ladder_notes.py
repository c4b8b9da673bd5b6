"""What a look at the ladder leaves behind: mails to queue, steps that were done, and when to look again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from mailgate.billing.dunning import Outcome
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.letters.notice import Notice
from store.billing import dunning
from store.billing.dunning import StepDone

SOON = timedelta(minutes=1)
"""After it was found that there is nobody to write to, staff are told in a look of its own."""

NO_MAILS = slice(0, 0)


@dataclass(frozen=True, slots=True)
class Deed:
    """A step that is done now, with its mails: a part of all that this transaction sends."""

    invoice_id: int
    step: str
    due_on: date
    outcome: Outcome
    mails: slice
    climb: int = 1


@dataclass(slots=True)
class Notes:
    """Of several accounts that are locked; `write` writes all of it."""

    act: Act
    notices: list[Notice] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    again: list[StepDone] = field(default_factory=list)
    repeated: list[tuple[StepDone, slice]] = field(default_factory=list)  # the same step, to further readers
    looks: dict[int, datetime | None] = field(default_factory=dict)

    def send(self, notices: Sequence[Notice]) -> slice:
        """They leave when all is written; returns which they are of all that leave."""
        first = len(self.notices)
        self.notices.extend(notices)
        return slice(first, len(self.notices))

    def write(self) -> None:
        """Queue the mails, and write down the steps with their numbers."""
        ids = notify(self.act, self.notices, cause=None) if self.notices else ()
        rows = []
        for one in self.deeds:
            sent = tuple(number for number in ids[one.mails] if number is not None)
            is_mail = one.outcome in (Outcome.SENT, Outcome.REMINDED, Outcome.WARNED)
            outcome = Outcome.NOBODY if is_mail and not sent else one.outcome
            rows.append(StepDone(one.invoice_id, one.step, one.due_on, self.act.now, outcome, sent, one.climb))
            if outcome is Outcome.NOBODY:
                self.looks[one.invoice_id] = self.act.now + SOON
        dunning.add(self.act.conn, rows)
        for step, mails in self.repeated:
            further = (number for number in ids[mails] if number is not None)
            self.again.append(replace(step, outbox_ids=(*step.outbox_ids, *further)))
        for row in self.again:
            dunning.again(self.act.conn, row)
        dunning.look_at(self.act.conn, self.looks)
