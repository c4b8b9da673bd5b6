"""Staff change customers by mail, after a yes of theirs, and keep notes on them that staff alone see."""

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.people import Customer, Role
from store import people, people_edits
from store.engine import reading, transaction
from tests.gate import Gate, Person, Received

ANNE = "anne@customer.example"


def customer(gate: Gate) -> Customer:
    """Anne's, as it is now."""
    with reading(gate.parts.engine) as conn:
        return people.get_customer(conn, 1)


def asks(gate: Gate, bart: Person, text: str) -> Received:
    """Bart sends a command in a new mail; what comes back."""
    gate.deliver(bart.writes(text, subject="A customer"))
    return gate.mailbox(bart)[-1]


@pytest.mark.parametrize("whom", [ANNE, "1", "#1"])
def test_a_customer_is_changed_after_a_yes_and_the_receipt_says_what_was(
    gate: Gate, anne: Person, bart: Person, whom: str
) -> None:
    lines = f"!customer edit {whom}\nname: Anne Smith\nlanguage: de\ntime zone: Europe/Vienna\ncountry: at"
    asked = asks(gate, bart, lines)
    assert "name: “Anne Smith”, so far “Anne Miller”" in asked.text
    assert customer(gate).name == "Anne Miller"

    gate.deliver(bart.replies(asked, "yes"))

    now = customer(gate)
    assert (now.name, now.language, now.timezone, now.country) == ("Anne Smith", "de", "Europe/Vienna", "AT")
    assert "name: “Anne Smith”, so far “Anne Miller”" in gate.mailbox(bart)[-1].text
    assert gate.mailbox(anne) == []


@pytest.mark.parametrize("answer", ["no", "perhaps later"])
def test_without_a_yes_nothing_is_changed(gate: Gate, anne: Person, bart: Person, answer: str) -> None:
    asked = asks(gate, bart, f"!customer edit {ANNE}\nname: Anne Smith")

    gate.deliver(bart.replies(asked, answer))

    assert customer(gate).name == "Anne Miller"


def test_another_address_is_told_to_both_and_the_old_one_is_a_stranger_s(
    gate: Gate, anne: Person, bart: Person
) -> None:
    new = Person("Anne Miller", "anne@new.example")
    asked = asks(gate, bart, f"!customer edit {ANNE}\nemail: {new.address}")
    [asked_there] = gate.mailbox(new)
    assert "Miller" not in asked_there.text

    gate.deliver(bart.replies(asked, "yes"))
    assert customer(gate).address == ANNE
    gate.deliver(new.replies(asked_there, "yes"))

    assert customer(gate).address == new.address
    for one in (anne, new):
        told = [mail for mail in gate.mailbox(one) if "was changed" in mail.subject]
        assert len(told) == 1
        assert {ANNE, new.address} <= set(told[0].text.split())
        assert "Bart Jones" in told[0].text
    receipt = gate.mailbox(new)[-1].text
    assert "As you say, this is done now" in receipt
    assert "Miller" not in receipt
    assert ANNE not in receipt
    gate.deliver(anne.writes("link", to="sign-in@support.example"))
    assert gate.outbox(Template.SIGN_IN) == ()
    gate.deliver(new.writes("It is me."))
    assert gate.ticket(1).customer_id == 1


def test_who_reads_a_new_address_may_say_no(gate: Gate, anne: Person, bart: Person) -> None:
    other = Person("Somebody", "somebody@new.example")
    asked = asks(gate, bart, f"!customer edit {ANNE}\nemail: {other.address}")
    gate.deliver(bart.replies(asked, "yes"))

    gate.deliver(other.replies(gate.mailbox(other)[0], "no"))

    assert customer(gate).address == ANNE
    assert gate.mailbox(anne) == []


def test_a_yes_that_comes_too_late_tells_both_that_nothing_was_done(gate: Gate, anne: Person, bart: Person) -> None:
    new = Person("Anne Miller", "anne@new.example")
    asked = asks(gate, bart, f"!customer edit {ANNE}\nemail: {new.address}")
    gate.deliver(bart.replies(asked, "yes"))
    with transaction(gate.parts.engine) as conn:
        people.add_contact(conn, 1, "Carl", new.address, (Role.SUPPORT,), now=gate.now)

    gate.deliver(new.replies(gate.mailbox(new)[0], "yes"))

    assert customer(gate).address == ANNE
    assert "could not be done any more" in gate.mailbox(bart)[-1].text
    assert "customer 1" not in gate.mailbox(new)[-1].text
    assert [mail.subject for mail in gate.mailbox(new) if "changed" in mail.subject] == []


