"""The open tickets as a mail: each morning and on request, worked by answering it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from mailgate.config.settings import QueueList
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event, State
from store.engine import reading, transaction
from store.post import lists
from store.schema import tickets
from tests.gate import BEGIN, BeginGate, Gate, Person, Received


@pytest.fixture
def fred(gate: Gate) -> Person:
    """The other one who answers."""
    return gate.staff("Fred Frost", "fred@hosting.example")


@pytest.fixture
def listed(gate: Gate, anne: Person, bart: Person, fred: Person) -> Received:
    """Bart's list of three tickets of Anne's."""
    for number in range(1, 4):
        gate.deliver(anne.writes("Please look.", subject=f"Matter {number}"))
        gate.later(hours=1)
    gate.deliver(bart.writes("!queue", subject="x"))
    return gate.mailbox(bart)[-1]


def test_the_queue_comes_on_request_who_has_waited_longest_first(gate: Gate, listed: Received) -> None:
    words = " ".join(listed.text.split())

    assert listed.subject == "Queue: 3 waiting, the longest for 3 hours"
    assert [words.index(f"{place} Matter {place} [#{place}]") for place in (1, 2, 3)] == sorted(
        words.index(f"{place} Matter {place} [#{place}]") for place in (1, 2, 3)
    )
    assert "Anne Miller, waiting for 2 hours" in words


def test_an_answer_takes_closes_and_gives_by_the_places_of_the_list(
    gate: Gate, anne: Person, bart: Person, listed: Received
) -> None:
    answered = gate.deliver(bart.replies(listed, "1 mine\n2 close\n3 fred\n\nBart"))

    assert answered.outcome.disposition is Disposition.COMMAND
    assert (gate.ticket(1).assignee_id, gate.ticket(3).assignee_id) == (1, 2)
    assert gate.ticket(2).state is State.CLOSED
    assert gate.events(2)[-1] == (Event.CLOSED, "Bart Jones", {})
    assert (gate.history(2)[-1].spool_id, gate.history(2)[-1].evidence) == (answered.id, "D+T")
    assert "#2" in gate.mailbox(anne)[-1].subject
    receipt = " ".join(gate.mailbox(bart)[-1].text.split())
    assert "#1 is yours: Matter 1" in receipt
    assert "#3 is given to Fred Frost: Matter 3" in receipt


def test_a_line_that_is_not_understood_means_that_nothing_is_done(gate: Gate, bart: Person, listed: Received) -> None:
    gate.deliver(bart.replies(listed, "1 mine\n4 close"))

    assert gate.ticket(1).assignee_id is None
    answer = gate.mailbox(bart)[-1]
    assert answer.subject == "Nothing was decided"
    assert "4 close" in answer.text
    gate.deliver(bart.replies(answer, "1 mine"))
    assert gate.ticket(1).assignee_id == 1


def test_an_old_list_says_what_has_changed_since(gate: Gate, anne: Person, bart: Person, listed: Received) -> None:
    gate.deliver(bart.replies(listed, "1 close"))

    gate.deliver(bart.replies(listed, "1 mine\n2 wait 3d"))

    assert gate.ticket(1).assignee_id is None
    assert gate.ticket(2).state is State.WAITING
    assert "#1: nothing was done: it is closed" in " ".join(gate.mailbox(bart)[-1].text.split())


def test_nobody_else_can_answer_a_list(gate: Gate, anne: Person, fred: Person, listed: Received) -> None:
    for person in (anne, fred):
        gate.deliver(person.replies(listed, "1 close"))

    assert gate.ticket(1).state is not State.CLOSED


def test_what_was_closed_from_the_list_can_be_taken_back(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne, bart = gate.customer("Anne", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("Please look."))
    notification = gate.mailbox(bart)[-1]
    gate.deliver(bart.writes("!queue", subject="x"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "1 close"))

    gate.deliver(bart.replies(notification, "!undo"))
    gate.later(minutes=2)

    assert gate.ticket(1).state is State.OPEN
    assert gate.outbox(Template.CLOSED)[0].state == "cancelled"


def test_each_morning_the_staff_who_are_there_get_the_list(begin: BeginGate) -> None:
    gate = begin(desk_rules={"queue_list": QueueList.DAILY})
    anne, bart = gate.customer("Anne", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    fred = gate.staff("Fred Frost", "fred@hosting.example")
    gate.deliver(fred.writes("!away until 2026-03-20", subject="x"))
    gate.deliver(anne.writes("Please look."))

    gate.now = BEGIN.replace(day=3, hour=6, minute=59)  # 7:59 in Berlin
    gate.later(seconds=1)
    before = len(gate.outbox(Template.QUEUE))
    gate.later(seconds=60)
    gate.later(hours=3)

    assert before == 0
    assert [row.notice.to_address for row in gate.outbox(Template.QUEUE)] == [bart.address]


def test_a_morning_without_open_tickets_has_no_list(begin: BeginGate) -> None:
    gate = begin(desk_rules={"queue_list": QueueList.DAILY})
    gate.staff("Bart Jones", "bart@hosting.example")

    for _ in range(3):
        gate.later(days=1)

    assert gate.outbox(Template.QUEUE) == ()


def test_an_empty_queue_says_so(gate: Gate, bart: Person) -> None:
    gate.deliver(bart.writes("!queue", subject="x"))

    assert gate.mailbox(bart)[-1].subject == "Queue: nobody waits"


def test_two_lists_of_one_instant_are_told_apart(gate: Gate, anne: Person, bart: Person, cris: Person) -> None:
    gate.deliver(anne.writes("Please look."))
    held = gate.deliver(cris.writes("Hello?"))
    gate.later(seconds=1)
    gate.deliver(bart.writes("!queue", subject="x"))
    alert, queue = (
        next(mail for mail in reversed(gate.mailbox(bart)) if words in mail.subject) for words in ("held", "Queue")
    )

    gate.deliver(bart.replies(queue, "1 mine"))
    gate.deliver(bart.replies(alert, f"release {held.id}"))

    assert gate.ticket(1).assignee_id == 1
    assert gate.inbox(held.id).outcome.disposition is Disposition.OPENED
    assert timedelta(0) == gate.outbox(Template.QUEUE)[0].created_at - gate.outbox(Template.HELD_ALERT)[0].created_at


def test_two_lists_of_one_instant_are_answered_each_by_its_own_places(
    gate: Gate, anne: Person, bart: Person, fred: Person
) -> None:
    gate.deliver(anne.writes("Please look.", subject="Matter 1"))
    gate.deliver(bart.writes("!queue", subject="x"))
    first = gate.mailbox(bart)[-1]
    with transaction(gate.parts.engine) as conn:
        conn.execute(update(tickets).values(waiting_since=BEGIN + timedelta(hours=1)))
    gate.deliver(anne.writes("Please look.", subject="Matter 2"))
    gate.deliver(bart.writes("!queue", subject="x"))

    gate.deliver(bart.replies(first, "1 mine"))

    assert "1 Matter 2" in gate.mailbox(bart)[-2].text
    assert (gate.ticket(1).assignee_id, gate.ticket(2).assignee_id) == (1, None)


def test_a_list_of_a_colleague_is_not_answered_with_his_number(
    gate: Gate, anne: Person, bart: Person, fred: Person
) -> None:
    gate.deliver(anne.writes("Please look.", subject="Matter 1"))
    gate.deliver(fred.writes("!queue", subject="x"))

    with reading(gate.parts.engine) as conn:
        his, bart_s = lists.find(conn, 1, 2), lists.find(conn, 1, 1)

    assert his is not None
    assert (his.ids, his.kind, bart_s) == ((1,), Template.QUEUE, None)
