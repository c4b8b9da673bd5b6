"""`!reply NAME`: a text of the folder goes to the customer, filled in, with the writer's words below it."""

from pathlib import Path

import pytest

from mailgate.letters.kind import Template
from mailgate.tickets.ticket import State
from tests.gate import BeginGate, Gate, Person, Received


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three saved replies, one of them in German as well."""
    folder = tmp_path / "replies"
    folder.mkdir()
    (folder / "ssl-renewal.md").write_text("Hello {name},\n\nwe renew it (#{ticket}).\n\n{staff}, {company}\n", "utf-8")
    (folder / "ssl-renewal.de.md").write_text("Guten Tag {name},\n\nwir erneuern es.\n", "utf-8")
    (folder / "broken.md").write_text("Your password is {password}.", "utf-8")
    (folder / "empty.md").write_text("\n", "utf-8")
    return folder


@pytest.fixture
def gate(begin: BeginGate, folder: Path) -> Gate:
    """A gate that has them."""
    return begin(saved_replies={"folder": folder})


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("My certificate has expired."))
    return gate.mailbox(bart)[0]


def test_a_saved_reply_is_sent_with_the_words_below_it(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!reply ssl-renewal\n!close\nIt takes an hour."))

    answer = gate.mailbox(anne)[1].text.replace("\r\n", "\n")
    assert answer.startswith(
        "Hello Anne Miller,\n\nwe renew it (#1).\n\nBart Jones, Example Hosting\n\nIt takes an hour.\n"
    )
    assert gate.ticket(1).state is State.CLOSED
    assert "we renew it (#1)" in next(entry.text for entry in gate.history(1) if entry.direction == "out")


def test_a_customer_gets_it_in_his_language(gate: Gate, bart: Person) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example", language="de-AT")
    gate.deliver(dora.writes("Mein Zertifikat ist abgelaufen."))

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!reply ssl-renewal"))

    assert gate.mailbox(dora)[-1].text.startswith("Guten Tag Dora Dean,")


@pytest.mark.parametrize(
    "case",
    [
        ("!reply ssl-renewl", "there is no saved reply ssl-renewl; did you mean ssl-renewal?"),
        ("!reply ../../etc/passwd", "there is no saved reply ../../etc/passwd; there is broken, empty, ssl-renewal"),
        ("!reply", "a name is needed here"),
        ("!reply broken", "it has {password} in it, which nothing fills"),
        ("!reply empty", "empty.md is empty"),
        ("!note\n!reply ssl-renewal", "this cannot stand beside !note"),
    ],
)
def test_what_cannot_be_sent_comes_back_and_nothing_goes_out(
    gate: Gate, anne: Person, bart: Person, notification: Received, case: tuple[str, str]
) -> None:
    text, why = case

    gate.deliver(bart.replies(notification, f"{text}\n\nIt takes an hour."))

    assert why in " ".join(gate.mailbox(bart)[-1].text.split())
    assert not gate.outbox(Template.REPLY)
    assert gate.ticket(1).state is State.OPEN


def test_help_lists_the_saved_replies(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    gate.deliver(bart.replies(notification, "!help"))

    text = " ".join(gate.mailbox(bart)[-1].text.split())
    assert "!reply ssl-renewal: send this saved reply" in text
    assert "Saved replies for !reply: broken, empty, ssl-renewal." in text


def test_without_a_folder_there_is_none(begin: BeginGate) -> None:
    gate = begin()
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("My certificate has expired."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!reply ssl-renewal"))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!help"))

    returned, helped = (" ".join(mail.text.split()) for mail in gate.mailbox(bart)[1:])
    assert "there is no saved reply ssl-renewal; there is none" in returned
    assert "!reply" not in helped
