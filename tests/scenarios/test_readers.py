"""Who gets a ticket's mails: staff add and remove readers, contacts in copy join, strangers in copy stop a mail."""

import pytest

from mailgate.config.settings import Verify
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event
from tests.gate import BeginGate, Gate, Person, Received

CARL = Person("Carl Cook", "carl@partner.example")
OWEN = "Owen Reed <owen@customer.example>"


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(bart)[0]


def readers(gate: Gate, number: int = 1) -> list[tuple[str, bool]]:
    """The addresses that get the mails of a ticket, and whether somebody is registered there."""
    return [(one.address, one.contact_id is not None) for one in gate.ticket(number).participants]


@pytest.mark.parametrize("line", ["!add carl@partner.example", "!cc Carl@Partner.example"])
def test_staff_add_a_reader_who_gets_the_words_and_whose_answer_joins(
    gate: Gate, anne: Person, bart: Person, notification: Received, line: str
) -> None:
    gate.deliver(bart.replies(notification, f"{line}\nCarl knows more about it."))
    [got] = gate.mailbox(Person("Carl", line.split()[1]))
    answer = gate.deliver(CARL.replies(got, "It is the power supply.", to="support@support.example"))

    assert "Carl knows more about it." in got.text
    assert "Carl knows more about it." in gate.mailbox(anne)[-1].text
    assert answer.outcome.disposition is Disposition.JOINED
    assert "It is the power supply." in gate.mailbox(bart)[-1].text
    assert (Event.READER_ADDED, "Bart Jones", {"address": line.split()[1]}) in gate.events(1)
    assert not any("Written by" in mail.text or "First line" in mail.text for mail in gate.mailbox(CARL))


def test_a_contact_of_the_customer_is_added_as_the_person_that_he_is(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.contact(1, "Owen Reed", "owen@customer.example")

    gate.deliver(bart.replies(notification, "!add owen@customer.example\n!add carl@partner.example"))

    assert set(readers(gate)) == {
        ("anne@customer.example", True),
        ("owen@customer.example", True),
        ("carl@partner.example", False),
    }


def test_staff_take_a_reader_out_but_never_the_last_one(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!add carl@partner.example"))
    gate.deliver(bart.replies(notification, "!remove carl@partner.example"))

    gate.deliver(bart.replies(notification, "!remove anne@customer.example"))
    gate.deliver(bart.replies(notification, "!remove nobody@customer.example"))

    assert readers(gate) == [("anne@customer.example", True)]
    first, second = [" ".join(mail.text.split()) for mail in gate.mailbox(bart)][-2:]
    assert "!remove anne@customer.example: nobody else would get the answers" in first
    assert "gets no mails of this ticket; its readers are anne@customer.example" in second


@pytest.mark.parametrize(
    "case",
    [
        ("!add billing@support.example", "billing@support.example is one of our own addresses"),
        ("!add bart@hosting.example", "Bart Jones is a colleague: !assign gives them this ticket"),
        ("!add carl", "one mail address is needed here"),
    ],
)
def test_who_cannot_be_a_reader_stops_the_mail(
    gate: Gate, anne: Person, bart: Person, notification: Received, case: tuple[str, str]
) -> None:
    line, why = case

    gate.deliver(bart.replies(notification, f"{line}\nHello Anne."))

    assert why in " ".join(gate.mailbox(bart)[-1].text.split())
    assert not gate.outbox(Template.REPLY)


def test_a_staff_mail_with_a_stranger_in_copy_is_stopped_with_a_question(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    stopped = gate.deliver(
        bart.replies(notification, "Carl, what do you think?", headers={"Cc": "carl@partner.example"})
    )
    question = gate.mailbox(bart)[-1]
    gate.deliver(bart.replies(question, "!add carl@partner.example\nCarl, what do you think?"))

    assert stopped.outcome.disposition is Disposition.COMMAND
    said = " ".join(question.text.split())
    assert "has carl@partner.example in copy, and nobody there gets the mails of this ticket." in said
    assert len(gate.outbox(Template.REPLY)) == 2
    assert "what do you think?" in gate.mailbox(CARL)[-1].text


def test_left_out_the_answer_goes_to_the_customer_alone(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "It works.", headers={"Cc": f"carl@partner.example, {OWEN}"}))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "It works."))

    assert readers(gate) == [("anne@customer.example", True)]
    assert "It works." in gate.mailbox(anne)[-1].text


