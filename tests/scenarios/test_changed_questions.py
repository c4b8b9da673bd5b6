"""An answer may change what is asked: nothing is done then, the change is asked anew, and the old question is over."""

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event
from store.engine import reading
from store.people import find_customer
from tests.gate import Gate, Person, Received

WRONG, RIGHT = "bob@partner.exmaple.org", "bob@partner.example.org"


def contacts(gate: Gate) -> list[str]:
    """The addresses of the first customer."""
    with reading(gate.parts.engine) as conn:
        customer = find_customer(conn, 1)
    assert customer is not None
    return [contact.address for contact in customer.contacts]


def questions(gate: Gate, person: Person) -> list[Received]:
    """What he was asked, oldest first."""
    return [mail for mail in gate.mailbox(person) if "Shall we do this?" in mail.text]


@pytest.fixture
def asked(gate: Gate, anne: Person, bart: Person) -> Received:
    """The question that Anne got when she mistyped the address of somebody whom she wanted added."""
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.replies(gate.mailbox(anne)[0], f"!add {WRONG}"))
    return questions(gate, anne)[-1]


@pytest.mark.parametrize(
    "words",
    [
        f"add {RIGHT}",
        f"!add {RIGHT}",
        f"Yes\n!add {RIGHT}",
        f"!add {RIGHT}\nyes",
        f"ADD {RIGHT} <mailto:{RIGHT}>",
        f"**!add {RIGHT}**",
    ],
)
def test_what_an_answer_says_instead_is_asked_and_only_that_is_done(
    gate: Gate, anne: Person, asked: Received, words: str
) -> None:
    changed = gate.deliver(anne.replies(asked, words))
    before, anew = contacts(gate), questions(gate, anne)[-1]

    gate.deliver(anne.replies(anew, "yes"))

    assert changed.outcome.disposition is Disposition.COMMAND
    assert before == [anne.address]
    assert "An answer has changed what we asked before" in anew.text
    assert RIGHT in anew.text.split("> ")[0]
    assert WRONG not in " ".join(anew.text.split())
    assert contacts(gate) == [anne.address, RIGHT]


def test_a_yes_to_the_old_question_does_nothing_and_brings_the_new_one_again(
    gate: Gate, anne: Person, asked: Received
) -> None:
    gate.deliver(anne.replies(asked, f"add {RIGHT}"))

    gate.deliver(anne.replies(asked, "yes"))
    before, again = contacts(gate), questions(gate, anne)[-1]
    gate.deliver(anne.replies(again, "yes"))

    assert before == [anne.address]
    assert "Your answer was not used" in again.text
    assert RIGHT in again.text
    assert contacts(gate) == [anne.address, RIGHT]


def test_the_new_question_is_done_once_whichever_of_its_mails_is_answered(
    gate: Gate, anne: Person, asked: Received
) -> None:
    gate.deliver(anne.replies(asked, f"add {RIGHT}"))
    gate.deliver(anne.replies(asked, "yes"))
    first, again = questions(gate, anne)[-2:]

    gate.deliver(anne.replies(first, "yes"))
    gate.deliver(anne.replies(again, "yes"))

    assert contacts(gate) == [anne.address, RIGHT]
    assert "Your answer was not used" in gate.mailbox(anne)[-1].text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("add support@support.example", "support@support.example is one of our own addresses"),
        (f"add {WRONG}", "We have asked you already"),
    ],
)
def test_what_cannot_be_asked_is_told_and_leaves_the_question_open(
    gate: Gate, anne: Person, asked: Received, words: str, told: str
) -> None:
    gate.deliver(anne.replies(asked, words))
    receipt = gate.mailbox(anne)[-1]

    gate.deliver(anne.replies(asked, "yes"))

    assert told in " ".join(receipt.text.split())
    assert len(questions(gate, anne)) == 1
    assert contacts(gate) == [anne.address, WRONG]


def test_changes_count_in_the_budget_and_the_last_question_stays_open(
    gate: Gate, anne: Person, asked: Received
) -> None:
    for number in range(4):
        gate.deliver(anne.replies(questions(gate, anne)[-1], f"add bob{number}@partner.example"))
    told = " ".join(gate.mailbox(anne)[-1].text.split())

    gate.deliver(anne.replies(questions(gate, anne)[-1], "yes"))

    assert len(gate.outbox(Template.CONFIRM)) == 3
    assert "at most 3 such questions a day" in told
    assert contacts(gate) == [anne.address, "bob1@partner.example"]


def test_a_no_ends_it_whatever_stands_below(gate: Gate, anne: Person, asked: Received) -> None:
    gate.deliver(anne.replies(asked, f"no\n!add {RIGHT}"))

    assert len(questions(gate, anne)) == 1
    assert contacts(gate) == [anne.address]


def test_nobody_but_who_is_asked_changes_it(gate: Gate, anne: Person, asked: Received) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")

    gate.deliver(dora.replies(asked, f"add {RIGHT}"))

    assert len(questions(gate, anne)) == 1
    assert questions(gate, dora) == []
    assert "Your answer was not used" in gate.mailbox(dora)[-1].text


def test_an_address_that_cannot_be_read_is_asked_for_again(gate: Gate, anne: Person, asked: Received) -> None:
    gate.deliver(anne.replies(asked, "add bob at partner"))

    assert "We could not read your answer" in questions(gate, anne)[-1].text
    assert contacts(gate) == [anne.address]


def test_the_history_says_what_was_changed(gate: Gate, anne: Person, asked: Received) -> None:
    gate.deliver(anne.replies(asked, f"add {RIGHT}"))

    changed = {"deed": "add-contact", "address": WRONG}
    assert [one for one in gate.events(1) if one[0] is Event.EDITED] == [(Event.EDITED, "Anne Miller", changed)]
