"""The same mail twice is one mail, whatever way each copy came; a reused Message-ID is not the same mail."""

from datetime import timedelta

import pytest

from mailgate.mail.disposition import Disposition
from tests.gate import Gate, Person


def test_the_same_mail_by_another_route_is_a_duplicate(gate: Gate, anne: Person, bart: Person) -> None:
    raw = anne.writes("It is broken.")
    gate.deliver(b"Received: from a.example by mx.example; Mon, 2 Mar 2026 09:00:00 +0000\r\n" + raw)

    again = gate.deliver(b"Received: from b.example by mx.example; Mon, 2 Mar 2026 09:00:05 +0000\r\n" + raw)

    assert (again.outcome.disposition, again.outcome.ticket_id) == (Disposition.DUPLICATE, 1)
    assert again.outcome.reason == "the same mail as 1"
    assert gate.ticket(1).messages == 1
    assert (len(gate.mailbox(anne)), len(gate.mailbox(bart))) == (1, 1)


def test_one_mail_to_two_desks_in_two_envelopes_is_one_ticket(gate: Gate, anne: Person, bart: Person) -> None:
    raw = anne.writes("Who can help?", to="billing@support.example, support@support.example")
    gate.deliver(raw, to="billing@support.example")

    again = gate.deliver(raw, to="support@support.example")

    assert (again.outcome.disposition, again.outcome.ticket_id) == (Disposition.DUPLICATE, 1)
    assert len(gate.tickets()) == 1


@pytest.mark.parametrize(
    "envelopes",
    [
        (("billing@support.example", "support@support.example"),),
        (("support@support.example", "billing@support.example"),),
        (("billing@support.example",), ("support@support.example",)),
        (("support@support.example",), ("billing@support.example",)),
    ],
)
def test_one_mail_to_a_desk_and_a_copy_to_another_is_one_ticket_however_it_was_delivered(
    gate: Gate, anne: Person, bart: Person, envelopes: tuple[tuple[str, ...], ...]
) -> None:
    raw = anne.writes("Who can help?", to="billing@support.example", headers={"Cc": "support@support.example"})

    for paths in envelopes:
        gate.deliver(raw, to=paths)

    assert [(ticket.id, ticket.messages) for ticket in gate.tickets()] == [(1, 1)]
    assert (len(gate.mailbox(anne)), len(gate.mailbox(bart))) == (1, 1)


def test_the_same_message_id_with_other_words_is_another_mail(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken.", message_id="reused"))

    other = gate.deliver(anne.writes("Cancel my service!", message_id="reused", subject="Other"))

    assert other.outcome.disposition is not Disposition.DUPLICATE
    assert [ticket.messages for ticket in gate.tickets()] == [1, 1]


def test_a_copy_is_recognised_for_thirty_days(gate: Gate, anne: Person, bart: Person) -> None:
    raw = anne.writes("It is broken.")
    gate.deliver(raw)
    gate.now += timedelta(days=30)

    assert gate.deliver(raw).outcome.disposition is Disposition.DUPLICATE


def test_the_same_mail_after_thirty_one_days_is_a_new_one(gate: Gate, anne: Person, bart: Person) -> None:
    raw = anne.writes("Please restart my server.")
    gate.deliver(raw)
    gate.now += timedelta(days=31)

    assert gate.deliver(raw).outcome.disposition is Disposition.OPENED


def test_copies_do_not_keep_the_window_open(gate: Gate, anne: Person, bart: Person) -> None:
    raw = anne.writes("Please restart my server.")
    gate.deliver(raw)
    gate.now += timedelta(days=20)
    gate.deliver(raw)
    gate.now += timedelta(days=20)

    assert gate.deliver(raw).outcome.disposition is Disposition.OPENED


def test_a_copy_of_a_held_mail_waits_with_it(gate: Gate, bart: Person, cris: Person) -> None:
    raw = cris.writes("Do you sell servers?")
    held = gate.deliver(raw)

    again = gate.deliver(raw)
    opened = gate.release(held.id)

    assert again.outcome.disposition is Disposition.DUPLICATE
    assert opened.outcome.disposition is Disposition.OPENED
    assert len(gate.tickets()) == 1
