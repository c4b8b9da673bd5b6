"""Every command has its function, and no function is without its command."""

from mailgate.flows.client import carry_out
from mailgate.flows.staff.answer import carry_out as carry_out_staff
from mailgate.flows.staff.answer import story
from mailgate.flows.staff.lists import decide_held, decide_queue
from mailgate.tickets.verbs import staff
from mailgate.tickets.verbs.customers import CUSTOMERS
from mailgate.tickets.verbs.lists import HELD, QUEUE


def test_every_decision_on_a_list_has_its_function() -> None:
    assert set(decide_held.HANDLERS) == set(HELD.verbs)
    assert set(decide_queue.HANDLERS) == set(QUEUE.verbs)


def test_every_command_of_a_customer_has_its_function() -> None:
    assert set(carry_out.HANDLERS) == set(CUSTOMERS.verbs)


def test_every_command_of_staff_has_its_function_or_says_what_becomes_of_the_words() -> None:
    of_words = {staff.NOTE, staff.REPLY, staff.CUSTOMER}

    assert {verb for verb in staff.STAFF.verbs if verb.alone} == set(story.ALONE)
    assert {verb for verb in staff.STAFF.verbs if not verb.alone} == {
        *carry_out_staff.HANDLERS,
        *carry_out_staff.OF_READERS,
        *of_words,
    }
