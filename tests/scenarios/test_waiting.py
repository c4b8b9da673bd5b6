"""A ticket is put off until a date; and the audit trail says of each change who made it, by which mail."""

from datetime import datetime, timedelta

import pytest

from mailgate.flows.story.act import Act
from mailgate.flows.ticket import change
from mailgate.letters.kind import Template
from mailgate.tickets.ticket import Doer, Event, State
from store import people
from store.desk import tickets
from store.engine import transaction
from tests.gate import BEGIN, Gate, Person

BART = Doer("Bart Jones", "bart@hosting.example", staff_id=1)


def put_off(gate: Gate, until: datetime) -> None:
    """Bart leaves ticket 1 alone until then."""
    with transaction(gate.parts.engine) as conn:
        tickets.lock(conn, (1,))
        ticket = tickets.find(conn, 1)
        assert ticket is not None
        change.wait(Act.begin(conn, gate.parts.settings, gate.now), ticket, BART, until=until)


def assign_to_second(gate: Gate) -> None:
    """Bart makes ticket 1 the matter of the staff member with id 2."""
    with transaction(gate.parts.engine) as conn:
        tickets.lock(conn, (1,))
        ticket, second = tickets.find(conn, 1), people.list_staff(conn)[1]
        assert ticket is not None
        change.assign(Act.begin(conn, gate.parts.settings, gate.now), ticket, BART, to=second)


@pytest.fixture
def asked(gate: Gate, anne: Person, bart: Person) -> Gate:
    """Anne has written, Bart was told."""
    gate.deliver(anne.writes("When will the new server come?"))
    return gate


def test_a_ticket_that_was_put_off_is_open_again_on_its_day_and_staff_are_told_once(asked: Gate, bart: Person) -> None:
    put_off(asked, BEGIN + timedelta(days=3))

    asked.later(days=2, hours=23)
    early = asked.ticket(1).state
    asked.later(hours=1)
    asked.later(hours=1)

    assert (early, asked.ticket(1).state) == (State.WAITING, State.OPEN)
    assert asked.ticket(1).waiting_since == BEGIN + timedelta(days=3)
    assert len(asked.outbox(Template.WAIT_ENDED)) == 1
    assert "was put off until now" in asked.mailbox(bart)[-1].text


def test_whose_matter_it_is_hears_of_the_end_and_can_answer_that_mail(asked: Gate, anne: Person, bart: Person) -> None:
    cora = asked.staff("Cora Smith", "cora@hosting.example")
    assign_to_second(asked)
    put_off(asked, BEGIN + timedelta(hours=1))

    asked.later(hours=1)
    [told] = asked.outbox(Template.WAIT_ENDED)
    asked.deliver(cora.replies(asked.mailbox(cora)[-1], "It has come."))

    assert told.notice.to_address == cora.address
    assert "It has come." in asked.mailbox(anne)[-1].text
    assert "put off" not in asked.mailbox(anne)[-1].text
    assert asked.ticket(1).state is State.ANSWERED


def test_a_customer_who_writes_ends_the_wait(asked: Gate, anne: Person) -> None:
    put_off(asked, BEGIN + timedelta(days=3))

    asked.deliver(anne.replies(asked.mailbox(anne)[-1], "Never mind."))
    asked.later(days=4)

    assert asked.ticket(1).state is State.OPEN
    assert not asked.outbox(Template.WAIT_ENDED)


def test_out_of_office_does_not_end_the_wait(asked: Gate, anne: Person) -> None:
    put_off(asked, BEGIN + timedelta(days=3))

    away = anne.replies(asked.mailbox(anne)[-1], "I am away.", headers={"Auto-Submitted": "auto-replied"})
    asked.deliver(away, sender="")

    assert (asked.ticket(1).state, asked.ticket(1).wait_until) == (State.WAITING, BEGIN + timedelta(days=3))


def test_nobody_is_warned_while_a_ticket_waits(asked: Gate, bart: Person) -> None:
    asked.deliver(bart.replies(asked.mailbox(bart)[0], "On Friday."))
    put_off(asked, BEGIN + timedelta(days=4))

    asked.later(days=3)

    assert asked.ticket(1).state is State.WAITING
    assert not asked.outbox(Template.AUTOCLOSE_WARNING)


def test_the_trail_names_who_closed_and_who_reopened_with_mail_and_evidence(
    asked: Gate, anne: Person, bart: Person
) -> None:
    closing = asked.deliver(bart.replies(asked.mailbox(bart)[0], "!close"))
    opening = asked.deliver(anne.replies(asked.mailbox(anne)[-1], "It is not settled."))

    events = [entry for entry in asked.history(1) if entry.event in (Event.CLOSED, Event.REOPENED)]
    assert [(one.author_name, one.staff_id, one.spool_id, one.evidence) for one in events] == [
        ("Bart Jones", 1, closing.id, "D+T"),
        ("Anne Miller", None, opening.id, "D+T"),
    ]
