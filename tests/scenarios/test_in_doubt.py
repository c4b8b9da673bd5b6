"""The connection ends between the last byte of a mail and its reply: nobody can know whether it went out (F14)."""

import pytest

from mailgate.config.settings import InDoubt
from mailgate.jobs import FailPoint
from mailgate.letters.kind import Template
from store.post.outbox import OutState, Phase
from tests.gate import BeginGate, Gate, Person, Received


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got for Anne's first mail, from a smarthost that works."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(bart)[0]


def test_a_mail_in_doubt_is_sent_once_more_to_the_byte(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.sink.closes_after_dot = True
    gate.deliver(bart.replies(notification, "Please try again."))
    [doubtful] = gate.outbox(Template.REPLY)
    gate.sink.closes_after_dot = False

    gate.later(minutes=1)

    assert (doubtful.state, doubtful.phase) == (OutState.IN_DOUBT, Phase.DATA)
    [sent] = gate.outbox(Template.REPLY)
    assert (sent.state, sent.phase, sent.attempts) == (OutState.SENT, None, 2)
    first, second = gate.sink.messages[-2:]
    assert first == second
    assert b"Please try again." in first


def test_a_mail_twice_in_doubt_is_parked_and_staff_are_told(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.sink.closes_after_dot = True
    gate.deliver(bart.replies(notification, "Please try again."))
    gate.later(minutes=1)
    gate.sink.closes_after_dot = False

    gate.later(hours=24)

    [parked] = gate.outbox(Template.REPLY)
    assert (parked.state, parked.due_at, parked.attempts) == (OutState.IN_DOUBT, None, 2)
    assert len([mail for mail in gate.mailbox(anne) if "Please try again." in mail.text]) == 2
    assert "perhaps sent, in doubt" in gate.events(1)[-1][2]["reply"]
    assert "perhaps sent, in doubt" in gate.mailbox(bart)[-1].text


def test_the_second_attempt_may_be_deferred_without_losing_the_doubt(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.sink.closes_after_dot = True
    gate.deliver(bart.replies(notification, "Please try again."))
    gate.sink.closes_after_dot = False
    gate.sink.replies["RCPT"] = ["451 4.7.1 Try again later"]
    gate.later(minutes=1)
    [deferred] = gate.outbox(Template.REPLY)
    gate.sink.closes_after_dot = True

    gate.later(hours=1)

    assert (deferred.state, deferred.phase) == (OutState.QUEUED, Phase.DATA)
    assert gate.outbox(Template.REPLY)[0].state is OutState.IN_DOUBT
    assert gate.outbox(Template.REPLY)[0].due_at is None


def test_where_the_settings_say_so_a_mail_in_doubt_is_parked_at_once(begin: BeginGate) -> None:
    gate = begin(smarthost={"in_doubt": InDoubt.PARK})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    gate.sink.closes_after_dot = True
    gate.deliver(anne.writes("It is broken."))
    gate.sink.closes_after_dot = False

    gate.later(hours=24)

    [parked] = gate.outbox()
    assert (parked.state, parked.due_at, parked.attempts) == (OutState.IN_DOUBT, None, 1)
    assert len(gate.sink.messages) == 1


@pytest.mark.parametrize("in_doubt", InDoubt)
def test_a_crash_between_data_and_its_reply_leaves_the_mail_in_doubt(begin: BeginGate, in_doubt: InDoubt) -> None:
    gate = begin(smarthost={"in_doubt": in_doubt}, fail_point=_dies_after_the_dot(times=1))
    anne = gate.customer("Anne Miller", "anne@customer.example")
    with pytest.raises(_Killed):
        gate.deliver(anne.writes("It is broken."))

    gate.later(hours=1)

    [row] = gate.outbox()
    copies = gate.sink.messages
    if in_doubt is InDoubt.RETRY:
        assert (row.state, len(copies), len(set(copies))) == (OutState.SENT, 2, 1)
    else:
        assert (row.state, row.due_at, len(copies)) == (OutState.IN_DOUBT, None, 1)


def test_a_second_crash_between_data_and_its_reply_parks_the_mail(begin: BeginGate) -> None:
    gate = begin(fail_point=_dies_after_the_dot(times=2))
    anne = gate.customer("Anne Miller", "anne@customer.example")
    with pytest.raises(_Killed):
        gate.deliver(anne.writes("It is broken."))
    with pytest.raises(_Killed):
        gate.later(minutes=20)

    for _ in range(3):
        gate.later(hours=1)

    [parked] = gate.outbox()
    assert (parked.state, parked.due_at) == (OutState.IN_DOUBT, None)
    assert len(gate.sink.messages) == 2


class _Killed(BaseException):
    """The process ended here."""


def _dies_after_the_dot(*, times: int) -> FailPoint:
    deaths = iter(range(times))

    def fail_point(name: str) -> None:
        if name == "deliver.after-dot" and next(deaths, None) is not None:
            raise _Killed

    return fail_point
