"""An address that does not exist is written to once; no ticket waits for an answer from there, and staff know of it."""

from datetime import timedelta

import pytest

from mailgate.letters.kind import Template
from mailgate.tickets.ticket import Event, State
from store.desk import deadlines, tickets
from store.engine import reading, transaction
from store.post import suppressions
from store.post.outbox import OutState
from tests.gate import Gate, Person
from tests.scenarios.reports import report

GONE = "550 5.1.1 <anne@customer.example>: no such user here"


def dead(gate: Gate) -> dict[str, str]:
    """The addresses that nothing is sent to, by key."""
    with reading(gate.parts.engine) as conn:
        return {one.address: one.reason for one in suppressions.listing(conn, now=gate.now)}


def suppress(gate: Gate, address: str) -> None:
    """The mail server of this address has said that there is none."""
    with transaction(gate.parts.engine) as conn:
        suppressions.add(conn, address, "no such user", since=gate.now, until=gate.now + timedelta(days=30))


@pytest.fixture
def asked(gate: Gate, anne: Person, bart: Person) -> Gate:
    """Anne has written, Bart was told."""
    gate.deliver(anne.writes("It is broken."))
    return gate


@pytest.mark.parametrize("way", ["refused at once", "reported later"])
def test_an_address_that_does_not_exist_is_remembered(asked: Gate, bart: Person, way: str) -> None:
    if way == "refused at once":
        asked.sink.replies["RCPT"] = [GONE]
    asked.deliver(bart.replies(asked.mailbox(bart)[0], "Please try again."))
    if way == "reported later":
        [reply] = asked.outbox(Template.REPLY)
        asked.deliver(report(reply.reverse_path, about="anne@customer.example"), sender="")

    assert list(dead(asked)) == ["anne@customer.example"]
    assert asked.ticket(1).state is State.OPEN


@pytest.mark.parametrize(
    ("about", "status"), [("elsewhere@other.example", "5.1.1"), ("anne@customer.example", "5.2.2")]
)
def test_a_full_mailbox_or_somebody_s_forwarding_is_no_dead_address(
    asked: Gate, bart: Person, about: str, status: str
) -> None:
    asked.deliver(bart.replies(asked.mailbox(bart)[0], "Please try again."))
    [reply] = asked.outbox(Template.REPLY)
    raw = report(reply.reverse_path, about=about, status=status)
    asked.deliver(
        raw.replace(b"550 5.1.1 unknown user", b"552 5.2.2 mailbox full") if status == "5.2.2" else raw, sender=""
    )

    assert dead(asked) == {}


def test_a_report_that_names_no_mail_of_ours_suppresses_nobody(asked: Gate) -> None:
    asked.deliver(report("bounce@support.example", about="anne@customer.example"), sender="")

    assert dead(asked) == {}


@pytest.mark.parametrize("reply", ["550 5.7.1 blocked", "552 5.2.2 mailbox full", "451 4.1.1 later"])
def test_another_refusal_suppresses_nobody(asked: Gate, bart: Person, reply: str) -> None:
    asked.sink.replies["RCPT"] = [reply]

    asked.deliver(bart.replies(asked.mailbox(bart)[0], "Please try again."))

    assert dead(asked) == {}


def test_a_reply_that_only_a_dead_address_would_get_is_kept_and_told_to_staff(
    asked: Gate, anne: Person, bart: Person
) -> None:
    suppress(asked, anne.address)
    before = len(asked.mailbox(anne))

    asked.deliver(bart.replies(asked.mailbox(bart)[0], "Please try again."))

    [kept] = asked.outbox(Template.REPLY)
    assert (kept.state, kept.last_reply) == (OutState.FAILED, "not sent: no such user")
    assert asked.ticket(1).state is State.OPEN
    event, _, lost = asked.events(1)[-1]
    assert (event, lost["reply"]) == (Event.UNDELIVERED, "not sent, the address takes no mail: no such user")
    assert "the address takes no mail" in " ".join(asked.mailbox(bart)[-1].text.split())
    assert len(asked.mailbox(anne)) == before


def test_a_reply_that_somebody_else_gets_leaves_the_ticket_answered(gate: Gate, anne: Person, bart: Person) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(dora.writes("No mail."))
    gate.deliver(anne.writes("No mail."))
    with transaction(gate.parts.engine) as conn:
        ticket = tickets.find(conn, 1)
        assert ticket is not None
        deadlines.join(conn, 2, ticket.participants)
    suppress(gate, dora.address)

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "It works again."))

    assert gate.ticket(2).state is State.ANSWERED
    event, _, lost = gate.events(2)[-1]
    assert (event, lost["to"]) == (Event.NOTICE_LOST, "dora@customer.example")
    assert len(gate.outbox(Template.UNDELIVERED)) == 1
    assert "It works again." in gate.mailbox(anne)[-1].text


def test_a_ticket_is_not_closed_on_somebody_who_cannot_be_warned(asked: Gate, anne: Person, bart: Person) -> None:
    asked.deliver(bart.replies(asked.mailbox(bart)[0], "Please try again."))
    suppress(asked, anne.address)

    asked.later(hours=24)
    asked.later(hours=12)

    assert asked.ticket(1).state is State.OPEN


def test_whoever_writes_from_there_is_written_to_again(asked: Gate, anne: Person) -> None:
    suppress(asked, anne.address)

    asked.deliver(anne.writes("I am here.", subject="Hello"))

    assert dead(asked) == {}
    assert "[#2]" in asked.mailbox(anne)[-1].subject


def test_a_program_that_writes_from_there_is_no_sign_of_life(asked: Gate, anne: Person) -> None:
    suppress(asked, anne.address)

    asked.deliver(anne.writes("I am away.", headers={"Auto-Submitted": "auto-replied"}))

    assert list(dead(asked)) == [anne.address]


def test_after_thirty_days_it_is_tried_again(asked: Gate, anne: Person, bart: Person) -> None:
    suppress(asked, anne.address)
    asked.now += timedelta(days=30)

    asked.deliver(bart.replies(asked.mailbox(bart)[0], "Please try again."))

    assert "Please try again." in asked.mailbox(anne)[-1].text


def test_staff_are_written_to_whatever_their_mail_server_says(gate: Gate, anne: Person, bart: Person) -> None:
    gate.sink.replies["RCPT"] = ["550 5.1.1 no such user"] * 2
    gate.deliver(anne.writes("It is broken."))
    assert dead(gate).keys() == {anne.address}

    gate.deliver(anne.writes("Really.", subject="Again"))

    assert "Really." in gate.mailbox(bart)[-1].text
