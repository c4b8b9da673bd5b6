"""Programs that answer each other fall silent: two gates, responders, mail that comes back (F19)."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from tests.gate import BeginGate, Gate, Person, Received, begin_gate
from tests.verifying import verifying
from tests.zone import Zone

ROUNDS = 20
ONE, TWO = "support@one.example", "support@two.example"


@pytest.fixture
def gates(tmp_path: Path) -> Iterator[tuple[Gate, Gate]]:
    """Two gates, each a customer of the other, with one staff member each."""
    with ExitStack() as running:
        begun = []
        for domain, other in (("one.example", TWO), ("two.example", ONE)):
            directory = tmp_path / domain
            directory.mkdir()
            gate = running.enter_context(begin_gate(directory, gate={"domain": domain}))
            gate.customer("The others", other)
            gate.staff("Bart Jones", f"bart@staff.{domain}")
            begun.append(gate)
        yield begun[0], begun[1]


def _exchange(gates: tuple[Gate, Gate]) -> tuple[int, int]:
    """Carry the mails of each to the other until both are quiet; how many each has sent to the other."""
    one, two = gates
    carried = {id(one): 0, id(two): 0}
    for _ in range(ROUNDS):
        moved = 0
        for sender, reader, domain in ((one, two, "@two.example"), (two, one, "@one.example")):
            mails = [
                (raw, (path or "").strip("<>"), to[0])
                for raw, (path, to) in zip(sender.sink.messages, sender.sink.paths, strict=True)
                if to[0].endswith(domain)
            ]
            for raw, reverse_path, to in mails[carried[id(sender)] :]:
                reader.deliver(raw, to=to, sender=reverse_path)
                moved += 1
            carried[id(sender)] = len(mails)
        if not moved:
            return carried[id(one)], carried[id(two)]
    raise AssertionError(f"not quiet after {ROUNDS} rounds: {carried}")


def test_two_gates_are_quiet_after_an_acknowledgement(gates: tuple[Gate, Gate]) -> None:
    one, _ = gates
    one.deliver(Person("The others", TWO).writes("Hello", to=ONE))

    sent = _exchange(gates)

    assert sent == (1, 0)
    assert len(one.tickets()) == 1


def test_two_gates_are_quiet_after_a_person_of_one_wrote_to_the_other(gates: tuple[Gate, Gate]) -> None:
    one, two = gates
    one.deliver(Person("Bart Jones", "bart@staff.one.example").writes(f"!customer {TWO}\n\nIs it you?", to=ONE))

    sent = _exchange(gates)

    assert max(sent) <= 2
    assert (len(one.tickets()), len(two.tickets())) == (1, 1)
    assert one.ticket(1).state is State.ANSWERED  # the acknowledgement of the others changed nothing


def _respond(gate: Gate, person: Person, fields: dict[str, str], sender: str) -> int:
    """A responder answers each mail that reaches a person, until nothing more comes; how many it has written."""
    for answered in range(ROUNDS):
        mails = gate.mailbox(person)
        if len(mails) == answered:
            return answered
        mail: Received = mails[answered]
        references = {"In-Reply-To": str(mail.message["Message-ID"]), **fields}
        to = mail.reverse_path if "null" in sender else str(mail.message["Reply-To"] or mail.message["From"])
        words = person.writes("I am away.", to=ONE, subject=f"Re: {mail.subject}", headers=references)
        gate.deliver(words, to=_bare(to) or ONE, sender="" if "null" in sender else person.address)
    raise AssertionError(f"not quiet after {ROUNDS} mails")


def _bare(address: str) -> str:
    return address.rpartition("<")[2].rstrip(">")


RESPONDERS: list[tuple[dict[str, str], str]] = [
    ({"Auto-Submitted": "auto-replied"}, "own"),
    ({"X-Autoreply": "yes"}, "own"),
    ({}, "null"),
    ({}, "own"),  # nothing tells it from a person
]


@pytest.mark.parametrize(("fields", "sender"), RESPONDERS)
def test_a_responder_of_a_customer_that_answers_everything_ends_after_two_mails(
    gate: Gate, anne: Person, bart: Person, fields: dict[str, str], sender: str
) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Try again."))

    written = _respond(gate, anne, fields, sender)

    assert written == 2  # to the acknowledgement and to Bart's answer
    assert len(gate.mailbox(anne)) == 2
    assert len(gate.tickets()) == 1


@pytest.mark.parametrize("fields", [fields for fields, sender in RESPONDERS[:2]])
def test_a_responder_of_staff_that_answers_everything_writes_to_nobody(
    gate: Gate, anne: Person, bart: Person, fields: dict[str, str]
) -> None:
    gate.deliver(anne.writes("It is broken."))

    written = _respond(gate, bart, fields, "own")

    assert written == 1
    assert len(gate.mailbox(anne)) == 1
    assert gate.ticket(1).state is State.OPEN


def test_a_staff_responder_that_no_sign_tells_from_a_person_ends_after_two_mails(gate: Gate, bart: Person) -> None:
    gate.deliver(bart.writes("What is this?"))

    written = _respond(gate, bart, {}, "own")

    assert written == 2  # to what came back of Bart's own mail, and of its first answer
    held = gate.inbox(3).outcome
    assert held.disposition is Disposition.HELD
    assert str(held.reason).startswith(
        "the same words went back to this writer within a day; not understood: It answers"
    )


def test_a_staff_responder_that_answers_the_alert_of_its_own_mail_ends_there(gate: Gate, bart: Person) -> None:
    gate.deliver(bart.writes("What is this?"))
    _respond(gate, bart, {}, "own")
    gate.later(seconds=1)
    alert = gate.mailbox(bart)[-1]

    written = [gate.deliver(bart.writes("I am away.", subject=f"Re: {alert.subject}")).outcome]
    gate.later(hours=2)

    assert [one.disposition for one in written] == [Disposition.AUTOMATIC]
    assert gate.mailbox(bart)[-1] == alert


def test_a_staff_responder_that_answers_a_list_of_held_mail_ends_after_two_mails(
    gate: Gate, bart: Person, cris: Person
) -> None:
    gate.deliver(cris.writes("Do you sell servers?"))
    gate.later(seconds=1)

    written = _respond(gate, bart, {}, "own")
    gate.later(hours=2)
    later = gate.deliver(bart.writes("I am away.", to=str(gate.mailbox(bart)[-1].message["Reply-To"]))).outcome

    assert written == 2  # to the list, and to what was answered
    assert later.disposition is Disposition.AUTOMATIC


def test_a_staff_responder_with_other_words_each_time_meets_an_end_too(begin: BeginGate) -> None:
    gate = begin(budgets={"returned_per_staff_hour": 2})
    bart = gate.staff("Bart Jones", "bart@hosting.example")

    settled = [gate.deliver(bart.writes(f"I am away. ({number})")).outcome for number in range(3)]

    assert [one.disposition for one in settled] == [Disposition.COMMAND, Disposition.COMMAND, Disposition.HELD]
    assert str(settled[-1].reason).startswith("flood: 2 mails went back to this writer within an hour")


def test_the_same_mistake_on_another_ticket_is_told_again(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("One."))
    gate.deliver(anne.writes("Two.", subject="Another matter"))
    one, two = gate.mailbox(bart)

    settled = [gate.deliver(bart.replies(told, "!clsoe")).outcome.disposition for told in (one, two)]

    assert settled == [Disposition.COMMAND, Disposition.COMMAND]


def test_a_staff_responder_that_signs_nothing_ends_after_two_mails_too(begin: BeginGate) -> None:
    gate = verifying(begin, Zone({}))
    bart = gate.staff("Bart Jones", "bart@hosting.example")

    gate.deliver(bart.writes("What is this?"))

    written = _respond(gate, bart, {}, "own")

    assert written == 2
    assert {gate.inbox(number).outcome.disposition for number in (1, 2, 3)} == {Disposition.HELD}


def test_every_mail_of_ours_bears_our_mark(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Try again."))

    marks = {mail.message["X-Mailgate-Instance"] for mail in (*gate.mailbox(anne), *gate.mailbox(bart))}

    assert marks == {"support.example"}


@pytest.mark.parametrize("kept", [b"X-Mailgate-Instance", b"Message-ID"])
def test_a_mail_of_ours_that_comes_back_is_kept_and_not_answered(
    gate: Gate, anne: Person, bart: Person, kept: bytes
) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Try again."))
    ours = gate.mailbox(anne)[-1].raw
    head, _, body = ours.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if line.startswith((kept, b"Subject", b"Content", b"MIME", b"To"))]
    forwarder = b"\r\n".join([b"From: Anne Miller <anne@customer.example>", *lines, b"", body])

    back = gate.deliver(forwarder, to="support@support.example", sender=anne.address)

    assert back.outcome.disposition is Disposition.AUTOMATIC
    assert back.outcome.reason == "a mail of this gate came back: it bears our mark or a Message-ID of ours"
    assert (len(gate.tickets()), len(gate.mailbox(anne))) == (1, 2)


def test_another_gate_s_mark_is_no_sign_of_a_program(gate: Gate, anne: Person) -> None:
    opened = gate.deliver(anne.writes("Hello", headers={"X-Mailgate-Instance": "desk.other.example"}))

    assert opened.outcome.disposition is Disposition.OPENED


def _travelled(mail: bytes, hops: int) -> bytes:
    field = b"Received: from a.example by b.example; Mon, 2 Mar 2026 10:00:00 +0000\r\n"
    return field * hops + mail


def test_a_mail_that_has_passed_too_many_servers_is_held_and_not_answered(
    gate: Gate, anne: Person, bart: Person
) -> None:
    held = gate.deliver(_travelled(anne.writes("It is broken."), 51))

    assert held.outcome.disposition is Disposition.HELD
    assert held.outcome.reason == "loop: it has passed 51 servers, more than 50"
    assert gate.mailbox(anne) == []
    gate.later(seconds=1)
    assert "loop: it has passed 51 servers" in " ".join(gate.mailbox(bart)[0].text.split())
    assert gate.release(held.id).outcome.disposition is Disposition.OPENED


def test_a_long_way_is_no_loop(gate: Gate, anne: Person) -> None:
    assert gate.deliver(_travelled(anne.writes("Hi."), 50)).outcome.disposition is Disposition.OPENED


def test_a_vacation_in_a_ticket_is_told_to_staff_and_acknowledged_to_nobody(
    gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))

    _respond(gate, anne, {"Auto-Submitted": "auto-replied"}, "own")

    assert len(gate.outbox(Template.NOTIFICATION)) == 2
