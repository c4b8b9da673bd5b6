"""A mail that waited for the smarthost does not say what is no longer so: it is looked at again before it leaves."""

import pytest

from mailgate.letters.kind import Template
from mailgate.tickets.ticket import State
from store.post.outbox import OutState
from tests.gate import BeginGate, Gate, Person

LATER = "451 4.7.1 Try again later"


@pytest.fixture
def warned(gate: Gate, anne: Person, bart: Person) -> Gate:
    """Anne says nothing to Bart's answer; the smarthost does not take the warning that her ticket will be closed."""
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))
    gate.sink.replies["RCPT"] = [LATER]
    gate.later(hours=24)
    return gate


def test_a_warning_of_a_ticket_that_was_answered_meanwhile_is_cancelled(warned: Gate, anne: Person) -> None:
    [deferred] = warned.outbox(Template.AUTOCLOSE_WARNING)
    warned.deliver(anne.replies(warned.mailbox(anne)[-1], "It still fails."))

    warned.later(hours=1)

    [dropped] = warned.outbox(Template.AUTOCLOSE_WARNING)
    assert (deferred.state, deferred.last_reply) == (OutState.QUEUED, LATER)
    assert (dropped.state, dropped.due_at) == (OutState.CANCELLED, None)
    assert dropped.last_reply == "not sent, no longer so: the ticket is open"
    assert [mail.subject for mail in warned.mailbox(anne) if "we will close" in mail.text] == []
    assert warned.ticket(1).state is State.OPEN


def test_a_warning_that_was_overtaken_by_a_further_answer_is_cancelled(
    warned: Gate, anne: Person, bart: Person
) -> None:
    warned.deliver(bart.replies(warned.mailbox(bart)[0], "And now?"))

    warned.later(hours=1)

    assert [row.state for row in warned.outbox(Template.AUTOCLOSE_WARNING)] == [OutState.CANCELLED]
    assert "And now?" in warned.mailbox(anne)[-1].text


def test_a_warning_that_is_still_so_goes_out_late(warned: Gate, anne: Person) -> None:
    warned.later(hours=1)

    assert [row.state for row in warned.outbox(Template.AUTOCLOSE_WARNING)] == [OutState.SENT]
    assert "we will close" in warned.mailbox(anne)[-1].text


def test_nobody_hears_of_a_close_that_his_answer_has_undone(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!close"))

    gate.deliver(anne.replies(gate.mailbox(anne)[0], "Wait, it is broken again."))
    gate.later(minutes=2)

    assert [row.state for row in gate.outbox(Template.CLOSED)] == [OutState.CANCELLED]
    assert gate.ticket(1).state is State.OPEN


def test_staff_are_not_told_of_the_end_of_a_wait_when_somebody_has_answered(
    gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!wait 1d"))
    gate.sink.replies["RCPT"] = [LATER]
    gate.later(days=1)

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "It is mended."))
    gate.later(hours=1)

    assert [row.state for row in gate.outbox(Template.WAIT_ENDED)] == [OutState.CANCELLED]


def test_a_mail_that_may_have_gone_out_is_no_longer_asked_about(warned: Gate, anne: Person) -> None:
    warned.sink.closes_after_dot = True
    warned.sink.replies["."] = ["250 taken, and gone"]
    warned.later(hours=1)
    doubtful = warned.outbox(Template.AUTOCLOSE_WARNING)[0].state
    warned.sink.closes_after_dot = False
    warned.deliver(anne.replies(warned.mailbox(anne)[0], "It still fails."))

    warned.later(hours=1)

    assert doubtful is OutState.IN_DOUBT
    assert warned.outbox(Template.AUTOCLOSE_WARNING)[0].state is OutState.SENT
