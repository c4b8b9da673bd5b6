"""Staff are told of our mail that is long on its way: once of each, and not of each by itself."""

from datetime import timedelta

import pytest

from mailgate.letters.kind import Template
from mailgate.tickets.ticket import Event
from store.post.outbox import OutState
from tests.gate import BeginGate, Gate, Person

LATER = "451 4.7.1 Greylisted, try again later"


@pytest.fixture
def late(gate: Gate, anne: Person, bart: Person) -> Gate:
    """Bart's answer to Anne is put off by her mail server, and all that is sent to her."""
    gate.deliver(anne.writes("It is broken."))
    answer(gate, bart)
    return gate


def answer(gate: Gate, bart: Person, *, times: int = 4) -> None:
    """An answer that is put off at its first attempts: after 1, 6, 21 and 51 minutes it is tried again."""
    gate.sink.replies["RCPT"] = [LATER] * times
    gate.deliver(bart.replies(gate.mailbox(bart)[0], f"Please try again at {gate.now:%H:%M}."))


def in_vain(gate: Gate, hours: float) -> None:
    """Time passes, hour by hour; the answers are put off, and mails to staff are not."""
    for _ in range(int(hours * 4)):
        gate.sink.replies["RCPT"] = [LATER] * sum(
            row.due_at is not None and row.due_at <= gate.now + timedelta(minutes=15)
            for row in gate.outbox(Template.REPLY)
            if row.state is OutState.QUEUED
        )
        gate.later(minutes=15)
        gate.sink.replies["RCPT"] = []


def told(gate: Gate, person: Person) -> list[str]:
    return [mail.subject for mail in gate.mailbox(person) if "on the way" in mail.subject]


def test_an_answer_that_is_late_is_told_once_with_what_the_server_said(late: Gate, bart: Person) -> None:
    in_vain(late, 3.5)
    before = told(late, bart)

    in_vain(late, 12)

    assert before == []
    assert told(late, bart) == ["A mail of ours is still on the way"]
    words = late.mailbox(bart)[-1].text
    [reply] = late.outbox(Template.REPLY)
    assert f"Mail {reply.id}, waiting since" in words
    assert LATER in words
    assert "anne@customer.example" in words
    lost = {"mail": reply.id, "to": "anne@customer.example", "reply": LATER}
    assert late.events(1)[-1] == (Event.DELAYED, "mailgate", lost)


def test_what_becomes_late_within_the_hour_waits_for_the_next_mail(late: Gate, bart: Person) -> None:
    in_vain(late, 0.5)
    answer(late, bart, times=1)
    answer(late, bart, times=2)

    in_vain(late, 6)

    assert told(late, bart) == ["A mail of ours is still on the way", "2 mails of ours are still on the way"]


def test_a_mail_that_arrives_in_time_is_not_told_of(late: Gate, bart: Person) -> None:
    in_vain(late, 3)
    late.later(hours=3)

    assert [row.state for row in late.outbox(Template.REPLY)] == [OutState.SENT]
    assert told(late, bart) == []


def test_a_late_acknowledgement_is_nothing_to_be_told_of(gate: Gate, anne: Person, bart: Person) -> None:
    gate.sink.replies["RCPT"] = ["250 OK", LATER]
    gate.deliver(anne.writes("It is broken."))
    [acknowledgement] = gate.outbox(Template.ACKNOWLEDGEMENT)
    assert acknowledgement.state is OutState.QUEUED

    for _ in range(10):
        gate.sink.replies["RCPT"] = [LATER]
        gate.later(hours=2)

    assert told(gate, bart) == []


@pytest.mark.parametrize(("hours", "subjects"), [(0, 0), (1, 1)])
def test_the_settings_say_after_how_long(begin: BeginGate, hours: int, subjects: int) -> None:
    gate = begin(smarthost={"delay_notice_hours": hours})
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    answer(gate, bart)

    in_vain(gate, 1.5)

    assert len(told(gate, bart)) == subjects
