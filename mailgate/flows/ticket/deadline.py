"""The time of one ticket has come: decided again under the write lock, in a transaction of its own."""

from datetime import datetime

from sqlalchemy import Engine

from mailgate.config import Settings
from mailgate.flows.story.act import Act
from mailgate.flows.ticket.change import auto_close, end_wait, warn
from mailgate.tickets.deadlines import Step, deadline
from store.desk import deadlines, tickets
from store.engine import transaction

_STEPS = {Step.WARN: warn, Step.CLOSE: auto_close, Step.END_WAIT: end_wait}


def meet_deadline(engine: Engine, number: int, *, settings: Settings, now: datetime) -> tuple[int, ...]:
    """Warn, close or end the wait, if that is still due; returns the ids of the mails that may go out.

    Whoever looked before saw the ticket as it was: somebody may have written since, and a reply may be under way.
    """
    with transaction(engine) as conn:
        deadlines.lock(conn, number)
        ticket = tickets.itself(conn, (number,)).get(number)
        passed = deadline(ticket, settings.desk_rules.silence) if ticket else None
        if ticket is None or passed is None or passed.at > now:
            return ()
        if passed.step is not Step.END_WAIT and deadlines.is_answer_under_way(conn, number):
            return ()
        return _STEPS[passed.step](Act.begin(conn, settings, now), ticket).outbox_ids
