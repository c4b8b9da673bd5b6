"""Two of the staff answer at once: the second answer is held for its writer, and nobody else is bothered (pain 21)."""

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from tests.gate import Gate, Person, Received


@pytest.fixture
def fred(gate: Gate) -> Person:
    """The other one who answers."""
    return gate.staff("Fred Frost", "fred@hosting.example")


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person, fred: Person) -> Received:
    """What Bart got for Anne's first mail; Fred got his own and was quicker."""
    gate.deliver(anne.writes("It is broken."))
    gate.now = gate.now.replace(minute=5)
    gate.deliver(fred.replies(gate.mailbox(fred)[0], "Your mailbox is larger now."))
    gate.now = gate.now.replace(minute=6)
    return gate.mailbox(bart)[0]


def test_an_answer_that_crossed_a_colleague_s_is_held_and_both_texts_go_to_its_writer(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    before = len(gate.mailbox(fred))

    held = gate.deliver(bart.replies(notification, "Please delete some mail."))

    assert (held.outcome.disposition, held.outcome.ticket_id) == (Disposition.HELD, 1)
    [mail] = [mail for mail in gate.mailbox(bart) if "a colleague was quicker" in mail.text]
    assert "Fred Frost answered the customer, Mon 2 Mar, 10:05" in mail.text
    assert "Your mailbox is larger now." in mail.text
    assert "Please delete some mail." in mail.text
    gate.later(hours=30)
    assert len(gate.mailbox(fred)) == before
    assert not [mail for mail in gate.mailbox(anne) if "delete some mail" in mail.text]


def test_send_releases_it_once(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    held = gate.deliver(bart.replies(notification, "Please delete some mail."))
    told = gate.mailbox(bart)[-1]

    gate.deliver(bart.replies(told, "!send"))
    gate.deliver(bart.replies(told, "!send", message_id="once-more"))

    assert gate.inbox(held.id).outcome.disposition is Disposition.JOINED
    assert len([mail for mail in gate.mailbox(anne) if "delete some mail" in mail.text]) == 1
    assert "not held any more" in gate.mailbox(bart)[-1].text


def test_an_operator_releases_it_too(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    held = gate.deliver(bart.replies(notification, "Please delete some mail."))

    sent = gate.release(held.id)

    assert sent.outcome.disposition is Disposition.JOINED
    assert "delete some mail" in gate.mailbox(anne)[-1].text


def test_a_new_answer_to_the_returned_one_is_sent_and_the_held_one_given_up(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    held = gate.deliver(bart.replies(notification, "Please delete some mail."))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "As Fred says."))

    assert "As Fred says." in gate.mailbox(anne)[-1].text
    assert gate.inbox(held.id).outcome.disposition is Disposition.REFUSED


def test_a_note_and_a_command_never_collide(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    noted = gate.deliver(bart.replies(notification, "!note\nShe paid."))
    taken = gate.deliver(bart.replies(notification, "!take"))

    assert {noted.outcome.disposition, taken.outcome.disposition} == {Disposition.COMMAND}
    assert gate.outbox(Template.COLLISION) == ()


def test_an_answer_to_a_later_mail_does_not_collide(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "And the other mailbox?"))

    sent = gate.deliver(bart.replies(gate.mailbox(bart)[-1], "That one, too."))

    assert sent.outcome.disposition is Disposition.JOINED


@pytest.mark.parametrize("text", ["!close", "!wait 3d", "!spam"])
def test_whatever_a_colleague_did_counts(gate: Gate, anne: Person, bart: Person, fred: Person, text: str) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.now = gate.now.replace(minute=5)
    gate.deliver(fred.replies(gate.mailbox(fred)[0], text))

    held = gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))

    assert held.outcome.disposition is Disposition.HELD


def test_being_given_the_ticket_does_not_count(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(anne.writes("Another one.", subject="Other"))
    gate.now = gate.now.replace(minute=10)
    theirs = gate.mailbox(fred)[-1]
    gate.deliver(fred.replies(theirs, "!assign bart"))

    sent = gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Please try again."))

    assert (sent.outcome.disposition, gate.ticket(2).state) == (Disposition.JOINED, State.ANSWERED)
