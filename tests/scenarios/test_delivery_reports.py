"""A report about a mail of ours counts only at the signed return address of that mail (B32)."""

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event, State
from store.post.outbox import OutState
from tests.gate import Gate, Person, Received
from tests.scenarios.reports import report

ANNE = "anne@customer.example"


@pytest.fixture
def reply(gate: Gate, anne: Person, bart: Person) -> Received:
    """A reply of Bart's that Anne's mail system took."""
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))
    return gate.mailbox(anne)[-1]


def test_a_report_marks_the_mail_as_failed_and_tells_ticket_and_staff(
    gate: Gate, bart: Person, reply: Received
) -> None:
    settled = gate.deliver(report(reply.reverse_path, about=ANNE), sender="")

    assert (settled.outcome.disposition, settled.outcome.ticket_id) == (Disposition.BOUNCE, 1)
    [failed] = gate.outbox(Template.REPLY)
    assert (failed.state, failed.last_reply) == (OutState.FAILED, f"bounced: {ANNE} failed (5.1.1)")
    lost = {"mail": failed.id, "to": ANNE, "reply": f"{ANNE} failed (5.1.1)"}
    assert [(event, values) for event, _, values in gate.events(1)] == [(Event.UNDELIVERED, lost)]
    assert gate.outbox(Template.UNDELIVERED)[0].notice.to_address == bart.address
    assert f"{ANNE} failed (5.1.1)" in gate.mailbox(bart)[-1].text
    assert gate.ticket(1).state is State.OPEN


def test_a_second_report_is_noted_and_tells_nobody_again(gate: Gate, bart: Person, reply: Received) -> None:
    gate.deliver(report(reply.reverse_path, about=ANNE), sender="")
    gate.deliver(report(reply.reverse_path, about=ANNE, status="5.0.0"), sender="")

    assert len(gate.outbox(Template.UNDELIVERED)) == 1
    event, _, values = gate.events(1)[-1]
    assert (event, values) == (Event.REPORTED_AGAIN, {"mail": 3, "to": ANNE, "reply": f"{ANNE} failed (5.0.0)"})


def test_a_report_of_a_delay_is_only_noted(gate: Gate, reply: Received) -> None:
    gate.deliver(report(reply.reverse_path, about=ANNE, action="delayed", status="4.4.1"), sender="")

    assert gate.outbox(Template.REPLY)[0].state is OutState.SENT
    assert gate.outbox(Template.UNDELIVERED) == ()
    event, _, values = gate.events(1)[-1]
    assert (event, values) == (Event.DELAYED, {"mail": 3, "to": ANNE, "reply": f"{ANNE} delayed (4.4.1)"})


@pytest.mark.parametrize("kind", ["no token", "forged", "reply address", "desk"])
def test_a_report_without_our_token_changes_nothing(gate: Gate, reply: Received, kind: str) -> None:
    local_part, _, domain = reply.reverse_path.partition("@")
    letter = "b" if local_part[-6] == "a" else "a"
    to = {
        "no token": "bounce@support.example",
        "forged": f"{local_part[:-6]}{letter}{local_part[-5:]}@{domain}",
        "reply address": str(reply.message["Reply-To"]),
        "desk": "support@support.example",
    }[kind]
    before = (gate.outbox(), gate.history(1))

    settled = gate.deliver(report(to, about=ANNE), sender="")

    assert settled.outcome.disposition is Disposition.BOUNCE
    assert settled.outcome.reason == "it answers no return address of ours; nothing was done"
    assert (gate.outbox(), gate.history(1)) == before


def test_a_report_about_a_mail_to_staff_is_told_on_the_ticket_alone(gate: Gate, bart: Person, reply: Received) -> None:
    notification = gate.mailbox(bart)[0]

    gate.deliver(report(notification.reverse_path, about=bart.address), sender="")

    assert gate.outbox(Template.NOTIFICATION)[0].state is OutState.FAILED
    assert gate.outbox(Template.UNDELIVERED) == ()
    event, _, values = gate.events(1)[-1]
    assert (event, values["to"]) == (Event.STAFF_MAIL_LOST, bart.address)


def test_a_report_is_never_answered(gate: Gate, reply: Received) -> None:
    before = len(gate.sink.messages)

    gate.deliver(report("support@support.example", about=ANNE), sender="")
    gate.deliver(report("support@support.example", about="other@customer.example"))

    assert len(gate.sink.messages) == before


def test_a_mail_system_s_bounce_in_its_own_words_counts_at_our_return_address(gate: Gate, reply: Received) -> None:
    lines = [
        "From: MAILER-DAEMON@mx.customer.example",
        f"To: {reply.reverse_path}",
        "Subject: failure notice",
        "",
        "Sorry, no mailbox here by that name.",
        "",
    ]

    gate.deliver("\r\n".join(lines).encode(), sender="")

    [failed] = gate.outbox(Template.REPLY)
    assert (failed.state, failed.last_reply) == (OutState.FAILED, "bounced: the report names no recipient")
