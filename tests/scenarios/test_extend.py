"""`!extend`: staff give an invoice time to pay, on its ticket or by its number, and as often as they see fit."""

from datetime import date, timedelta

import pytest

from mailgate.billing.promise import Ended, PromiseKind
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event
from tests.gate import Gate, Person, Received
from tests.scenarios.billed import Billed, plain

MARCH = date(2026, 3, 2)


@pytest.fixture
def billed(gate: Gate, anne: Person, bart: Person) -> Billed:
    """Anne has an open invoice of 2 March, and Bart answers customers."""
    billed = Billed(gate).sells()
    billed.invoice()
    return billed


@pytest.fixture
def notification(billed: Billed, gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got of Anne's ticket."""
    gate.deliver(anne.writes("May I pay next week?"))
    return gate.mailbox(bart)[-1]


def extended(billed: Billed) -> list[tuple[date, Ended | None]]:
    return [(one.until_on, one.outcome) for one in billed.promises() if one.kind is PromiseKind.EXTENDED]


def test_words_for_the_customer_go_out_beside_it(
    billed: Billed, gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    mail = gate.deliver(bart.replies(notification, "!extend 7d\n\nOf course, you have until next Monday."))
    gate.later(minutes=2)

    assert mail.outcome.disposition is Disposition.JOINED
    assert extended(billed) == [(MARCH + timedelta(days=7), None)]
    assert any("Of course, you have until next Monday." in one.text for one in gate.mailbox(anne))
    said = " ".join(plain(gate.mailbox(bart)[-1]).split())
    assert "Invoice 2026-0001 of Anne Miller, of which EUR 11.78 is open, has time until 9 March 2026" in said
    line = next(one for one in gate.history(1) if one.event is Event.EXTENDED)
    assert line.details == {"number": "2026-0001", "until": "2026-03-09"}
    assert (line.author_name, line.evidence, line.for_customers) == ("Bart Jones", "D+T", True)
    assert billed.promises()[0].said_by == "Bart Jones <bart@hosting.example>"


def test_a_later_extension_takes_the_place_of_the_former_without_a_limit(
    billed: Billed, gate: Gate, bart: Person, notification: Received
) -> None:
    for span in ("30d", "until 9 March 2026", "100", "2 weeks"):
        gate.deliver(bart.replies(notification, f"!extend {span}"))

    assert extended(billed) == [
        (MARCH + timedelta(days=30), Ended.REPLACED),
        (date(2026, 3, 9), Ended.REPLACED),
        (MARCH + timedelta(days=100), Ended.REPLACED),
        (MARCH + timedelta(days=14), None),
    ]


def test_the_customer_sees_the_line_and_the_time(
    billed: Billed, gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!extend 7d"))
    gate.deliver(anne.writes("!invoices"))

    assert "no reminders until 9 March 2026" in plain(gate.mailbox(anne)[-1])


def test_a_number_names_another_invoice_in_a_new_mail_after_a_yes(billed: Billed, gate: Gate, bart: Person) -> None:
    billed.invoice(sku="big")
    asked = gate.deliver(bart.writes("!extend 2026-0002 7d"))
    before = extended(billed)

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "yes"))
    gate.work()

    assert asked.outcome.disposition is Disposition.HELD
    assert before == []
    [promise] = billed.promises()
    assert (promise.kind, promise.until_on) == (PromiseKind.EXTENDED, MARCH + timedelta(days=7))
    assert "Invoice 2026-0002 of Anne Miller" in " ".join(plain(gate.mailbox(bart)[-1]).split())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!extend", "a number of days must follow, such as 14"),
        ("!extend -3", "a number of days must follow"),
        ("!extend 400d", "a number of days must follow"),
        ("!extend 2026-0009 7d", "there is no invoice 2026-0009"),
        ("!extend until 1 March", "a number of days must follow"),
    ],
)
def test_what_cannot_be_done_comes_back_with_the_reason(
    gate: Gate, bart: Person, notification: Received, line: str, said: str
) -> None:
    gate.deliver(bart.replies(notification, line))

    assert said in " ".join(plain(gate.mailbox(bart)[-1]).split())
    assert Billed(gate).promises() == ()


def test_which_of_several_is_not_guessed(billed: Billed, gate: Gate, bart: Person, notification: Received) -> None:
    billed.invoice(sku="big")
    gate.deliver(bart.replies(notification, "!extend 7d"))
    several = plain(gate.mailbox(bart)[-1])
    billed.shop.pay("2026-0001", 1178, MARCH)
    gate.deliver(bart.replies(notification, "!extend 2026-0001 7d"))

    assert "it is not plain which invoice" in several
    assert "nothing is open of invoice 2026-0001" in plain(gate.mailbox(bart)[-1])
    assert billed.promises() == ()


def test_an_extension_is_no_command_of_customers(billed: Billed, gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("!extend 2026-0001 365d"))

    assert "there is no such command" in plain(gate.mailbox(anne)[-1])
    assert billed.promises() == ()
