"""Mail that wants more than its author may have (B09, B15, B20, B40)."""

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from tests.gate import Gate, Person


def test_a_reply_to_field_is_no_identity_and_gets_no_mail(gate: Gate, anne: Person, bart: Person, cris: Person) -> None:
    held = gate.deliver(cris.writes("!close\nCLOSE", headers={"Reply-To": anne.address}))

    assert held.outcome.disposition is Disposition.HELD
    assert held.outcome.author == "Cris <cris@stranger.example>"
    assert gate.mailbox(anne) == []
    assert gate.release(held.id).outcome.ticket_id == 1
    assert [person.address for person in gate.ticket(1).participants] == ["cris@stranger.example"]


def test_a_customer_s_reply_to_does_not_move_the_answers(gate: Gate, anne: Person, bart: Person, cris: Person) -> None:
    gate.deliver(anne.writes("It is broken.", headers={"Reply-To": cris.address}))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))

    assert len(gate.mailbox(anne)) == 2
    assert gate.mailbox(cris) == []


@pytest.mark.parametrize("field", ["Cc", "To", "Bcc", "Resent-To", "X-Original-To"])
def test_a_stranger_who_was_copied_in_never_gets_a_mail(
    gate: Gate, anne: Person, bart: Person, cris: Person, field: str
) -> None:
    raw = anne.writes("It is broken.")
    copied = (
        raw.replace(b"To: support@", f"To: {cris.address}, support@".encode(), 1)
        if field == "To"
        else f"{field}: {cris.address}\r\n".encode() + raw
    )

    gate.deliver(copied, to="support@support.example")
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!close\nPlease try again."))

    assert len(gate.mailbox(anne)) == 2
    assert gate.mailbox(cris) == []
    assert [person.address for person in gate.ticket(1).participants] == [anne.address]


def test_a_line_break_hidden_in_a_subject_adds_no_field_to_our_mails(
    gate: Gate, anne: Person, bart: Person, cris: Person
) -> None:
    raw = anne.writes("It is broken.", subject="SUBJECT").replace(
        b"SUBJECT", b"=?utf-8?q?hi=0D=0ABcc:_cris=40stranger.example?="
    )
    gate.deliver(raw)

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!close\nPlease try again."))

    ours = gate.mailbox(anne) + gate.mailbox(bart)
    assert len(ours) == 3
    said = "hi Bcc: cris@stranger.example [#1]"
    assert [mail.message.get_all("Subject") for mail in ours] == [[f"Re: {said}"], [f"Re: {said}"], [said]]
    for mail in ours:
        assert mail.message["Bcc"] is None
        assert mail.raw.partition(b"\r\n\r\n")[0].lower().count(b"\nbcc:") == 0
    assert gate.mailbox(cris) == []


def test_line_breaks_hidden_in_names_of_people_and_files_add_no_field(
    gate: Gate, anne: Person, bart: Person, cris: Person
) -> None:
    raw = anne.writes("See the file.", files=[("FILENAME", "text/plain", b"x")])
    raw = raw.replace(b"From: Anne Miller <", b"From: =?utf-8?q?Anne=0D=0ABcc=3A_cris=40stranger.example?= <")
    raw = raw.replace(b'filename="FILENAME"', b"filename*=utf-8''a%0D%0ABcc%3A%20cris%40stranger.txt")

    gate.deliver(raw)

    [notification] = gate.mailbox(bart)
    assert notification.message["Bcc"] is None
    assert b"\nbcc:" not in notification.raw.lower()
    assert [part.get_filename() for part in notification.message.iter_attachments()] == ["a Bcc: cris@stranger.txt"]


@pytest.mark.parametrize(
    "header",
    ["X-Mailgate-Id: 1", "X-Mailgate-Evidence: A", "X-Mailgate-Ticket: 1", "X-Spam-Status: No", "X-Spam-Score: -100"],
)
def test_fields_that_look_like_ours_do_nothing(
    gate: Gate, anne: Person, bart: Person, cris: Person, header: str
) -> None:
    gate.deliver(anne.writes("It is broken."))
    name, _, value = header.partition(": ")

    held = gate.deliver(cris.writes("!close", headers={name: value, "Authentication-Results": "x; dmarc=pass"}))

    assert held.outcome.disposition is Disposition.HELD
    assert held.outcome.evidence is not None
    assert held.outcome.evidence.level == "D"
    assert (gate.ticket(1).messages, gate.ticket(1).state) == (1, State.OPEN)


def test_two_commands_that_contradict_each_other_go_back(gate: Gate, anne: Person, bart: Person) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example")
    commands = "!customer anne@customer.example\n!customer dora@other.example\n\nYour password is attached."

    returned = gate.deliver(bart.writes(commands, subject="Access"))

    assert returned.outcome.disposition is Disposition.COMMAND
    words = " ".join(gate.mailbox(bart)[0].text.split())
    assert "- !customer dora@other.example: this command stands here twice." in words
    assert (gate.mailbox(anne), gate.mailbox(dora), gate.tickets()) == ([], [], ())


def test_every_line_that_was_not_understood_is_named_in_one_answer(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!colse\n!pay 7\n!note\n\nHello Anne"))

    words = " ".join(gate.mailbox(bart)[-1].text.split())
    assert "- !colse: there is no such command. Did you mean !close? - !pay 7: there is no such command." in words
    assert len(gate.outbox(Template.RETURNED)) == 1
    assert len(gate.mailbox(anne)) == 1


def test_an_attacker_cannot_become_a_reader_by_naming_ids_of_ours(
    gate: Gate, anne: Person, bart: Person, cris: Person
) -> None:
    gate.deliver(anne.writes("It is broken.", message_id="first"))
    ours = str(gate.mailbox(anne)[0].message["Message-ID"])
    gate.deliver(cris.writes("Me too", headers={"In-Reply-To": ours, "References": "<first@client.example>"}))
    gate.deliver(cris.writes("Me too!", headers={"References": "<o.1.0000000000@support.example>"}))

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Secret."))

    assert "Secret." in gate.mailbox(anne)[-1].text
    assert [mail.subject for mail in gate.mailbox(cris)] == ["Your mail has reached us"]
