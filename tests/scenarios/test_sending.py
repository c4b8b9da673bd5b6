"""Our mail meets a smarthost that says later, never, or nothing at all (F14)."""

from datetime import timedelta
from email import message_from_bytes

import pytest

from mailgate.letters.kind import Template
from mailgate.tickets.ticket import Event, State
from store.archive import Archive
from store.engine import reading
from store.post.outbox import Outgoing, OutState
from tests.gate import BeginGate, Gate, Person

REFUSED = "550 5.1.1 No such user here"
LATER = "451 4.7.1 Try again later"


@pytest.fixture
def quiet_gate(begin: BeginGate) -> Gate:
    """A gate without staff, so that one acknowledgement is all that a first mail calls for."""
    return begin()


@pytest.fixture
def writer(quiet_gate: Gate) -> Person:
    """A customer of the quiet gate."""
    return quiet_gate.customer("Anne Miller", "anne@customer.example")


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "."])
def test_a_deferred_mail_goes_out_later_as_it_was(quiet_gate: Gate, writer: Person, verb: str) -> None:
    quiet_gate.sink.replies[verb] = [LATER]
    quiet_gate.deliver(writer.writes("It is broken."))
    [deferred] = quiet_gate.outbox()
    bytes_then = _archived(quiet_gate, deferred)

    quiet_gate.later(minutes=1)

    assert (deferred.state, deferred.attempts, deferred.last_reply) == (OutState.QUEUED, 1, LATER)
    [sent] = quiet_gate.outbox()
    assert (sent.state, sent.attempts, sent.sent_at) == (OutState.SENT, 2, quiet_gate.now)
    assert quiet_gate.sink.messages == [bytes_then] == [_archived(quiet_gate, sent)]
    assert sent.message_id == deferred.message_id
    assert f"Message-ID: <{sent.message_id}>".encode() in bytes_then


def test_the_waits_between_attempts_grow(quiet_gate: Gate, writer: Person) -> None:
    quiet_gate.sink.replies["RCPT"] = [LATER] * 8
    quiet_gate.deliver(writer.writes("It is broken."))

    waits = []
    for _ in range(8):
        due_at = quiet_gate.outbox()[0].due_at
        assert due_at is not None
        waits.append(due_at - quiet_gate.now)
        quiet_gate.later(seconds=waits[-1].total_seconds())

    assert waits == [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 120, 120)]
    assert quiet_gate.outbox()[0].state is OutState.SENT


def test_a_mail_that_is_not_due_yet_is_left_alone(quiet_gate: Gate, writer: Person) -> None:
    quiet_gate.sink.replies["RCPT"] = [LATER]
    quiet_gate.deliver(writer.writes("It is broken."))

    quiet_gate.later(seconds=59)

    assert quiet_gate.outbox()[0].attempts == 1


def test_a_mail_is_given_up_after_its_lifetime(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.sink.replies["RCPT"] = [LATER] * 200
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))

    for _ in range(47):
        gate.later(hours=2)
    not_yet = gate.outbox(Template.REPLY)[0]
    gate.sink.replies["RCPT"] = [LATER]
    gate.later(hours=3)

    assert not_yet.state is OutState.QUEUED
    [given_up] = gate.outbox(Template.REPLY)
    assert (given_up.state, given_up.last_reply) == (OutState.FAILED, f"given up after 96 h: {LATER}")
    assert f"given up after 96 h: {LATER}" in gate.mailbox(bart)[-1].text


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "."])
def test_a_refused_reply_fails_at_once_and_its_ticket_and_staff_are_told(
    gate: Gate, anne: Person, bart: Person, verb: str
) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.sink.replies[verb] = [REFUSED]

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))

    [failed] = gate.outbox(Template.REPLY)
    assert (failed.state, failed.attempts, failed.last_reply) == (OutState.FAILED, 1, REFUSED)
    lost = {"mail": failed.id, "to": "anne@customer.example", "reply": REFUSED}
    assert gate.events(1)[-1] == (Event.UNDELIVERED, "mailgate", lost)
    told = gate.mailbox(bart)[-1]
    assert "What you wrote to anne@customer.example did not arrive" in told.text
    assert "This is what was written:" in told.text
    assert "The same\r\naddress again means one more attempt." in told.text
    assert REFUSED in told.text
    fields = message_from_bytes(told.raw)
    assert (fields["X-Mailgate-Ticket"], fields["X-Mailgate-Customer"]) == ("1", "1")
    assert gate.outbox(Template.NOTIFICATION)[0].message_id in fields["References"]
    assert gate.ticket(1).state is State.OPEN


def test_a_failed_mail_to_staff_is_told_on_its_ticket_and_by_no_further_mail(
    gate: Gate, anne: Person, bart: Person
) -> None:
    gate.sink.replies["RCPT"] = [REFUSED]

    gate.deliver(anne.writes("It is broken."))

    [failed] = gate.outbox(Template.NOTIFICATION)
    assert failed.state is OutState.FAILED
    assert gate.outbox(Template.UNDELIVERED) == ()
    lost = {"mail": failed.id, "to": "bart@hosting.example", "reply": REFUSED}
    assert gate.events(1) == [(Event.STAFF_MAIL_LOST, "mailgate", lost)]


def test_a_failed_report_of_a_failure_calls_for_no_report(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.sink.replies["RCPT"] = [REFUSED] * 10

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))
    gate.later(hours=24)

    assert [row.state for row in gate.outbox(Template.UNDELIVERED)] == [OutState.FAILED]


def test_without_a_smarthost_mail_stays_queued(begin: BeginGate) -> None:
    gate = begin(smarthost={"address": None})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    opened = gate.inbox(gate.accept(anne.writes("It is broken.")))
    gate.parts.receive(opened.id, gate.now)

    for outgoing in gate.outbox():
        gate.parts.deliver(outgoing.id, gate.now)
    done = gate.parts.run_due(gate.now + timedelta(days=10))

    assert [(row.state, row.attempts) for row in gate.outbox()] == [(OutState.QUEUED, 0)]
    assert done == {}


def test_a_mail_waits_for_a_smarthost_that_is_down(quiet_gate: Gate, writer: Person, begin: BeginGate) -> None:
    quiet_gate.sink.replies["MAIL"] = ["421 4.3.2 Shutting down"]
    quiet_gate.deliver(writer.writes("It is broken."))
    down = quiet_gate.outbox()[0]

    quiet_gate.later(minutes=1)

    assert (down.state, down.last_reply) == (OutState.QUEUED, "421 4.3.2 Shutting down")
    assert quiet_gate.outbox()[0].state is OutState.SENT


def test_the_archive_keeps_what_was_sent_to_the_byte(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(
        anne.writes("Grüße aus Köln ✓\n.\n..two dots\n", files=[("a.zip", "application/zip", bytes(range(256)))])
    )
    gate.deliver(bart.replies(gate.mailbox(bart)[0], ".\nDots at the start.\n..\n"))

    sent = gate.outbox()
    assert len(sent) == 3
    assert {_archived(gate, row) for row in sent} == set(gate.sink.messages)


def test_each_mail_that_expects_reports_has_a_return_address_of_its_own(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))

    paths = {mail.reverse_path for mail in (*gate.mailbox(bart), gate.mailbox(anne)[-1])}
    assert len(paths) == 2
    assert all(path.startswith("bounce+") and path.endswith("@support.example") for path in paths)


def _archived(gate: Gate, row: Outgoing) -> bytes:
    assert row.sha256 is not None
    archive: Archive = gate.parts.archive
    with reading(gate.parts.engine) as conn:
        return archive.load(conn, row.sha256)
