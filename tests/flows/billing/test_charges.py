"""A saved card is charged when an invoice is due: once, whatever happens on the way, and its payer hears of it."""

from typing import Any

import pytest

from mailgate.billing.document.invoice import DocumentState
from mailgate.flows.billing.card.charge import Begun, Reason, WhyNot
from store.billing import cards, payments
from store.billing.kept import erase_words
from store.engine import reading, transaction
from tests.flows.billing.charging import Counter, at
from tests.flows.billing.trade import Trade, d
from tests.payments.memory import ASKS, LOST, SHORT, SLOW


@pytest.fixture
def counter(trade: Trade) -> Counter:
    return Counter.begin(trade)


@pytest.fixture
def bob(trade: Trade) -> int:
    """Whose service begins, and is due, on the first of March."""
    return trade.customer("Bob")


def sold(counter: Counter, customer_id: int, sku: str = "small") -> str:
    """An invoice that is due on the first of March."""
    _, (invoice,) = counter.trade.add(customer_id, sku, on="2026-02-10", start_on=d("2026-03-01"))
    assert counter.trade.invoice(invoice.number).due_on == d("2026-03-01")
    return invoice.number


def test_on_its_due_date_a_card_is_charged_in_the_first_instant_of_its_owners_day(counter: Counter, bob: int) -> None:
    counter.card(bob)
    number = sold(counter, bob)

    counter.look("2026-02-28T23:59:59")
    before = counter.states()
    counter.look("2026-03-01")

    assert before == []
    assert counter.states() == ["succeeded"]
    assert counter.trade.invoice(number).state is DocumentState.PAID
    assert counter.at_provider() == sum(minor for _, _, minor in counter.provider.moved) == 1190
    assert counter.provider.calls == ["start", "confirm"]
    assert counter.mails().count("payment-receipt") == 1
    assert counter.notice("payment-receipt")["payment"]["label"] == "Visa 4242"
    assert "invoice-reminder-due" not in counter.mails()


def test_credit_comes_first_and_the_card_pays_the_rest(counter: Counter, bob: int) -> None:
    counter.card(bob)
    number = sold(counter, bob)
    counter.trade.give(bob, "5.00", on="2026-02-11")

    counter.look("2026-03-01")

    assert [minor for _, _, minor in counter.provider.moved] == [690]
    assert counter.open(number) == 0
    assert counter.trade.has_credit(bob) == 0
    assert counter.mails().count("payment-receipt") == 1
    assert "payment-partial" not in counter.mails()
    assert counter.notice("payment-receipt")["had_paid_minor"] == 500


def test_what_credit_pays_wholly_no_card_is_asked_for(counter: Counter, bob: int) -> None:
    counter.card(bob)
    number = sold(counter, bob)
    counter.trade.give(bob, "50.00", on="2026-02-11")

    counter.look("2026-03-01")

    assert (counter.states(), counter.open(number)) == ([], 0)
    assert counter.mails().count("payment-receipt") == 1


def test_all_that_is_due_by_then_is_one_charge(counter: Counter, bob: int) -> None:
    counter.card(bob)
    first, second = sold(counter, bob), sold(counter, bob, "large")

    counter.look("2026-03-01")

    assert [minor for _, _, minor in counter.provider.moved] == [1190 + 3570]
    assert [counter.open(one) for one in (first, second)] == [0, 0]
    assert counter.mails().count("payment-receipt") == 1


def test_three_days_before_a_notice_names_card_day_and_amount_in_the_reminders_place(
    counter: Counter, bob: int
) -> None:
    counter.card(bob)
    number = sold(counter, bob)

    counter.look("2026-02-11")
    brought = counter.notice("invoice-created")["charge"]
    counter.look("2026-02-26T01:00")

    assert [kind for kind in counter.mails() if kind in ("charge-notice", "invoice-reminder-before")] == [
        "charge-notice"
    ]
    assert counter.notice("charge-notice")["charge"] == {
        "card": "Visa 4242", "amount_minor": 1190, "currency": "EUR", "on": "2026-03-01",
    }  # fmt: skip
    assert brought == counter.notice("charge-notice")["charge"]  # it asks for no payment of its own: anchors 3.19
    assert ("-3", "reminded") in counter.steps(number)