def test_contacts_come_change_and_leave(gate: Gate, anne: Person, bart: Person) -> None:
    carl = "carl@customer.example"
    for fields in (
        f"contact: Carl Reed <{carl}> support, invoice",
        f"contact: {carl} invoice",
        f"remove: {carl}",
    ):
        gate.deliver(bart.replies(asks(gate, bart, f"!customer edit 1\n{fields}"), "yes"))
        seen = {one.address: (one.name, one.roles) for one in customer(gate).contacts}
        match fields.split()[0], fields.split()[-1]:
            case "contact:", "invoice" if "Carl" in fields:
                assert seen[carl] == ("Carl Reed", (Role.SUPPORT, Role.INVOICE))
            case "contact:", _:
                assert seen[carl] == ("Carl Reed", (Role.INVOICE,))
            case _:
                assert carl not in seen


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ("", "no line below it"),
        ("name: Anne Miller", "is so already"),
        ("language: klingon", "is no language"),
        ("language: none", "can be emptied"),
        ("nmae: Anne Smith", "name"),
        ("email: support@support.example", "one of our own"),
        ("email: bart@hosting.example", "a colleague's"),
        ("contact: Carl", "write it as"),
        ("contact: carl@customer.example boss", "is no role"),
        (f"contact: {ANNE} support", "the only owner"),
        (f"remove: {ANNE}", "the only owner"),
        ("remove: dora@other.example", "is no contact"),
    ],
)
def test_what_cannot_be_comes_back_at_once_and_nothing_is_asked(
    gate: Gate, anne: Person, bart: Person, fields: str, why: str
) -> None:
    returned = asks(gate, bart, f"!customer edit {ANNE}\n{fields}")

    assert why in returned.text
    assert gate.outbox(Template.CONFIRM) == ()
    assert customer(gate).contacts[0].roles == (Role.OWNER,)


@pytest.mark.parametrize("named", ["", "dora@other.example", "17", "Anne"])
def test_it_must_be_plain_which_customer(gate: Gate, anne: Person, bart: Person, named: str) -> None:
    assert "it is not plain whose" in asks(gate, bart, f"!customer edit {named}\nname: Anne Smith").text


def test_a_yes_to_what_is_no_longer_so_does_nothing(gate: Gate, anne: Person, bart: Person) -> None:
    asked = asks(gate, bart, f"!customer edit {ANNE}\nname: Anne Smith")
    with transaction(gate.parts.engine) as conn:
        people.add_contact(conn, 1, "Carl", "carl@customer.example", (Role.OWNER,), now=gate.now)
        people_edits.edit_customer(conn, 1, {"name": "Anne Berg"})

    gate.deliver(bart.replies(asked, "yes"))

    assert customer(gate).name == "Anne Berg"
    assert "send the command again" in gate.mailbox(bart)[-1].text


def test_a_mail_that_only_looks_like_staff_s_changes_nothing(gate: Gate, anne: Person, bart: Person) -> None:
    eve = Person("Bart Jones", "eve@evil.example")

    held = gate.deliver(eve.writes(f"!customer edit {ANNE}\nemail: eve@evil.example"))
    gate.deliver(anne.writes("!customer edit 1\nname: Free of charge"))

    assert held.outcome.disposition is Disposition.HELD
    assert customer(gate).name == "Anne Miller"
    assert gate.outbox(Template.CONFIRM) == ()


def test_who_lets_the_mail_in_has_not_said_yes(gate: Gate, anne: Person, bart: Person) -> None:
    asked = asks(gate, bart, f"!customer edit {ANNE}\nname: Anne Smith")
    cris = gate.staff("Cris Poole", "cris@hosting.example")

    gate.deliver(cris.replies(asked, "yes"))

    assert customer(gate).name == "Anne Miller"


def test_a_note_stands_below_the_customer_s_next_mail_and_no_customer_sees_it(
    gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!customer note\nPays late, but always pays."))
    assert "Kept as a note on customer 1, Anne Miller" in gate.mailbox(bart)[-1].text
    whether_it_was_bart = asks(gate, bart, f"!customer note {ANNE} Calls herself Annie.")
    gate.deliver(bart.replies(whether_it_was_bart, "yes"))
    before = len(gate.mailbox(anne))

    gate.deliver(anne.writes("Another thing.", subject="Another"))

    text = gate.mailbox(bart)[-1].text
    assert "Note on the customer by Bart Jones, 2 Mar 2026: Pays late, but always pays." in text
    assert "Calls herself Annie." in text
    assert not any("Pays late" in one.text for one in gate.mailbox(anne))
    assert before == 1


def test_a_note_in_an_answer_is_not_sent_on(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    told = gate.mailbox(bart)[-1]
    gate.deliver(bart.replies(told, "!customer note\nPays late."))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Hello?"))
    notified = gate.mailbox(bart)[-1]

    gate.deliver(bart.writes(f"Dear Anne,\n{notified.text}", to=str(notified.message["Reply-To"]), subject="Re:"))

    assert not any("Pays late" in one.text for one in gate.mailbox(anne))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("!customer note", "it is not plain whose"),
        (f"!customer note {ANNE}", "no words"),
        ("!customer note 9 x", "whose"),
    ],
)
def test_a_note_says_on_whom_and_something(gate: Gate, anne: Person, bart: Person, text: str, why: str) -> None:
    assert why in asks(gate, bart, text).text