def test_a_contact_whom_staff_have_in_copy_takes_part(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    owen = gate.contact(1, "Owen Reed", "owen@customer.example")

    gate.deliver(bart.replies(notification, "It works.", headers={"Cc": OWEN}))

    assert readers(gate)[-1] == ("owen@customer.example", True)
    assert "It works." in gate.mailbox(owen)[-1].text


def test_a_new_ticket_of_staff_asks_for_strangers_in_copy_too(gate: Gate, anne: Person, bart: Person) -> None:
    lines = "!customer anne@customer.example\n"
    gate.deliver(bart.writes(f"{lines}We move your server.", headers={"Cc": "carl@partner.example"}))
    gate.deliver(bart.writes(f"{lines}!cc carl@partner.example\nWe move your server."))

    assert "has carl@partner.example in copy" in " ".join(gate.mailbox(bart)[0].text.split())
    assert (
        readers(gate) == [("carl@partner.example", False), ("anne@customer.example", True)] or len(readers(gate)) == 2
    )
    assert "We move your server." in gate.mailbox(CARL)[-1].text


def test_a_contact_of_the_account_in_copy_of_a_customer_joins(gate: Gate, anne: Person, bart: Person) -> None:
    owen = gate.contact(1, "Owen Reed", "owen@customer.example")

    gate.deliver(anne.writes("It is broken.", headers={"Cc": OWEN}))
    told = gate.mailbox(bart)[0]
    gate.deliver(bart.replies(told, "It works."))
    answer = gate.deliver(owen.replies(gate.mailbox(owen)[-1], "Yes, it does."))

    assert "not added" not in told.text
    assert "Owen Reed <owen@customer.example>" in " ".join(told.text.split())
    assert (answer.outcome.disposition, answer.outcome.ticket_id) == (Disposition.JOINED, 1)
    assert (Event.READER_ADDED, "Anne Miller", {"address": "owen@customer.example"}) in gate.events(1)


def test_a_contact_joins_by_a_later_mail_and_one_of_another_account_never(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.contact(1, "Owen Reed", "owen@customer.example")
    gate.customer("Dora Dean", "dora@other.example")

    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Still broken.", headers={"Cc": f"{OWEN}, dora@other.example"}))

    assert [address for address, _ in readers(gate)] == ["anne@customer.example", "owen@customer.example"]
    assert "in copy, and not added: dora@other.example" in gate.mailbox(bart)[-1].text


def test_nobody_joins_by_a_mail_that_nobody_verified(begin: BeginGate) -> None:
    gate = begin(authentication={"verify": Verify.OWN})
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.contact(1, "Owen Reed", "owen@customer.example")

    gate.deliver(anne.writes("It is broken.", headers={"Cc": OWEN}))

    assert readers(gate) == [("anne@customer.example", True)]
    assert "in copy, and not added: owen@customer.example" in gate.mailbox(bart)[0].text


def test_who_wants_no_more_mails_still_joins_with_what_he_writes(gate: Gate, anne: Person, bart: Person) -> None:
    owen = gate.contact(1, "Owen Reed", "owen@customer.example")
    gate.deliver(anne.writes("It is broken.", headers={"Cc": OWEN}))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "It works."))
    last = gate.mailbox(anne)[-1]
    gate.deliver(anne.replies(last, "!stop"))

    answer = gate.deliver(anne.replies(last, "Thanks, works!"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Good."))

    assert (answer.outcome.disposition, answer.outcome.ticket_id) == (Disposition.JOINED, 1)
    assert len(gate.tickets()) == 1
    assert "Good." in gate.mailbox(owen)[-1].text
    assert not any("Good." in mail.text for mail in gate.mailbox(anne))
