"""B40: commands where there should be none, that contradict, that do not exist, and five hundred of them."""

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from tests.gate import Gate, Person, Received

LINES = ("!close", "!spam", "!take", "!wait 3d", "!merge 2", "!away until 2026-12-24")
BELOW = (
    "It works.\n\n> {}",
    "It works.\n\n-- \n{}",
    "It works.\n\n---------- Forwarded message ---------\nFrom: Cris <cris@stranger.example>\n\n{}",
    "It works.\n\nOn Mon, 2 Mar 2026 at 10:00, Cris <cris@stranger.example> wrote:\n{}",
)


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(bart)[0]


@pytest.mark.parametrize("text", [shape.format(line) for shape in BELOW for line in LINES])
def test_a_command_that_is_not_the_writer_s_is_not_run(
    gate: Gate, anne: Person, bart: Person, notification: Received, text: str
) -> None:
    gate.deliver(bart.writes(text, to=str(notification.message["Reply-To"])))

    ticket = gate.ticket(1)
    assert (ticket.state, ticket.assignee_id, ticket.wait_until) == (State.ANSWERED, None, None)
    assert gate.inbox(1).outcome.disposition is Disposition.OPENED
    assert "It works." in gate.mailbox(anne)[-1].text


@pytest.mark.parametrize("line", LINES)
def test_a_command_among_the_words_stops_the_mail(
    gate: Gate, anne: Person, bart: Person, notification: Received, line: str
) -> None:
    stopped = gate.deliver(bart.replies(notification, f"Hello Anne,\n\nit works.\n{line}\n\nBart"))

    assert stopped.outcome.disposition is Disposition.COMMAND
    assert (gate.ticket(1).state, gate.ticket(1).assignee_id) == (State.OPEN, None)
    assert (len(gate.mailbox(anne)), gate.outbox(Template.REPLY)) == (1, ())
    told = " ".join(gate.mailbox(bart)[-1].text.split())
    assert f"- {line}: a command does something only at the very top of a mail" in told
    assert "move it there, or take it out" in told


def test_a_body_that_begins_with_a_quoted_command_has_none(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.writes("> !close\n\nIt works.", to=str(notification.message["Reply-To"])))

    assert gate.ticket(1).state is State.ANSWERED


def test_a_command_in_html_alone_is_read_and_one_in_its_quotes_is_not(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    to = str(notification.message["Reply-To"])

    gate.deliver(bart.writes("", to=to, html="<p>!take</p><blockquote type='cite'><p>!close</p></blockquote>"))

    assert (gate.ticket(1).assignee_id, gate.ticket(1).state) == (1, State.OPEN)


def test_each_line_that_is_at_fault_is_answered_with_its_reason_and_nothing_is_run(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    text = "!take\n!clsoe\n!close\n!wait 3d\n!assign nobody-here\n!frobnicate\nDone."

    gate.deliver(bart.replies(notification, text))

    words = " ".join(gate.mailbox(bart)[-1].text.split())
    assert "- !clsoe: there is no such command. Did you mean !close?" in words
    assert "- !wait 3d: this cannot stand beside !close." in words
    assert "- !assign nobody-here: nobody on the staff is called nobody-here." in words
    assert "- !frobnicate: there is no such command." in words
    assert (gate.ticket(1).state, gate.ticket(1).assignee_id) == (State.OPEN, None)
    assert (len(gate.mailbox(anne)), gate.outbox(Template.REPLY)) == (1, ())


def test_five_hundred_commands_are_answered_once_and_shortly(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    lines = [f"!note {number}" for number in range(500)]

    returned = gate.deliver(bart.replies(notification, "\n".join(lines)))

    assert returned.outcome.reason == "returned to its writer: There are more than 20 commands in it."
    assert len(gate.outbox(Template.RETURNED)) == 1
    assert len(gate.history(1)) == 1
