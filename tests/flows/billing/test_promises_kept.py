"""A service that was sold with a promotion goes on: other prices, plans, cycles and bill days, and its end."""

from fractions import Fraction

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.service import State
from mailgate.flows.billing.service.reprice import reprice
from tests.billing.second_path import half_up
from tests.flows.billing.promoting import import_without_promotions, told
from tests.flows.billing.trade import SHOP, Trade, d, noon


def test_a_newer_price_is_cheaper_by_the_same_promise(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01", promotion="spring")
    import_without_promotions(
        trade, SHOP.read_text().replace('monthly = "10.00", quarterly', 'monthly = "14.00", quarterly')
    )

    reprice(trade.engine, "small", d("2026-05-01"), dry_run=False, by="Bart", now=noon(d("2026-04-02")))
    trade.run("2026-06-25")

    assert told(trade)[1:] == [("Small (Spring -50 %)", 700), ("Small", 1400), ("Small", 1400)]
    assert trade.service(added).price_minor == 1400


def test_an_upgrade_gives_back_what_was_billed_and_the_new_plan_is_cheaper_too(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01", promotion="spring")

    (invoice,) = trade.change(added, on="2026-04-21", sku="medium")
    trade.run("2026-05-25")

    assert told(trade, of=invoice.id) == [("Small (Spring -50 %)", -167), ("Medium (Spring -50 %)", 333)]
    assert trade.service(added).discount == added.discount
    # A change has used no cycle up: April and May were promised, June is not.
    assert told(trade)[3:] == [("Medium (Spring -50 %)", 1000), ("Medium", 2000)]


def test_a_renewal_that_was_issued_is_changed_at_its_own_price(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01", promotion="gift")
    trade.run("2026-04-21")

    (invoice,) = trade.change(added, on="2026-04-26", sku="medium")

    # Five days of April cost nothing either way; May is billed at its list price, which is given back.
    assert told(trade, of=invoice.id) == [("Small", -1000), ("Medium", 2000)]
    assert trade.billed(added) == ["2026-04-01/2026-04-25", "2026-04-26/2026-04-30", "2026-05-01/2026-05-31"]


def test_a_plan_that_the_code_is_not_for_loses_it_for_good(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01", promotion="spring")

    (up,) = trade.change(added, on="2026-04-16", sku="large")
    (down,) = trade.change(added, on="2026-04-16", sku="small")

    assert [line.amount_minor for line in trade.lines(up.id)] == [-250, 1500]
    assert trade.service(added).discount is None
    assert [line.amount_minor for line in trade.lines(down.id)] == [1500, -500]


def test_there_and_back_on_one_day_comes_to_nothing(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01", promotion="eighth")
    trade.pay(first.number, "10.41", on="2026-04-02")

    (up,) = trade.change(added, on="2026-04-18", sku="medium")
    (down,) = trade.change(added, on="2026-04-18", sku="small")

    assert up.reckoned.total_minor == down.reckoned.total_minor
    assert trade.service(added).discount == added.discount


def test_another_cycle_keeps_the_day_on_which_the_discount_ends(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01", promotion="spring")

    (invoice,) = trade.change(added, on="2026-04-16", cycle="yearly")

    assert trade.service(added).discount == added.discount
    texts = [line.text for line in trade.lines(invoice.id)]
    # The days up to the bill day, and the year behind it, which begins before June does.
    assert texts == ["Small (Spring -50 %)"] * 3
    assert trade.service(added).price_on(d("2027-05-01")) == 10000


def test_more_of_an_option_is_cheaper_by_the_same_share(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01", promotion="spring")

    (invoice,) = trade.change(added, on="2026-04-16", options={"mailboxes": 20})

    assert [line.amount_minor for line in trade.lines(invoice.id)] == [-250, 300]


def test_an_end_gives_back_what_was_billed(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01", promotion="spring")
    trade.pay(first.number, "5.95", on="2026-04-02")

    (note,) = trade.cancel(added, on="2026-04-16")

    assert note.reckoned.net_minor == 250


def test_an_end_of_what_costs_nothing_gives_nothing_back(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01", promotion="gift")

    assert trade.cancel(added, on="2026-04-16") == ()
    assert trade.service(added).state is State.CANCELLED
    assert trade.billed(added) == ["2026-04-01/2026-04-15"]


def test_an_end_with_what_is_paid_is_that_of_the_days_that_cost_nothing(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01", promotion="gift")

    trade.cancel(added, on="2026-04-16", at_end=True)

    assert trade.service(added).cancel_on == d("2026-05-01")


def test_an_order_that_costs_nothing_is_not_dropped_for_it(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "small", on="2026-04-01", promotion="gift", is_pending=True)

    assert trade.invoice(invoice.number).state is DocumentState.PAID
    assert trade.service(added).state is State.PENDING


def test_another_bill_day_leaves_the_day_on_which_the_discount_ends(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01", promotion="spring")

    trade.edit(anne, on="2026-04-10", bill_day=15)
    trade.run("2026-06-10")

    assert trade.service(added).discount == added.discount
    half = half_up(Fraction(500 * 14, 30))
    assert told(trade)[1:] == [
        ("Small (Spring -50 %)", half),  # 1 to 14 May
        ("Small (Spring -50 %)", 500),  # from 15 May, before the first of June
        ("Small", 1000),
    ]


def test_days_that_are_billed_again_have_their_discount_still(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01", promotion="spring")

    trade.void(first.number, on="2026-04-05", bill_again=True)
    trade.run("2026-06-25")

    assert [amount for _, amount in told(trade)[1:]] == [500, 500, 1000, 1000]
    assert trade.service(added).discount == added.discount
