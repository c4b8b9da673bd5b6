"""The time of one ticket has come: decided again under the write lock, in a transaction of its own."""

from mailgate.flows.story.act import Act
from mailgate.flows.ticket.change import auto_close, end_wait, warn
from mailgate.tickets.deadlines import Step, deadline, has_passed
from store.desk import deadlines, tickets

_STEPS = {Step.WARN: warn, Step.CLOSE: auto_close, Step.END_WAIT: end_wait}


def meet_deadline(act: Act, number: int) -> None:
    """Warn, close or end the wait, if that is still due.

    Whoever looked before saw the ticket as it was: somebody may have written since, and a reply may be under way.
    """
    tickets.lock(act.conn, (number,))
    ticket = tickets.itself(act.conn, (number,)).get(number)
    passed = deadline(ticket, act.settings.silence) if ticket else None
    if ticket is None or passed is None or not has_passed(passed, act.settings.silence, at=act.now):
        return
    if passed.step is not Step.END_WAIT and deadlines.is_answer_under_way(act.conn, number):
        return
    _STEPS[passed.step](act, ticket)
