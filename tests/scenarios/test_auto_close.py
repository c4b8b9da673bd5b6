"""A customer who says nothing is warned, then the ticket is closed: once, whoever looks and how often."""

from datetime import timedelta

import pytest

from mailgate.letters.kind import Template
from mailgate.tickets.ticket import Event, State
from store.engine import transaction
from store.post import outbox
from tests.gate import BEGIN, BeginGate, Gate, Person


def answered(gate: Gate, anne: Person, bart: Person) -> None:
    """Ticket 1 of Anne, which Bart has answered."""
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))


def test_a_silent_customer_is_warned_after_24_hours_and_the_ticket_is_closed_after_36(
    gate: Gate, anne: Person, bart: Person
) -> None:
    answered(gate, anne, bart)

    gate.later(hours=23, minutes=59)
    early = len(gate.mailbox(anne))
    gate.later(minutes=1)
    warning = gate.mailbox(anne)[-1]
    warned = gate.ticket(1)
    gate.later(hours=11, minutes=59)
    still = gate.ticket(1).state
    gate.later(minutes=1)

    assert early == 2
    assert "we will close ticket 1 on Tue 3 Mar, 21:00" in " ".join(warning.text.split())
    assert (warned.state, still, gate.ticket(1).state) == (State.ANSWERED, State.ANSWERED, State.CLOSED)
    assert "We have closed ticket 1" in gate.mailbox(anne)[-1].text
    assert [entry.event for entry in gate.history(1)][-2:] == [Event.WARNED, Event.AUTO_CLOSED]
    assert len(gate.mailbox(anne)) == 4


def test_looking_often_and_at_odd_hours_changes_nothing(gate: Gate, anne: Person, bart: Person) -> None:
    answered(gate, anne, bart)

    for _ in range(30):
        gate.later(hours=1.7)
        gate.parts.run_due(gate.now)
        gate.parts.sweep(gate.now)
        gate.parts.sweep(gate.now)
        gate.work()

    templates = [row.notice.template for row in gate.outbox()]
    assert templates.count(Template.AUTOCLOSE_WARNING) == 1
    assert templates.count(Template.AUTOCLOSED) == 1
    assert gate.ticket(1).state is State.CLOSED


def test_a_gate_that_stood_still_warns_first_and_leaves_the_whole_time(gate: Gate, anne: Person, bart: Person) -> None:
    answered(gate, anne, bart)

    gate.later(days=5)
    late = gate.ticket(1).state
    gate.later(hours=11)
    still = gate.ticket(1).state
    gate.later(hours=1)

    assert (late, still, gate.ticket(1).state) == (State.ANSWERED, State.ANSWERED, State.CLOSED)


def test_an_answer_of_the_customer_ends_the_countdown(gate: Gate, anne: Person, bart: Person) -> None:
    answered(gate, anne, bart)
    gate.later(hours=24)

    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "It still fails."))
    gate.later(days=30)

    assert gate.ticket(1).state is State.OPEN
    assert not gate.outbox(Template.AUTOCLOSED)


def test_out_of_office_does_not_stop_the_countdown(gate: Gate, anne: Person, bart: Person) -> None:
    answered(gate, anne, bart)
    absent = anne.replies(gate.mailbox(anne)[-1], "I am away.", headers={"Auto-Submitted": "auto-replied"})

    gate.deliver(absent, sender="")
    gate.later(hours=24)
    gate.later(hours=12)

    assert gate.ticket(1).state is State.CLOSED


def test_a_second_answer_begins_the_countdown_anew(gate: Gate, anne: Person, bart: Person) -> None:
    answered(gate, anne, bart)
    gate.later(hours=30)

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "And now?"))
    gate.later(hours=23)
    before = len(gate.outbox(Template.AUTOCLOSE_WARNING))
    gate.later(hours=1)
    gate.later(hours=12)

    assert (before, len(gate.outbox(Template.AUTOCLOSE_WARNING))) == (1, 2)
    assert gate.ticket(1).state is State.CLOSED


def test_silence_counts_from_the_end_of_the_undo_wait(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 600})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    answered(gate, anne, bart)
    held = gate.ticket(1).silent_since

    gate.later(minutes=10)

    assert held is None
    assert gate.ticket(1).silent_since == BEGIN + timedelta(minutes=10)


def test_an_answer_that_was_called_back_closes_nothing(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    answered(gate, anne, bart)
    assert gate.cancel(gate.outbox(Template.REPLY)[0].id)

    gate.later(days=30)

    assert not gate.outbox(Template.AUTOCLOSE_WARNING)


def test_an_answer_that_the_smarthost_puts_off_is_not_answered_by_silence(
    gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.sink.replies["RCPT"] = ["451 4.7.1 try again later"] * 50
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))

    for _ in range(8):
        gate.later(hours=5)
    waiting = gate.ticket(1)
    gate.sink.replies.clear()
    gate.later(hours=2)

    assert (waiting.state, waiting.silent_since) == (State.ANSWERED, None)
    assert gate.ticket(1).silent_since == gate.now
    assert not gate.outbox(Template.AUTOCLOSE_WARNING)


@pytest.mark.parametrize("template", [Template.REPLY, Template.AUTOCLOSE_WARNING])
def test_what_did_not_arrive_is_not_answered_by_silence(
    gate: Gate, anne: Person, bart: Person, template: Template
) -> None:
    if template is Template.REPLY:
        gate.deliver(anne.writes("It is broken."))
        gate.sink.replies["RCPT"] = ["550 5.7.1 no"]
        gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))
    else:
        answered(gate, anne, bart)
        gate.sink.replies["RCPT"] = ["550 5.7.1 no"]
    gate.later(hours=24)
    gate.sink.replies.clear()

    gate.later(days=30)

    assert gate.ticket(1).state is State.OPEN
    assert not gate.outbox(Template.AUTOCLOSED)


def test_a_held_second_answer_stops_the_countdown_of_the_first(gate: Gate, anne: Person, bart: Person) -> None:
    answered(gate, anne, bart)
    gate.later(hours=20)
    gate.parts.receive(gate.accept(bart.replies(gate.mailbox(bart)[0], "And now?")), gate.now)
    with transaction(gate.parts.engine) as conn:
        assert outbox.hold(conn, gate.outbox(Template.REPLY)[-1].id)

    gate.later(days=3)

    assert gate.ticket(1).state is State.ANSWERED
    assert not gate.outbox(Template.AUTOCLOSE_WARNING)


def test_a_reply_weeks_after_the_close_opens_the_ticket_again(gate: Gate, anne: Person, bart: Person) -> None:
    answered(gate, anne, bart)
    gate.later(hours=24)
    gate.later(hours=12)

    gate.now += timedelta(days=50)
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "It fails again."))

    assert gate.ticket(1).state is State.OPEN
    assert len(gate.tickets()) == 1
