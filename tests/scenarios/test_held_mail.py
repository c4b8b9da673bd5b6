"""Mail of people whom the gate does not know, or cannot believe, waits for a person: released or refused."""

from datetime import timedelta

import pytest

from mailgate.config.settings import UnknownSender
from mailgate.flows.story.review import NotHeld
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from store.engine import reading
from tests.gate import BEGIN, BeginGate, Gate, Person

BROKEN_FROMS = [  # B06, B07
    b"From: Anne <anne@customer.example>, cris@stranger.example",
    b"From: anne@customer.example\r\nFrom: cris@stranger.example",
    b"From : anne@customer.example",
    b" From: anne@customer.example",
    b"From: team: anne@customer.example;",
    b"From: <@stranger.example:anne@customer.example>",
    b'From: "anne@customer.example"@stranger.example',
    b"From: <anne@customer.example><cris@stranger.example>",
    b"From: =?utf-8?b?YW5uZUBjdXN0b21lci5leGFtcGxl?=",
    b"From: anne@customer.example\0@stranger.example",
    b"X-From: anne@customer.example",
]


def test_a_stranger_s_mail_is_held_and_he_is_told_so_in_fixed_words(gate: Gate, bart: Person, cris: Person) -> None:
    raw = cris.writes("Buy cheap pills at pills.example!", subject="Cheap pills", message_id="pills")

    held = gate.deliver(raw)

    assert (held.outcome.disposition, held.outcome.reason) == (
        Disposition.HELD,
        "its author is neither a customer's contact nor staff",
    )
    assert gate.tickets() == ()
    [told] = gate.mailbox(cris)
    assert told.subject == "Your mail has reached us"
    assert "pills" not in told.raw.decode().replace("<pills@client.example>", "").lower()
    assert (told.reverse_path, told.message["Auto-Submitted"]) == ("", "auto-replied")
    assert told.message["To"] == cris.address


def test_a_stranger_is_told_again_the_day_after(gate: Gate, bart: Person, cris: Person) -> None:
    for hours in (0, 12, 13):
        gate.now += timedelta(hours=hours)
        gate.deliver(cris.writes(f"Hello? At {gate.now}"))

    assert len(gate.mailbox(cris)) == 2


def test_a_released_stranger_s_mail_opens_a_ticket_as_of_the_day_it_came(
    gate: Gate, bart: Person, cris: Person
) -> None:
    held = gate.deliver(cris.writes("Do you sell servers?"))
    gate.now += timedelta(hours=5)

    opened = gate.release(held.id)

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 1)
    ticket = gate.ticket(1)
    assert (ticket.opened_at, ticket.customer_id, ticket.state) == (BEGIN, None, State.OPEN)
    assert ticket.opened_at == opened.received_at
    assert gate.history(1)[0].at == BEGIN
    assert "Do you sell servers?" in gate.mailbox(bart)[-1].text


def test_a_released_stranger_gets_replies_and_his_replies_join(gate: Gate, bart: Person, cris: Person) -> None:
    held = gate.deliver(cris.writes("Do you sell servers?"))
    gate.release(held.id)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "We do."))
    reply = gate.mailbox(cris)[-1]

    joined = gate.deliver(cris.replies(reply, "How much?"))

    assert "We do." in reply.text
    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)
    assert "How much?" in gate.mailbox(bart)[-1].text


def test_another_stranger_does_not_join_that_ticket(gate: Gate, bart: Person, cris: Person) -> None:
    gate.release(gate.deliver(cris.writes("Do you sell servers?")).id)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "We do."))
    gina = Person("Gina", "gina@stranger.example")

    held = gate.deliver(gina.replies(gate.mailbox(cris)[-1], "I want one too."))

    assert (held.outcome.disposition, held.outcome.ticket_id) == (Disposition.HELD, 1)
    assert gate.ticket(1).messages == 2


def test_a_refused_mail_ends_and_its_bytes_stay(gate: Gate, bart: Person, cris: Person) -> None:
    raw = cris.writes("Buy pills.")
    held = gate.deliver(raw)

    refused = gate.refuse(held.id)

    assert refused.outcome.disposition is Disposition.REFUSED
    assert (refused.outcome.reason or "").startswith("refused by Bart Jones; was held: its author is neither")
    with reading(gate.parts.engine) as conn:
        assert gate.parts.archive.load(conn, refused.sha256) == raw
    gate.later(hours=24)
    assert gate.tickets() == ()


def test_a_mail_is_decided_on_once(gate: Gate, bart: Person, cris: Person) -> None:
    held = gate.deliver(cris.writes("Buy pills."))
    gate.refuse(held.id)

    with pytest.raises(NotHeld, match="mail 1 is not held: it is refused"):
        gate.release(held.id)
    with pytest.raises(NotHeld, match="there is no mail 99"):
        gate.refuse(99)


def test_where_the_settings_say_so_strangers_open_tickets(begin: BeginGate, cris: Person) -> None:
    gate = begin(desk_rules={"unknown_sender": UnknownSender.OPEN})

    opened = gate.deliver(cris.writes("Do you sell servers?"))

    assert (opened.outcome.disposition, gate.ticket(1).customer_id) == (Disposition.OPENED, None)
    assert gate.outbox(Template.HELD) == ()


@pytest.mark.parametrize("author", BROKEN_FROMS)
def test_a_mail_with_a_broken_from_is_held_unanswered_and_released_it_is_nobody_s_ticket(
    gate: Gate, anne: Person, bart: Person, author: bytes
) -> None:
    raw = anne.writes("Cancel everything.").replace(b"From: Anne Miller <anne@customer.example>", author, 1)

    held = gate.deliver(raw, to="support@support.example")
    before = (gate.tickets(), gate.outbox())
    opened = gate.release(held.id)

    assert (held.outcome.disposition, before) == (Disposition.HELD, ((), ()))
    assert held.outcome.evidence is not None
    assert held.outcome.evidence.level == "N"
    assert held.outcome.reason == "; ".join(held.outcome.evidence.reasons)
    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 1)
    assert gate.ticket(1).customer_id is None
    assert "Cancel everything." in gate.mailbox(bart)[-1].text
    assert "we could not verify that this mail is from" in gate.mailbox(bart)[-1].text
    assert gate.mailbox(anne) == []


def test_a_display_name_that_looks_like_an_address_is_only_a_name(gate: Gate, anne: Person, bart: Person) -> None:
    raw = anne.writes("Cancel everything.").replace(
        b"From: Anne Miller <anne@customer.example>", b'From: "anne@customer.example" <cris@stranger.example>'
    )

    held = gate.deliver(raw)

    assert (held.outcome.disposition, held.outcome.author) == (
        Disposition.HELD,
        "anne@customer.example <cris@stranger.example>",
    )
    assert gate.mailbox(anne) == []


def test_a_released_reply_does_not_make_its_ticket_look_older(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    held = gate.deliver(bart.replies(gate.mailbox(bart)[0], "Hello Anne", to="support@support.example"))
    gate.now += timedelta(hours=5)
    gate.deliver(anne.replies(gate.mailbox(anne)[0], "Still broken."))

    gate.release(held.id)

    assert gate.ticket(1).updated_at == BEGIN + timedelta(hours=5)
    assert gate.history(1)[-1].at == BEGIN
