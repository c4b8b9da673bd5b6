"""Staff answer from their mail client: what reaches the customer, when, and what never does."""

import hashlib

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import EntryKind, State
from store.post.outbox import OutState
from tests.gate import SUPPORT, BeginGate, Gate, Person, Received

PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
PDF = b"%PDF-1.7\n" + bytes(reversed(range(256))) * 40


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(bart)[0]


def test_a_reply_reaches_the_customer_without_the_quoted_notification(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    sent = gate.deliver(bart.replies(notification, "Please try again."))

    assert (sent.outcome.disposition, sent.outcome.ticket_id) == (Disposition.JOINED, 1)
    reply = gate.mailbox(anne)[-1]
    assert "Please try again." in reply.text
    assert "nobody has it" not in reply.raw.decode()
    assert bart.address not in reply.raw.decode()
    assert str(reply.message["From"]) == '"Bart Jones (Example Hosting)" <support@support.example>'
    assert gate.ticket(1).state is State.ANSWERED


def test_files_travel_both_ways_unchanged(gate: Gate, anne: Person, bart: Person) -> None:
    files = [
        ("report.pdf", "application/pdf", PDF),
        ("screen.png", "image/png", PIXEL),
        ("note.txt", "text/plain", b"x"),
    ]
    gate.deliver(anne.writes("See the files.", files=files))
    notification = gate.mailbox(bart)[0]

    gate.deliver(bart.replies(notification, "And ours.", files=files))

    assert (
        _files(notification)
        == _files(gate.mailbox(anne)[-1])
        == [(name, kind, _digest(body)) for name, kind, body in files]
    )
    kept = [entry.attachments for entry in gate.history(1) if entry.attachments]
    assert [[file.sha256 for file in entry] for entry in kept] == [[_digest(body) for _, _, body in files]] * 2


def test_an_inline_picture_reaches_the_customer(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    raw = bart.replies(notification, "See the picture.", files=[("logo.png", "image/png", PIXEL)])
    inline = raw.replace(b"Content-Disposition: attachment", b"Content-ID: <logo@x>\r\nContent-Disposition: inline")

    gate.deliver(inline)

    assert _files(gate.mailbox(anne)[-1]) == [("logo.png", "image/png", _digest(PIXEL))]
    assert gate.history(1)[-1].attachments[0].inline


def test_a_reply_of_a_file_alone_is_sent(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    sent = gate.deliver(bart.replies(notification, "", files=[("terms.pdf", "application/pdf", PDF)]))

    assert sent.outcome.disposition is Disposition.JOINED
    assert _files(gate.mailbox(anne)[-1]) == [("terms.pdf", "application/pdf", _digest(PDF))]
    assert "It is broken." not in gate.mailbox(anne)[-1].text


def test_an_empty_reply_goes_back(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    returned = gate.deliver(bart.replies(notification, ""))

    assert returned.outcome.disposition is Disposition.COMMAND
    assert returned.outcome.reason == "returned to its writer: There are no words of yours in it."
    assert "There are no words of yours in it." in gate.mailbox(bart)[-1].text
    assert gate.outbox(Template.REPLY) == ()
    assert gate.ticket(1).state is State.OPEN


def test_a_reply_that_only_quotes_the_customer_goes_back(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    only_quote = bart.writes("> It is broken.\n", to=str(notification.message["Reply-To"]))

    returned = gate.deliver(only_quote)

    assert returned.outcome.reason == "returned to its writer: There are no words of yours in it."
    assert gate.outbox(Template.REPLY) == ()


def test_each_staff_member_answers_to_an_address_of_his_own(gate: Gate, anne: Person, bart: Person) -> None:
    fred = gate.staff("Fred Frost", "fred@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    [to_bart], [to_fred] = gate.mailbox(bart), gate.mailbox(fred)

    gate.deliver(fred.replies(to_fred, "I take this one."))

    assert to_bart.message["Reply-To"] != to_fred.message["Reply-To"]
    assert "I take this one." in gate.mailbox(anne)[-1].text


def test_a_reply_waits_for_an_undo_and_then_leaves(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))
    [waiting] = gate.outbox(Template.REPLY)
    assert (waiting.state, waiting.due_at) == (OutState.HELD, gate.now.replace(minute=1))

    gate.later(seconds=59)
    before = len(gate.mailbox(anne))
    gate.later(seconds=1)

    assert before == 1
    assert "Please try again." in gate.mailbox(anne)[-1].text
    assert gate.outbox(Template.REPLY)[0].state is OutState.SENT


def test_a_reply_that_somebody_cancels_never_leaves(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))

    assert gate.cancel(gate.outbox(Template.REPLY)[0].id)
    gate.later(hours=1)

    assert len(gate.mailbox(anne)) == 1


def test_a_closing_reply_waits_too_and_is_one_mail(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!close\nPlease try again."))
    assert len(gate.mailbox(anne)) == 1

    gate.later(seconds=60)

    [told] = gate.mailbox(anne)[1:]
    assert "Please try again." in told.text
    assert "We have closed this ticket." in told.text


def test_an_out_of_office_reply_of_staff_never_reaches_a_customer(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    away = bart.replies(notification, "I am on the beach.", headers={"Auto-Submitted": "auto-replied"})
    by_subject = [
        bart.replies(notification, f"I am on the beach{end}", subject=f"{said}: No mail since Monday [#1]", **more)
        for said in (
            "Automatic reply",
            "Odpowied\u017a automatyczna",
            "Is niet op kantoor",
            "\uc790\ub3d9 \ud68c\uc2e0",
        )
        for end, more in (("!", {}), (".", {"headers": {"X-Auto-Response-Suppress": "All"}}))
    ]

    settled = [gate.deliver(mail).outcome.disposition for mail in (away, away + b"x", *by_subject)]

    assert settled.count(Disposition.HELD) == 1  # what has no sign but its subject is for a person to see, once
    assert set(settled) == {Disposition.AUTOMATIC, Disposition.HELD}
    assert gate.outbox(Template.REPLY) == ()
    assert gate.ticket(1).state is State.OPEN
    assert not [entry for entry in gate.history(1) if "beach" in entry.text]


def test_a_responder_that_names_nothing_is_known_by_the_address_that_it_writes_to(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    to = str(notification.message["Reply-To"])

    held = gate.deliver(
        bart.writes("I am on the beach.", to=to, subject="\u0410\u0432\u0442\u043e\u043e\u0442\u0432\u0435\u0442")
    )

    assert held.outcome.disposition is Disposition.HELD
    assert gate.outbox(Template.REPLY) == ()


def test_an_answer_of_staff_that_only_looks_like_a_program_s_goes_out_when_it_is_released(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    held = gate.deliver(bart.replies(notification, "Set it so.", subject="Out of office: how it is set up"))
    gate.later(seconds=1)
    told = " ".join(gate.mailbox(bart)[-1].text.split())

    gate.release(held.id)

    assert "Why: perhaps the answer of a program (vacation-subject)" in told
    assert "Set it so." in gate.mailbox(anne)[-1].text


def test_a_notification_asks_programs_not_to_answer(notification: Received) -> None:
    assert notification.message["Auto-Submitted"] == "auto-generated"
    assert notification.reverse_path.startswith("bounce+")


def test_a_reply_without_its_token_is_held_with_the_reason(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    held = gate.deliver(bart.replies(notification, "Please try again.", to=SUPPORT))

    assert (held.outcome.disposition, held.outcome.ticket_id) == (Disposition.HELD, 1)
    assert (held.outcome.reason or "").startswith("not enough evidence to have words sent to a customer: ")
    assert (gate.outbox(Template.REPLY), gate.outbox(Template.HELD)) == ((), ())


def test_a_held_reply_that_is_released_reaches_the_customer(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    held = gate.deliver(bart.replies(notification, "Please try again.", to=SUPPORT))

    sent = gate.release(held.id)

    assert (sent.outcome.disposition, sent.outcome.ticket_id) == (Disposition.JOINED, 1)
    assert "Please try again." in gate.mailbox(anne)[-1].text


def test_the_writer_of_a_held_mail_hears_of_it_but_not_without_end(begin: BeginGate) -> None:
    gate = begin(budgets={"returned_per_staff_hour": 5})
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))

    for number in range(8):
        gate.deliver(bart.writes(f"Try {number}.", to="support@support.example", subject="Re: No mail [#1]"))

    told = [mail for mail in gate.mailbox(bart) if "Your mail is held" in mail.text]
    assert len(told) == 5
    assert "Answer the mail that was sent to you" in " ".join(told[0].text.split())
    assert "Try 0." in told[0].text


@pytest.mark.parametrize("text", ["Please try again.", "!close", "!note between us"])
def test_another_staff_member_s_token_is_no_proof(gate: Gate, anne: Person, bart: Person, text: str) -> None:
    fred = gate.staff("Fred Frost", "fred@hosting.example")
    gate.deliver(anne.writes("It is broken."))

    held = gate.deliver(fred.replies(gate.mailbox(bart)[0], text))

    assert (held.outcome.disposition, held.outcome.ticket_id) == (Disposition.HELD, 1)
    assert (len(gate.mailbox(anne)), gate.ticket(1).state) == (1, State.OPEN)


def test_a_customer_with_a_staff_token_cannot_speak_for_staff(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example")

    answered = gate.deliver(dora.replies(notification, "!close"))
    opened = gate.deliver(dora.replies(notification, "Close it."))

    assert (answered.outcome.disposition, answered.outcome.ticket_id) == (Disposition.COMMAND, None)
    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 2)
    assert gate.ticket(1).state is State.OPEN


@pytest.mark.parametrize(
    "forged",
    [
        b"From: bart@hosting.example, cris@stranger.example",
        b"From: bart@hosting.example\r\nFrom: cris@stranger.example",
        b"From: staff: bart@hosting.example;",
        b'From: "bart@hosting.example"@stranger.example',
        b"From: bart@hosting.example <cris@stranger.example>",
    ],
)
def test_a_forged_staff_from_is_held_and_nothing_is_relayed(
    gate: Gate, anne: Person, bart: Person, notification: Received, forged: bytes
) -> None:
    raw = bart.replies(notification, "Please send us your password.")
    spoofed = raw.replace(b"From: Bart Jones <bart@hosting.example>", forged, 1)

    held = gate.deliver(spoofed)

    assert held.outcome.disposition is Disposition.HELD
    assert held.outcome.evidence is not None
    assert held.outcome.evidence.level == "N"
    assert gate.outbox(Template.REPLY) == ()
    assert [entry.kind for entry in gate.history(1)] == [EntryKind.MESSAGE]


def test_a_reply_whose_token_and_references_disagree_is_held(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example")
    gate.deliver(dora.writes("Mine too.", subject="Other"))
    other = gate.mailbox(bart)[-1]

    held = gate.deliver(bart.replies(notification, "Hello Anne", to=str(other.message["Reply-To"])))

    assert (held.outcome.disposition, held.outcome.ticket_id) == (Disposition.HELD, 2)
    assert held.outcome.reason == "its address says ticket #2, its references say #1"
    assert gate.outbox(Template.REPLY) == ()


def _files(mail: Received) -> list[tuple[str | None, str, str]]:
    return [
        (part.get_filename(), part.get_content_type(), _digest(part.get_payload(decode=True)))  # type: ignore[arg-type]
        for part in mail.message.iter_attachments()
    ]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
