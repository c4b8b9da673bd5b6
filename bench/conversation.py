"""A conversation on a gate that is worked inline: a customer asks, writes again, and is answered by staff.

Each step is told apart, so that what it takes can be counted, and it is looked at whether it did what it is there for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.inline import queued, settle, spooled
from bench.letters import Letter, typed
from bench.program import Failed
from mailgate.wiring import Parts
from store.post.outbox import Outgoing

ASKED = """Hello,

since Monday no mail comes in for our domain. We changed nothing.
Could you please have a look at it?

Kind regards
"""

MORE = """It is all of our mailboxes, not only mine.

On Mon, 2 Mar 2026 at 09:00, Support wrote:
> Thank you, we have your mail.
"""

ANSWERED = """The disk of your mail server was full. It has room again since noon.

On Mon, 2 Mar 2026 at 09:00, Support wrote:
> since Monday no mail comes in for our domain. We changed nothing.
> Could you please have a look at it?
"""


@dataclass(frozen=True, slots=True)
class Step:
    """Mails that come in, and the templates of ours that each of them calls for."""

    letters: Sequence[Letter]
    queues: Sequence[str]

    def take(self, parts: Parts, settling: Callable[[Callable[[], None]], None]) -> Sequence[Outgoing]:
        """Accept the mails, and let `settling` settle them as one group; what they queued. Raises Failed."""
        ids, before = spooled(parts, self.letters), len(queued(parts))
        settling(lambda: settle(parts, ids))
        found = queued(parts)[before:]
        wanted = sorted(len(self.letters) * list(self.queues))
        if sorted(row.notice.template.value for row in found) != wanted:
            raise Failed(f"queued {[row.notice.template.value for row in found]} instead of {wanted}")
        return found


def asks(authors: Sequence[str], name: str) -> Step:
    """Each has a question: a new ticket, an acknowledgement, and a staff member is told."""
    letters = [typed(author, f"{name}.{number}", ASKED) for number, author in enumerate(authors)]
    return Step(letters, ("acknowledgement", "notification"))


def writes_again(after: Sequence[Outgoing], name: str) -> Step:
    """Each answers the acknowledgement: it joins the ticket, and a staff member is told."""
    return Step(_answers(after, "acknowledgement", MORE, name), ("notification",))


def is_answered(after: Sequence[Outgoing], name: str) -> Step:
    """The staff member answers the notification: the answer is queued for the customer."""
    return Step(_answers(after, "notification", ANSWERED, name), ("reply",))


def _answers(rows: Sequence[Outgoing], template: str, text: str, name: str) -> list[Letter]:
    return [
        typed(
            row.notice.to_address,
            f"{name}.{row.id}",
            text,
            recipient=row.notice.reply_to or "",
            answers=row.message_id,
        )
        for row in rows
        if row.notice.template.value == template
    ]
