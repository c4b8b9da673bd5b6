"""Business hours: no ticket is warned or closed at night or on a holiday, and nobody forgets a first answer."""

import pytest

from mailgate.letters.kind import Template
from mailgate.tickets.ticket import State
from tests.gate import BeginGate, Gate, Person

WEEK = ("mon-fri 09:00-17:00",)
RULES = {"undo_seconds": 0, "hours": WEEK, "holidays": ("2026-03-09",)}
# It begins on Monday, 2 March 2026, at 10:00 in Berlin.


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate whose desk is open from nine to five, but for one Monday."""
    return begin(desk_rules=RULES)


@pytest.fixture
def timed(begin: BeginGate) -> Gate:
    """The same with an aim: an answer within four hours, and an alarm an hour before."""
    return begin(desk_rules={**RULES, "first_answer_hours": 4})


def states(gate: Gate, *hours: int) -> list[str]:
    """The state of the first ticket, and whether its customer was warned, at these steps from one to the next."""
    found = []
    for step in hours:
        gate.later(hours=step)
        ticket = gate.ticket(1)
        found.append("warned" if ticket.state is State.ANSWERED and ticket.warned_at else ticket.state.value)
    return found


def test_a_silent_customer_is_warned_and_his_ticket_closes_while_somebody_works(
    gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Is it better now?"))

    # Tuesday 10:00: warned after 24 h. Twelve hours later is 22:00, so it closes on Wednesday at 9:00.
    assert states(gate, 24, 12, 10, 1) == ["warned", "warned", "warned", "closed"]
    warning = next(mail for mail in gate.mailbox(anne) if "Wed 4 Mar" in mail.text)
    assert "08:00" in warning.text  # of her zone, which is UTC


def test_a_weekend_and_a_holiday_close_nothing(gate: Gate, anne: Person, bart: Person) -> None:
    gate.now = gate.now.replace(day=6)
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Is it better now?"))

    # Answered on Friday at 10:00: Saturday, Sunday and the free Monday pass, and on Tuesday at 9:00 he is warned.
    assert states(gate, 24, 24, 24, 22, 1, 12, 12) == [
        "answered",
        "answered",
        "answered",
        "answered",
        "warned",
        "warned",
        "closed",
    ]


def test_a_gate_that_stood_still_closes_nothing_at_night(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Is it better now?"))

    assert states(gate, 24 + 10, 12, 1) == ["answered", "answered", "warned"]


def test_staff_hear_of_a_ticket_that_nobody_has_answered_before_it_is_late(timed: Gate) -> None:
    gate = timed
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    fred = gate.staff("Fred Frost", "fred@hosting.example")
    gate.now = gate.now.replace(hour=14)  # 15:00 in Berlin: two hours are left of the day
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.writes("And slow.", subject="Slow"))
    gate.deliver(bart.replies(gate.mailbox(bart)[1], "We look into it."))

    gate.later(hours=17)
    at_night = len(gate.outbox(Template.STAFF_NEWS))
    gate.later(hours=2)
    gate.later(hours=5)

    assert at_night == 0
    told = [mail for one in (bart, fred) for mail in gate.mailbox(one) if "Nobody has answered" in mail.text]
    assert [mail.subject for mail in told] == ["Re: No mail since Monday [#1]"] * 2
    text = " ".join(told[0].text.split())
    assert "Its first answer is due by Tue 3 Mar, 11:00." in text
    assert "Anne Miller wrote last, Mon 2 Mar, 15:00: It is broken." in text
    gate.deliver(bart.replies(told[0], "It works again."))
    assert "It works again." in gate.mailbox(anne)[-1].text


def test_without_an_aim_nobody_is_alarmed(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))

    gate.later(hours=100)

    assert not gate.outbox(Template.STAFF_NEWS)