def test_a_soft_decline_is_tried_again_after_three_and_seven_days_and_then_no_more(counter: Counter, bob: int) -> None:
    counter.card(bob, SHORT)
    number = sold(counter, bob)

    counter.look("2026-02-11")
    for day in range(1, 29):
        counter.look(f"2026-03-{day:02}T00:00")
        counter.look(f"2026-03-{day:02}T15:00")

    made = [
        (one.made_at.astimezone(at("2026-03-01").tzinfo).date().isoformat(), one.attempt) for one in counter.charges()
    ]
    assert made == [("2026-03-01", 1), ("2026-03-04", 2), ("2026-03-08", 3)]
    assert counter.states() == ["failed"] * 3
    assert len({one.key for one in counter.charges()}) == 3
    assert counter.provider.moved == []
    assert counter.open(number) == 1190
    assert counter.mails().count("payment-failed") == 3
    assert "invoice-reminder-due" not in counter.mails()
    assert counter.steps(number)[:5] == [
        ("created", "sent"), ("-3", "skipped"), ("0", "reminded"), ("+3", "reminded"), ("+7", "warned"),
    ] or [step for step in counter.steps(number) if step[0] in ("0", "+3", "+7")] == [
        ("0", "reminded"), ("+3", "reminded"), ("+7", "warned"),
    ]  # fmt: skip


def test_a_retry_that_succeeds_ends_it(counter: Counter, bob: int) -> None:
    counter.card(bob, SHORT)
    number = sold(counter, bob)
    counter.look("2026-03-01")
    counter.provider.works.add(SHORT)

    counter.look("2026-03-03T23:00")
    counter.look("2026-03-04")
    counter.look("2026-03-20")

    assert counter.states() == ["failed", "succeeded"]
    assert counter.open(number) == 0
    assert len(counter.provider.moved) == 1


def test_a_hard_decline_is_tried_no_more_and_blocks_the_card(counter: Counter, bob: int) -> None:
    card = counter.card(bob, LOST)
    sold(counter, bob)

    counter.look("2026-03-01")
    for day in (4, 8, 20):
        counter.look(f"2026-03-{day:02}")

    assert counter.states() == ["failed"]
    assert counter.blocked(card) == "declined: lost_card"
    assert counter.notice("payment-failed")["charge"]["why"] == "hard"


def test_a_new_card_is_charged_at_once_for_what_the_old_one_did_not_pay(counter: Counter, bob: int) -> None:
    old = counter.card(bob, LOST)
    number = sold(counter, bob)
    counter.look("2026-03-01")

    with transaction(counter.trade.engine) as conn:
        cards.remove(conn, old, by="Bob", now=at("2026-03-02"))
    counter.card(bob)
    counter.look("2026-03-02T10:00")
    counter.look("2026-03-09")

    assert counter.states() == ["failed", "succeeded"]
    assert counter.open(number) == 0
    assert len(counter.provider.moved) == 1


def test_who_has_to_confirm_himself_is_told_so_and_nothing_is_tried_again(counter: Counter, bob: int) -> None:
    card = counter.card(bob, ASKS)
    sold(counter, bob)

    counter.look("2026-03-01")
    counter.look("2026-03-09")

    assert counter.states() == ["wants-customer"]
    assert counter.blocked(card) == ""
    assert counter.notice("payment-failed")["charge"]["why"] == "authentication"


def test_while_money_is_on_its_way_nothing_is_asked_for(counter: Counter, bob: int) -> None:
    """Anchors 3.19 and 3.20: neither reminded nor suspended while money is in flight."""
    counter.card(bob, SLOW)
    number = sold(counter, bob)
    counter.look("2026-02-11")

    for day in range(1, 20):
        counter.look(f"2026-03-{day:02}T12:00")
    before = counter.mails()
    counter.provider.ends("pi_1", well=True)
    counter.look("2026-03-20T12:00")

    assert [kind for kind in before if kind not in ("invoice-created", "charge-notice", "invoice-reminder-before")] == [
        "service-welcome"
    ]
    assert (counter.states(), counter.open(number)) == (["succeeded"], 0)
    assert counter.at_provider() == 1190


def test_what_takes_days_and_fails_is_told_then(counter: Counter, bob: int) -> None:
    counter.card(bob, SLOW)
    sold(counter, bob)
    counter.look("2026-03-01")

    counter.provider.ends("pi_1", well=False)
    counter.look("2026-03-02T12:00")

    assert counter.states() == ["failed"]
    assert counter.mails().count("payment-failed") == 1


def test_an_invoice_that_was_paid_before_the_money_moves_is_not_charged(counter: Counter, bob: int) -> None:
    counter.card(bob)
    number = sold(counter, bob)
    begun = counter.now(bob, "2026-02-15", [number])
    counter.trade.pay(number, "11.90", on="2026-02-15")

    counter.look("2026-02-15")

    assert isinstance(begun, Begun)
    assert (counter.states(), counter.provider.calls, counter.provider.moved) == (["cancelled"], [], [])


def test_money_that_came_nevertheless_becomes_credit_and_its_payer_hears_of_it(counter: Counter, bob: int) -> None:
    counter.card(bob, SLOW)
    number = sold(counter, bob)
    counter.look("2026-03-01")
    counter.trade.pay(number, "11.90", on="2026-03-02")

    counter.provider.ends("pi_1", well=True)
    counter.look("2026-03-03")

    assert counter.states() == ["succeeded"]
    assert counter.trade.has_credit(bob) == 1190
    assert counter.mails()[-1] == "credit-added"
    assert counter.notice("credit-added")["meant"] == number


