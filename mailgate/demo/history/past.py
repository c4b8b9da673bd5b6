"""Lives through the demo's past: each mail comes in and is settled by the flows of any mail, at its own time.

What falls due between two mails, a warning or the list of a morning, is done at its instant. Nothing else runs
meanwhile: the jobs that a mail calls for are done here, one after the other.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage

from mailgate.demo import letter
from mailgate.demo.clock import DemoClock
from mailgate.demo.history.conversation import Conversation, Said, instant
from mailgate.demo.mailboxes import Arrived, Mailboxes
from mailgate.demo.unread import Unread
from mailgate.flows.due import DUE, DueKind
from mailgate.flows.story.morning import morning
from mailgate.jobs import Job
from mailgate.mail.envelope import Door, Envelope
from mailgate.wiring import Parts
from store.engine import reading
from store.post import spool

_FALL_DUE = frozenset(
    {
        DueKind.AUTOCLOSE_WARNING,
        DueKind.AUTO_CLOSE,
        DueKind.WAIT_ENDED,
        DueKind.HELD_DIGEST,
        DueKind.QUEUE_LIST,
    }
)
"""What time stops for: all else is done as soon as a mail calls for it, or with these."""


class NeverHappened(Exception):
    """The past has a mail that answers one that its writer did not get."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A conversation, by the gate's number of its first mail and that of its ticket; None: it was held."""

    mail_id: int
    ticket: int | None


class Past:
    """The time before the demo begins.

    The mailboxes must listen; listeners and workers of the gate must not run yet.
    """

    def __init__(self, parts: Parts, mailboxes: Mailboxes, unread: Unread, clock: DemoClock) -> None:
        self._jobs: deque[tuple[Job, int]] = deque()
        # Nobody takes an answer back in the past, and who starts the demo waits for each look at what is due.
        at_once = replace(parts.settings, desk_rules=replace(parts.settings.desk_rules, undo_seconds=0))
        self._parts = replace(parts, settings=at_once, enqueue=lambda job, row_id: self._jobs.append((job, row_id)))
        self._mailboxes = mailboxes
        self._unread = unread
        self._clock = clock
        self._begun: dict[Conversation, _Begun] = {}

    def live(self, conversations: Sequence[Conversation], *, until: datetime) -> None:
        """Everything that was said, in its order of time, and what fell due up to `until`. Raises NeverHappened."""
        zone = self._parts.settings.gate.zone
        spoken = [
            (instant(said.ago, now=until, zone=zone), conversation, said)
            for conversation in conversations
            for said in conversation.said
        ]
        acceptance = self._parts.acceptance()
        acceptance.start()
        try:
            for at, conversation, said in sorted(spoken, key=lambda one: one[0]):
                self._pass_time(at)
                mail = self._written(conversation, said)
                self._unread.read_all(said.who.address)
                envelope = Envelope(said.who.address, (_recipient(mail),), Door.SMTP, self._clock(), peer="127.0.0.1")
                mail_id = acceptance.accept(mail.as_bytes(), envelope)
                self._work()
                if conversation not in self._begun:
                    begun = _Begun(mail_id, self._ticket_of(mail_id))
                    self._begun[conversation] = begun
                    if begun.ticket is None:  # it is held, of which staff are told without waiting for anything
                        self._parts.run_due(self._clock())
        finally:
            acceptance.stop()
        self._pass_time(until)
        self._unread.read_before(until - timedelta(days=1))

    def _pass_time(self, until: datetime) -> None:
        while self._clock() < until:
            # Lists are due by the day: asked for the end of it they name that morning's.
            at = min(until, morning(self._clock() + timedelta(days=1), self._parts.settings))
            due_at = self._first_due(at)
            self._clock.move_to(due_at or at)
            if due_at is not None:
                self._parts.run_due(self._clock())

    def _first_due(self, at: datetime) -> datetime | None:
        now = self._clock()
        with reading(self._parts.engine) as conn:
            found = [row.find(conn, self._parts.settings, at) for row in DUE if row.kind in _FALL_DUE]
            return min((due_at for items in found for _, due_at in items if due_at > now), default=None)

    def _work(self) -> None:
        while self._jobs:
            job, row_id = self._jobs.popleft()
            self._parts.work[job](row_id, self._clock())

    def _written(self, conversation: Conversation, said: Said) -> EmailMessage:
        begun = self._begun.get(conversation)
        if begun is None:
            desk = f"{conversation.desk}@{self._parts.settings.gate.domain}"
            return letter.new(said.who, desk, conversation.subject, said.text, at=self._clock())
        text = said.text.replace("{mail}", str(begun.mail_id))
        return letter.reply(said.who, self._answered(begun, said), text, at=self._clock())

    def _answered(self, begun: _Begun, said: Said) -> Arrived:
        for mail in reversed(self._mailboxes.of(said.who.address)):
            if said.answers in mail.text if said.answers else letter.ticket_in(mail) == begun.ticket:
                return mail
        raise NeverHappened(f"{said.who.name} got nothing to answer, {said.ago} ago: {said.text}")

    def _ticket_of(self, mail_id: int) -> int | None:
        with reading(self._parts.engine) as conn:
            found = spool.show(conn, mail_id)
        return found.outcome.ticket_id if found else None


def _recipient(mail: EmailMessage) -> str:
    return str(mail["To"].addresses[0].addr_spec)
