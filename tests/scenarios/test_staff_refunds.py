"""Staff have money sent back and cards charged by mail, after a yes: what is there is looked at anew then."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.config.settings import Payments, ProviderName
from store.billing import cards, charges, refunds
from store.billing.cards import SavedCard
from store.billing.charges import State
from store.engine import reading, transaction
from tests.gate import Gate, Person, Received
from tests.scenarios.billed import Billed, plain


@pytest.fixture
def billed(gate: Gate, anne: Person, bart: Person) -> Billed:
    """Anne has an invoice of 11.78, and Bart answers customers."""
    billed = Billed(gate).sells()
    billed.invoice()
    return billed


@pytest.fixture
def notification(billed: Billed, gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got of Anne's ticket."""
    gate.deliver(anne.writes("I paid too much."))
    return gate.mailbox(bart)[-1]


def words(mail: Received) -> str:
    return " ".join(plain(mail).split())


def sent_back(gate: Gate) -> list[tuple[int, str, str]]:
    """How much, who asked for it, and who agreed."""
    with reading(gate.parts.engine) as conn:
        return [(one.amount_minor, one.asked_by, one.approved_by) for one in refunds.listing(conn, customer_id=1)]


def takes_cards(gate: Gate) -> None:
    """Anne has given one."""
    payments = Payments(provider=ProviderName.STRIPE, secret_key_file=Path("/nonexistent/key"))
    gate.parts = replace(gate.parts, settings=replace(gate.parts.settings, payments=payments))
    with transaction(gate.parts.engine) as conn:
        cards.add(conn, SavedCard(0, 1, "stripe", "cus_1", "pm_visa", "visa", "4242", None, gate.now))


def test_what_was_paid_too_much_is_sent_back_after_a_yes(
    billed: Billed, gate: Gate, bart: Person, notification: Received
) -> None:
    billed.shop.pay("2026-0001", 2178, billed.today)
    gate.deliver(bart.replies(notification, "!refund 2026-0001 4.00"))
    question, before = gate.mailbox(bart)[-1], sent_back(gate)

    gate.deliver(bart.replies(question, "yes"))

    assert "EUR 4.00 that was paid for invoice 2026-0001 goes back to customer 1, Anne Miller" in words(question)
    assert before == []
    assert sent_back(gate) == [(400, "Bart Jones <bart@hosting.example>", "")]


def test_what_was_used_since_the_question_is_not_sent_back(
    billed: Billed, gate: Gate, bart: Person, notification: Received
) -> None:
    billed.shop.pay("2026-0001", 2178, billed.today)
    gate.deliver(bart.replies(notification, "!refund 2026-0001"))
    question = gate.mailbox(bart)[-1]
    billed.invoice(sku="big")  # the credit pays a part of it as it falls due
    billed.shop.give(1, 1, billed.today)

    gate.deliver(bart.replies(question, "yes"))

    assert sent_back(gate) == []
    assert "Nothing was done now" in words(gate.mailbox(bart)[-1])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!refund 2026-0001", "nothing that was paid for invoice 2026-0001 is credit now"),
        ("!refund 2026-0009", "there is no invoice 2026-0009"),
        ("!charge 2026-0001", "no cards are charged here"),
    ],
)
def test_what_cannot_be_asked_comes_back_with_the_reason(
    gate: Gate, bart: Person, notification: Received, line: str, said: str
) -> None:
    gate.deliver(bart.replies(notification, line))

    assert said in words(gate.mailbox(bart)[-1])


def test_no_more_is_asked_for_than_can_go_back(
    billed: Billed, gate: Gate, bart: Person, notification: Received
) -> None:
    billed.shop.pay("2026-0001", 2178, billed.today)
    gate.deliver(bart.replies(notification, "!refund 2026-0001 10.01"))

    assert "of invoice 2026-0001 no more than 10.00 EUR can go back" in words(gate.mailbox(bart)[-1])


def test_a_card_is_charged_after_a_yes_once(billed: Billed, gate: Gate, bart: Person, notification: Received) -> None:
    takes_cards(gate)
    gate.deliver(bart.replies(notification, "!charge"))
    question = gate.mailbox(bart)[-1]

    for _ in range(2):
        gate.deliver(bart.replies(question, "yes"))

    assert "EUR 11.78 of invoice 2026-0001" in words(question)
    assert "Visa 4242" in words(question)
    with reading(gate.parts.engine) as conn:
        under_way = charges.under_way(conn, 1, "EUR")
    assert under_way is not None
    assert (under_way.amount_minor, under_way.state, under_way.asked_by) == (
        1178,
        State.NEW,
        "Bart Jones <bart@hosting.example>",
    )


def test_a_card_that_is_gone_at_the_yes_is_not_charged(
    billed: Billed, gate: Gate, bart: Person, notification: Received
) -> None:
    takes_cards(gate)
    gate.deliver(bart.replies(notification, "!charge"))
    question = gate.mailbox(bart)[-1]
    billed.shop.pay("2026-0001", 1000, billed.today)

    gate.deliver(bart.replies(question, "yes"))

    with reading(gate.parts.engine) as conn:
        assert charges.under_way(conn, 1, "EUR") is None
    assert "1.78 EUR is open of invoice 2026-0001 by now" in words(gate.mailbox(bart)[-1])