def test_void_meanwhile_is_not_charged(counter: Counter, bob: int) -> None:
    """Anchors 3.20: nobody is charged after cancelling."""
    counter.card(bob)
    number = sold(counter, bob)
    counter.now(bob, "2026-02-15", [number])
    counter.trade.void(number, on="2026-02-15")

    counter.look("2026-02-15")

    assert (counter.states(), counter.provider.moved) == (["cancelled"], [])


@pytest.mark.parametrize(
    ("currency", "token", "charged", "rounded"), [("JPY", "pm_visa", 1190, 0), ("KWD", "pm_visa", 3680, 9)]
)
def test_each_currency_is_charged_in_its_own_units_and_what_they_cannot_say_is_rounded_off(
    counter: Counter, currency: str, token: str, charged: int, rounded: int
) -> None:
    """Anchors 3.15: a zero-decimal currency is charged once, not a hundred times."""
    carl = counter.trade.customer("Carl", currency=currency)
    counter.card(carl, token)
    number = sold(counter, carl)

    counter.look("2026-03-01")

    assert counter.provider.moved == [("pi_1", currency, charged)]
    assert counter.trade.invoice(number).state is DocumentState.PAID
    assert counter.trade.invoice(number).total_minor == charged + rounded
    assert counter.at_provider(currency) == charged


def test_what_is_less_than_the_provider_takes_is_neither_charged_nor_asked_for_and_joins_the_next(
    counter: Counter, bob: int
) -> None:
    counter.card(bob)
    number = sold(counter, bob)
    counter.trade.pay(number, "11.70", on="2026-02-11")
    counter.look("2026-02-12")
    before = counter.mails()

    for day in range(1, 29):
        counter.look(f"2026-03-{day:02}T12:00")
    quiet = counter.mails()
    counter.trade.run("2026-03-22")
    counter.look("2026-03-31T12:00")
    counter.look("2026-04-01")

    assert quiet == before
    assert [minor for _, _, minor in counter.provider.moved] == [20 + 1190]
    assert counter.open(number) == 0


def test_what_the_provider_keeps_is_an_expense(counter: Counter, bob: int) -> None:
    counter.card(bob)
    counter.provider.fee_minor = 48
    sold(counter, bob)

    counter.look("2026-03-01")

    assert counter.at_provider() == 1190 - 48


def test_one_charge_of_an_account_and_currency_at_a_time(counter: Counter, bob: int) -> None:
    counter.card(bob, SLOW)
    first = sold(counter, bob)
    second = sold(counter, bob, "large")
    counter.now(bob, "2026-02-15", [first])

    again = counter.now(bob, "2026-02-15", [second])

    assert again == WhyNot(Reason.UNDER_WAY, charge_id=1)


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (None, Reason.NO_CARD),
        ({"blocked_because": "charged back"}, Reason.CARD_BLOCKED),
        ({"expires_on": d("2026-02-28")}, Reason.CARD_EXPIRED),
    ],
)
def test_without_a_card_that_works_nothing_is_charged_and_the_reminder_goes_out(
    counter: Counter, bob: int, card: dict[str, Any] | None, reason: Reason
) -> None:
    if card is not None:
        counter.card(bob, **card)
    number = sold(counter, bob)
    counter.look("2026-02-11")

    counter.look("2026-03-01")

    found = counter.now(bob, "2026-03-01T12:00", [number])
    assert isinstance(found, WhyNot)
    assert found.reason is reason
    assert counter.states() == []
    assert "invoice-reminder-due" in counter.mails()


def test_an_owner_hears_thirty_and_seven_days_before_that_a_card_ends(counter: Counter, bob: int) -> None:
    counter.card(bob, expires_on=d("2026-04-30"))

    for day in ("2026-03-30", "2026-03-31", "2026-04-01", "2026-04-22", "2026-04-23", "2026-04-24", "2026-05-01"):
        counter.look(f"{day}T08:00")

    assert counter.mails() == ["card-expiring", "card-expiring"]
    assert counter.notice("card-expiring")["card"] == {"label": "Visa 4242", "ends_on": "2026-04-30"}


def test_who_is_forgotten_leaves_no_name_and_no_card_in_what_was_charged(counter: Counter, bob: int) -> None:
    counter.card(bob)
    number = sold(counter, bob)
    counter.now(bob, "2026-02-15", [number])
    counter.look("2026-02-15")

    with transaction(counter.trade.engine) as conn:
        erase_words(conn, bob, mark="(erased)")

    with reading(counter.trade.engine) as conn:
        [payment] = payments.listing(conn)
    assert [one.asked_by for one in counter.charges()] == ["(erased)"]
    assert (payment.recorded_by, payment.label, payment.amount_minor) == ("(erased)", "", 1190)
