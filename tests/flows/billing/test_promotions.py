"""Services that are sold with a promotion: what is billed of them, for how long, and what a change makes of it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.offer.discount import Discount
from mailgate.billing.offer.pricing import NotSold
from mailgate.flows.billing.back.take_back import CannotTakeBack, undo
from mailgate.flows.billing.books import Today
from store.billing import services
from store.engine import reading, transaction
from tests.billing.second_path import half_up
from tests.flows.billing.promoting import import_without_promotions, told
from tests.flows.billing.trade import Trade, d, noon


def test_a_code_makes_so_many_cycles_cheaper_and_the_days_before_them(trade: Trade, anne: int) -> None:
    trade.edit(anne, on="2026-04-11", bill_day=1)

    added, (invoice,) = trade.add(anne, "small", on="2026-04-11", promotion=" sPRING ", name="x")
    for day in ("2026-04-21", "2026-05-22", "2026-06-21"):
        trade.run(day)

    assert added.discount == Discount("Spring", "50", 0, 1, ("small", "medium", "hour"), d("2026-07-01"))
    assert (added.price_minor, trade.service(added).discount) == (1000, added.discount)
    stub = half_up(Fraction(1000, 2) * Fraction(20, 30))
    half = "Small, x (Spring -50 %)"
    assert told(trade) == [(half, stub), (half, 500), (half, 500), ("Small, x", 1000)]
    assert invoice.reckoned.total_minor == stub + half_up(Fraction(stub * 19, 100))


@pytest.mark.parametrize("runs", [("2026-04-25", "2026-05-25", "2026-06-25", "2026-07-25"), ("2026-07-25",)])
def test_day_by_day_is_what_one_run_catches_up(trade: Trade, anne: int, runs: tuple[str, ...]) -> None:
    trade.edit(anne, on="2026-04-11", bill_day=31)
    added, _ = trade.add(anne, "small", on="2026-04-11", promotion="spring")
    for day in runs:
        trade.run(day)

    with reading(trade.engine) as conn:
        found = [(str(one.period.start), one.price_minor) for one in services.billed(conn, added.id)]
    assert found == [
        ("2026-04-11", 500),
        ("2026-04-30", 500),
        ("2026-05-31", 500),
        ("2026-06-30", 1000),
        ("2026-07-31", 1000),
    ]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (("small", "XMAS", "2026-04-01"), "the catalogue has no promotion 'XMAS': for small in EUR there is Spring, "),
        (
            ("small", "SPRING", "2026-07-01"),
            "promotion Spring ended on 2026-06-30: for small in EUR there is FRIENDS, ",
        ),
        (("large", "SPRING", "2026-04-01"), "promotion Spring is not for large: for large in EUR there is FRIENDS, "),
    ],
)
def test_a_code_that_is_not_to_be_had_sells_nothing(
    trade: Trade, anne: int, wanted: tuple[str, str, str], why: str
) -> None:
    sku, code, on = wanted

    with pytest.raises(NotSold) as refused:
        trade.add(anne, sku, on=on, promotion=code)

    assert str(refused.value).startswith(why)
    assert trade.all() == ()
    with reading(trade.engine) as conn:
        assert services.listing(conn) == ()


def test_an_amount_is_in_its_own_currency_alone(trade: Trade) -> None:
    aiko = trade.customer("Aiko", currency="JPY")

    with pytest.raises(NotSold, match="promotion FRIENDS is for prices in EUR: for small in JPY there is Spring, "):
        trade.add(aiko, "small", on="2026-04-01", promotion="FRIENDS")
    added, _ = trade.add(aiko, "small", on="2026-04-01", promotion="EIGHTH")

    assert added.price_on(d("2030-01-01")) == 875


def test_all_of_it_is_an_invoice_of_nothing_that_is_settled_at_once(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "medium", on="2026-04-01", promotion="gift")

    # The set-up is not discounted.
    assert told(trade) == [("Medium (GIFT -100 %)", 0), ("Medium", 500)]
    assert invoice.reckoned.total_minor == 595

    other, (nothing,) = trade.add(anne, "small", on="2026-04-01", promotion="gift")
    found = trade.invoice(nothing.number)
    assert (found.total_minor, found.open_minor, found.state) == (0, 0, DocumentState.PAID)
    assert found.settled_at == noon(d("2026-04-01"))
    assert trade.billed(other) == ["2026-04-01/2026-04-30"]
    trade.run("2026-04-25")
    assert trade.all()[-1].net_minor == 3000  # both at their list price
    assert trade.billed(added)[-1] == "2026-05-01/2026-05-31"


def test_more_than_all_of_it_is_never_below_nothing(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "small", on="2026-04-01", promotion="much")

    assert invoice.reckoned.total_minor == 0
    assert added.price_on(d("2026-05-01")) == 1000


def test_an_invoice_of_nothing_can_be_taken_back_and_billed_again(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "small", on="2026-04-01", promotion="gift")

    trade.void(invoice.number, on="2026-04-02", bill_again=True)
    trade.run("2026-04-03")

    assert trade.invoice(invoice.number).state is DocumentState.VOID
    assert [one.total_minor for one in trade.all(DocumentKind.CREDIT_NOTE)] == [0]
    assert [(one.total_minor, one.state) for one in trade.all()[1:]] == [(0, DocumentState.PAID)]
    assert trade.billed(added) == ["2026-04-01/2026-04-30"]
    with pytest.raises(CannotTakeBack, match="is void"):
        trade.void(invoice.number, on="2026-04-04")


def test_a_run_with_an_invoice_of_nothing_can_be_undone(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-03-01", paid_through=d("2026-03-31"), promotion="gift")
    trade.add(anne, "large", on="2026-03-01", paid_through=d("2026-04-02"))
    ran = trade.run("2026-03-28")
    assert ran is not None
    assert ran.run_id is not None

    undo(trade.engine, trade.settings, ran.run_id, Today(noon(d("2026-03-29")), d("2026-03-29")), by="Bart")

    assert trade.billed(added) == []
    assert {one.state for one in trade.all()} == {DocumentState.VOID}


def test_what_was_paid_elsewhere_uses_no_cycle_up(trade: Trade, anne: int) -> None:
    added, documents = trade.add(
        anne, "small", on="2026-03-10", start_on=d("2024-01-15"), paid_through=d("2026-04-14"), promotion="spring"
    )

    assert documents == ()
    assert added.discount is not None
    assert added.discount.until == d("2026-06-15")


def test_what_is_sold_once_is_cheaper_and_renews_never(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "hour", "one-time", on="2026-04-01", promotion="spring")

    assert told(trade) == [("An hour (Spring -50 %)", 4000)]
    assert invoice.reckoned.total_minor == 4760


def test_what_was_sold_keeps_its_discount_when_the_catalogue_has_it_no_more(trade: Trade, anne: int) -> None:
    trade.add(anne, "small", on="2026-04-01", promotion="spring")

    import_without_promotions(trade)
    trade.run("2026-04-25")

    assert told(trade)[-1] == ("Small (Spring -50 %)", 500)
    with pytest.raises(NotSold, match="the catalogue has no promotion 'spring': for small in EUR there is none"):
        trade.add(anne, "small", on="2026-04-25", promotion="spring")


def test_a_service_is_read_as_it_was_written(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01", promotion="friends")

    with transaction(trade.engine) as conn:
        services.write(conn, replace(added, discount=None))
    assert trade.service(added).discount is None
    with transaction(trade.engine) as conn:
        services.write(conn, added)
    assert trade.service(added) == added
