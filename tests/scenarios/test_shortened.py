"""What is cut from a mail is told: to staff how much of a customer's, to its writer which lines of an answer."""

import pytest

from mailgate.letters.kind import Template
from tests.gate import Gate, Person, Received

OTHER = """\
Von: Dora Dean <dora@other.example>
Gesendet: Montag, 2. März 2026 10:00
An: Bart Jones
Betreff: Platte

Die Platte kommt am Freitag."""


@pytest.fixture
def told(gate: Gate, anne: Person, bart: Person) -> Received:
    """Bart's notification of what Anne asks."""
    gate.deliver(anne.writes("May we move the backup to Thursday night, or is that too late for you?"))
    return gate.mailbox(bart)[0]


def _answers(person: Person, told: Received, text: str) -> bytes:
    named = {"In-Reply-To": str(told.message["Message-ID"])}
    return person.writes(text, to=str(told.message["Reply-To"]), subject=told.subject, headers=named)


def _quoted(told: Received) -> str:
    return "\n".join(f"> {line}" for line in told.text.splitlines())


def test_the_writer_hears_which_lines_went_for_history(gate: Gate, anne: Person, bart: Person, told: Received) -> None:
    gate.deliver(_answers(bart, told, f"Hello Anne, see below.\n\n{OTHER}"))

    assert "Freitag" not in gate.mailbox(anne)[-1].text
    said = gate.mailbox(bart)[-1].text
    assert "Die Platte kommt am Freitag." in said.split("This is what")[0]
    assert "Hello Anne, see below." in said.split("This is what")[1]


def test_sent_once_more_they_are_his_words(gate: Gate, anne: Person, bart: Person, told: Received) -> None:
    gate.deliver(_answers(bart, told, f"Hello Anne, see below.\n\n{OTHER}"))

    gate.deliver(_answers(bart, gate.mailbox(bart)[-1], "Die Platte kommt am Freitag."))

    assert "Die Platte kommt am Freitag." in gate.mailbox(anne)[-1].text


@pytest.mark.parametrize(
    "below",
    ["", "\n\n-- \nBart Jones\nExample Hosting", "\n\n--\nBart Jones\n+49 30 901820", "\n\nSent from my iPhone"],
)
def test_our_own_mail_and_his_signature_are_no_news(
    gate: Gate, anne: Person, bart: Person, told: Received, below: str
) -> None:
    lead_in = "On Mon, 2 Mar 2026 at 10:00, Anne Miller (via support) <support@support.example> wrote:"

    gate.deliver(_answers(bart, told, f"Yes, do.{below}\n\n{lead_in}\n\n{_quoted(told)}"))

    assert "Yes, do." in gate.mailbox(anne)[-1].text
    assert gate.outbox(Template.SHORTENED) == ()


def test_a_signature_of_somebody_else_is_named(gate: Gate, anne: Person, bart: Person, told: Received) -> None:
    gate.deliver(_answers(bart, told, "Ask her:\n--\nDora Dean\ndora@other.example"))

    assert len(gate.outbox(Template.SHORTENED)) == 1
    assert "- Dora Dean" in gate.mailbox(bart)[-1].text


def test_staff_hear_how_much_of_a_customer_s_mail_was_quoted(
    gate: Gate, anne: Person, bart: Person, told: Received
) -> None:
    gate.deliver(_answers(bart, told, "Yes.\nDo."))
    answer = gate.mailbox(anne)[-1]
    lead_in = "Am 02.03.2026 um 10:00 schrieb Bart Jones:"

    gate.deliver(_answers(anne, answer, f"Thank you.\n\n{lead_in}\n> Yes.\n> Do.\n"))

    assert "2 quoted lines left out; the ticket's page has them." in gate.mailbox(bart)[-1].text
    assert "left out" not in told.text
