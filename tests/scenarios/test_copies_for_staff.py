"""What was sent is told to the colleagues whom it concerns, when it has left; and all of a ticket is one thread."""

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.thread_index import root_in
from tests.gate import BeginGate, Gate, Person, Received


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate whose answers wait a minute."""
    return begin(desk_rules={"undo_seconds": 60})


@pytest.fixture
def fred(gate: Gate) -> Person:
    """The other one who answers."""
    return gate.staff("Fred Frost", "fred@hosting.example")


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person, fred: Person) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("It is broken.", headers={"Thread-Index": "AdGqJ8Q3pJ3m0h3HRZqoQ3rW2S0a0Q=="}))
    return gate.mailbox(bart)[0]


def test_a_copy_leaves_with_the_answer_and_not_to_its_writer(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "Please try again.", files=[("t.pdf", "application/pdf", b"%PDF")]))
    before = len(gate.mailbox(fred))
    gate.later(seconds=60)

    assert before == 1
    copy = gate.mailbox(fred)[-1]
    assert "Please try again." in copy.text
    assert (
        "A copy: Bart Jones wrote this to Anne Miller <anne@customer.example>. It is on its way to them." in copy.text
    )
    assert str(copy.message["From"]) == '"Bart Jones (via support)" <support@support.example>'
    assert [part.get_filename() for part in copy.message.iter_attachments()] == ["t.pdf"]
    assert len(gate.mailbox(bart)) == 1


def test_an_answer_that_is_undone_has_no_copy(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "Please try again."))

    gate.deliver(bart.replies(notification, "!undo"))
    gate.later(minutes=5)

    assert len(gate.mailbox(fred)) == 1


def test_a_close_that_is_taken_back_is_no_news(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!note\nHer disk is full."))
    gate.deliver(bart.replies(notification, "!close\n!assign fred"))

    gate.deliver(bart.replies(notification, "!undo"))
    gate.later(minutes=5)

    assert ["Her disk is full." in mail.text for mail in gate.mailbox(fred)] == [False, True]
    assert gate.ticket(1).assignee_id is None


def test_a_line_of_a_copy_does_not_leave_in_a_reply(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "Please try again."))
    gate.later(minutes=1)
    copy = gate.mailbox(fred)[-1]
    context = copy.text.partition("-- \n")[2].splitlines()

    for line in filter(None, context):
        gate.deliver(fred.writes(f"Hello\n{line}", to=str(copy.message["Reply-To"])))

    assert len(gate.outbox(Template.REPLY)) == 1
    assert len(gate.outbox(Template.RETURNED)) == len(list(filter(None, context)))


def test_all_mails_of_a_ticket_are_one_thread_for_each_reader(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    first = gate.history(1)[0].message_id
    gate.deliver(bart.replies(notification, "Please try again."))
    gate.later(minutes=1)
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "No."))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!note\n!nte"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!help"))

    staff = [mail.message for one in (bart, fred) for mail in gate.mailbox(one)]
    customer = [mail.message for mail in gate.mailbox(anne)]

    assert {message["References"].split()[0] for message in staff} == {"<t.1.root@support.example>"}
    assert {message["References"].split()[0] for message in customer} == {f"<{first}>"}
    assert {root_in(message["Thread-Index"]) for message in staff + customer} == {"AdGqJ8Q3pJ3m0h3HRZqoQ3rW2S0a0Q=="}
    assert {str(message["Thread-Topic"]) for message in staff + customer} == {"No mail since Monday"}
    assert {message["X-Mailgate-Ticket"] for message in staff} == {"1"}


def test_references_do_not_grow_for_ever(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    for number in range(15):
        gate.deliver(anne.replies(gate.mailbox(anne)[-1], f"Hello {number}?"))

    last = gate.mailbox(bart)[-1].message["References"].split()
    assert len(last) == 11
    assert last[0] == "<t.1.root@support.example>"
    assert len(" ".join(last)) < 1500
