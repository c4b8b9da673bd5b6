"""Money that comes in by hand, credit, what is given up and what is taken back: the books are whole after each."""

from dataclasses import replace

import pytest

from mailgate.billing.document.invoice import DocumentState
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.money.settle import NotOpen, TooLittle
from store.billing.payments import Payment, RecordedBefore
from tests.flows.billing.trade import Trade, d


def deposit(trade: Trade, customer_id: int, minor: int, currency: str = "EUR", reference: str = "1") -> None:
    with trade.deal(customer_id, "2026-04-02") as deal:
        billing = deal.books.settings.billing
        least = billing.least_deposit_minor(currency, home=deal.books.settings.gate.currency)
        one = Payment(0, customer_id, "check", reference, currency, minor, deal.day, deal.now, "Bart")
        settle.deposit(deal, one, least_minor=least)


def test_less_leaves_the_rest_due(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")

    received = trade.pay(invoice.number, "5.00", on="2026-04-02")
    after = trade.invoice(invoice.number)
    trade.assert_whole()
    last = trade.pay(invoice.number, "6.90", on="2026-04-03")

    assert (received.allocated_minor, received.credit_minor, received.settled) == (500, 0, ())
    assert (after.state, after.open_minor) == (DocumentState.ISSUED, 690)
    assert last.settled == (invoice.number,)
    assert trade.invoice(invoice.number).state is DocumentState.PAID


def test_more_becomes_credit(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")

    received = trade.pay(invoice.number, "20.00", on="2026-04-02")

    assert (received.allocated_minor, received.credit_minor) == (1190, 810)
    assert trade.has_credit(anne) == 810


def test_more_settles_what_else_has_fallen_due(trade: Trade, anne: int) -> None:
    _, (first,) = trade.add(anne, "small", on="2026-04-01")
    _, (second,) = trade.add(anne, "large", on="2026-04-01")

    trade.pay(first.number, "20.00", on="2026-04-02")

    assert trade.invoice(second.number).open_minor == 3570 - 810
    assert trade.has_credit(anne) == 0


def test_money_for_what_is_settled_is_kept_only_where_that_is_meant(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(invoice.number, "11.90", on="2026-04-02")

    with pytest.raises(NotOpen, match="--as-credit"):
        trade.pay(invoice.number, "11.90", on="2026-04-03")
    received = trade.pay(invoice.number, "11.90", on="2026-04-03", as_credit=True)

    assert (received.allocated_minor, received.credit_minor, trade.has_credit(anne)) == (0, 1190, 1190)


def test_the_same_money_is_not_recorded_twice(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(invoice.number, "5.00", on="2026-04-02", reference="4711")

    with pytest.raises(RecordedBefore, match="4711"):
        trade.pay(invoice.number, "5.00", on="2026-04-03", reference="4711")
    trade.pay(invoice.number, "5.00", on="2026-04-03", reference="4711", method="cash")  # another way, another money

    assert trade.invoice(invoice.number).open_minor == 190


def test_the_same_reference_of_somebody_else_is_other_money(trade: Trade, anne: int) -> None:
    bart = trade.customer("Bart")
    for one in (anne, bart):
        _, (invoice,) = trade.add(one, "small", on="2026-04-01")
        trade.pay(invoice.number, "11.90", on="2026-04-02", reference="4711")

    assert {one.state for one in trade.all()} == {DocumentState.PAID}


def test_a_gift_settles_what_is_due_first_and_waits_for_the_rest(trade: Trade, anne: int) -> None:
    _, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.run("2026-04-21")
    trade.give(anne, "15.00", on="2026-04-22")

    assert trade.invoice(first.number).state is DocumentState.PAID
    assert trade.has_credit(anne) == 310
    assert trade.use_credit(anne, on="2026-04-30") == {}  # due tomorrow
    assert trade.use_credit(anne, on="2026-05-01") == {trade.all()[1].number: 310}
    assert trade.use_credit(anne, on="2026-05-01") == {}


def test_credit_settles_the_oldest_due_first(trade: Trade, anne: int) -> None:
    trade.add(anne, "small", on="2026-04-01", start_on=d("2026-04-20"))
    trade.add(anne, "name", "yearly", on="2026-04-01", start_on=d("2026-04-10"))
    trade.give(anne, "20.00", on="2026-04-02")

    used = trade.use_credit(anne, on="2026-04-25")

    by_due = sorted(trade.all(), key=lambda one: one.due_on)
    assert [one.total_minor for one in by_due] == [1428, 1190]
    assert used == {by_due[0].number: 1428, by_due[1].number: 572}


def test_credit_of_one_currency_settles_nothing_in_another(trade: Trade, anne: int) -> None:
    trade.add(anne, "small", on="2026-04-01")
    trade.give(anne, "5000", "JPY", on="2026-04-02")

    assert trade.use_credit(anne, on="2026-04-03") == {}
    assert trade.has_credit(anne, "JPY") == 5000


def test_what_is_sold_today_is_settled_from_credit_today(trade: Trade, anne: int) -> None:
    trade.give(anne, "50.00", on="2026-04-01")

    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")

    assert trade.invoice(invoice.number).state is DocumentState.PAID
    assert trade.has_credit(anne) == 5000 - 1190


@pytest.mark.parametrize(("minor", "currency", "taken"), [(1000, "EUR", True), (999, "EUR", False)])
def test_a_deposit_has_a_least(trade: Trade, anne: int, minor: int, currency: str, taken: bool) -> None:
    if taken:
        deposit(trade, anne, minor, currency)
    else:
        with pytest.raises(TooLittle, match=r"9\.99 EUR is below the least, 10\.00 EUR"):
            deposit(trade, anne, minor, currency)

    assert trade.has_credit(anne, currency) == (minor if taken else 0)


def test_in_a_currency_without_a_least_no_deposit_is_taken(trade: Trade, anne: int) -> None:
    with pytest.raises(TooLittle, match="JPY"):
        deposit(trade, anne, 5000, "JPY")


@pytest.mark.parametrize(("currency", "amount", "credit"), [("JPY", "2000", 810), ("KWD", "10.000", 6311)])
def test_other_currencies_have_their_own_digits(trade: Trade, currency: str, amount: str, credit: int) -> None:
    bart = trade.customer("Bart", currency=currency)
    _, (invoice,) = trade.add(bart, "small", on="2026-04-01")

    trade.pay(invoice.number, amount, on="2026-04-02")

    assert trade.has_credit(bart, currency) == credit


def test_another_minimum_is_set_by_currency(trade: Trade, anne: int) -> None:
    billing = replace(trade.settings.billing, deposit_minimum=("JPY 5000",))
    trade.settings = replace(trade.settings, billing=billing)

    deposit(trade, anne, 5000, "JPY")

    assert trade.has_credit(anne, "JPY") == 5000
