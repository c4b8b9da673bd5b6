"""Every command has its function, and no function is without its command."""

from mailgate.flows.staff.lists import decide_held, decide_queue
from mailgate.tickets.verbs.lists import HELD, QUEUE


def test_every_decision_on_a_list_has_its_function() -> None:
    assert set(decide_held.HANDLERS) == set(HELD.verbs)
    assert set(decide_queue.HANDLERS) == set(QUEUE.verbs)
