"""The block for staff below a notification: a reply that still carries a line of it is not sent to the customer."""

import textwrap

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from tests.gate import Gate, Person, Received


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(bart)[0]


def _context(notification: Received) -> list[str]:
    lines = notification.text.splitlines()
    return [line for line in lines[lines.index("-- ") + 1 :] if line.strip()]


def test_the_block_says_who_wrote_what_the_ticket_is_and_what_may_be_commanded(notification: Received) -> None:
    context = _context(notification)

    assert context[0] == "Written by Anne Miller <anne@customer.example>"
    assert context[1] == "Your reply goes to Anne Miller <anne@customer.example>."
    assert context[2] == "Ticket #1, open, nobody has it, desk support, customer 1, waiting since Mon 2 Mar, 10:00"
    assert context[3] == "Anne Miller, customer since 2 Mar 2026"
    assert context[4] == "All of it: http://127.0.0.1:8025/staff/tickets/1"
    assert context[-1] == (
        "First line may be: !note  !close  !wait 3d  !assign bart  !take  !spam  !undo   (more: !help)"
    )


@pytest.mark.parametrize("which", range(6))
def test_a_reply_with_a_line_of_the_block_goes_back(
    gate: Gate, anne: Person, bart: Person, notification: Received, which: int
) -> None:
    line = _context(notification)[which]
    shapes = [line, "\n".join(textwrap.wrap(line, 18)), f"     {line.upper()}", f"| {line}"]
    texts = [f"Please try again.\n\n{left_over}\n\nBart" for left_over in shapes]

    returned = [gate.deliver(bart.writes(text, to=str(notification.message["Reply-To"]))) for text in texts]

    assert [mail.outcome.disposition for mail in returned] == [Disposition.COMMAND] * 4
    reasons = {(mail.outcome.reason or "").partition(":")[2][:44] for mail in returned}
    assert reasons == {" It still contains a line that is for staff "}
    assert all("Please try again." in mail.text for mail in gate.mailbox(bart)[1:])
    assert len(gate.mailbox(bart)) == 5
    assert (gate.outbox(Template.REPLY), gate.ticket(1).state) == ((), State.OPEN)


def test_an_earlier_notification_s_block_is_looked_for_too(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!close"))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Again."))
    old = "Ticket #1, open, nobody has it, desk support, customer 1, waiting since Mon 2 Mar, 10:00"

    returned = gate.deliver(bart.replies(gate.mailbox(bart)[-1], f"Hello\n{old}"))

    assert returned.outcome.disposition is Disposition.COMMAND
    assert gate.outbox(Template.REPLY) == ()


def test_the_block_behind_quotation_marks_is_cut_away_and_the_rest_is_sent(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    quoted = "\n".join(f"> {line}" for line in notification.text.splitlines())

    gate.deliver(bart.writes(f"Answer.\n\n{quoted}\n", to=str(notification.message["Reply-To"])))

    reply = gate.mailbox(anne)[-1]
    assert "Answer." in reply.text
    assert "nobody has it" not in reply.raw.decode()


def test_a_note_may_repeat_the_block(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    noted = gate.deliver(bart.replies(notification, f"!note\n{_context(notification)[0]}"))

    assert noted.outcome.reason == "!note"
    assert len(gate.mailbox(anne)) == 1


def test_short_everyday_words_are_no_leak(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    gate.deliver(bart.replies(notification, "Ticket 1 is written by Anne, and open. Your reply goes well."))

    assert "Your reply goes well." in gate.mailbox(anne)[-1].text
