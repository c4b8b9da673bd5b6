"""Every command has its function, and no function is without its command."""

from mailgate.flows.client import carry_out
from mailgate.flows.staff.lists import decide_held, decide_queue
from mailgate.tickets.verbs.customers import CUSTOMERS
from mailgate.tickets.verbs.lists import HELD, QUEUE


def test_every_decision_on_a_list_has_its_function() -> None:
    assert set(decide_held.HANDLERS) == set(HELD.verbs)
    assert set(decide_queue.HANDLERS) == set(QUEUE.verbs)


def test_every_command_of_a_customer_has_its_function() -> None:
    assert set(carry_out.HANDLERS) == set(CUSTOMERS.verbs)
