"""Changes and ends as quotes: which days are given back and charged, at which prices, and what document that makes."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.change import Quote, Room, joined, limited, quote_change, quote_end
from mailgate.billing.document.invoice import DocumentKind, LineKind
from mailgate.billing.period import Span, period_on
from mailgate.billing.service import NotPossible, Service
from tests.billing.second_path import half_up, percent
from tests.billing.selling import GROSS, NET, RHYTHM, billed, d, sold, terms

APRIL, MAY = ("2026-04-01", "2026-05-01"), ("2026-05-01", "2026-06-01")


def legs(quote: Quote) -> list[tuple[str, int, int, int]]:
    """First day, days, days of the cycle, amount."""
    return [
        (leg.charge.period.start.isoformat(), leg.part.days, leg.part.cycle_days, leg.charge.amount_minor)
        for leg in quote.legs
        if leg.charge.period
    ]


def change(service: Service, *periods: tuple[str, str], price_minor: int, on: str, **to: object) -> Quote:
    """A quote for another plan."""
    return quote_change(
        service, billed(service, *periods), terms(service, price_minor=price_minor, **to),  # type: ignore[arg-type]
        on=d(on), today=d(on), rhythm=RHYTHM,
    )  # fmt: skip


CHANGES = [
    # old price, new price, day, billed periods, legs, document
    (1000, 2000, "2026-04-21", (APRIL,), [("2026-04-21", 10, 30, -333), ("2026-04-21", 10, 30, 667)], "invoice"),
    (1000, 2000, "2026-04-01", (APRIL,), [("2026-04-01", 30, 30, -1000), ("2026-04-01", 30, 30, 2000)], "invoice"),
    (1000, 2000, "2026-04-30", (APRIL,), [("2026-04-30", 1, 30, -33), ("2026-04-30", 1, 30, 67)], "invoice"),
    (2000, 1000, "2026-04-21", (APRIL,), [("2026-04-21", 10, 30, -667), ("2026-04-21", 10, 30, 333)], "credit-note"),
    (
        1000, 2000, "2026-04-26", (APRIL, MAY),
        [("2026-04-26", 5, 30, -167), ("2026-04-26", 5, 30, 333),
         ("2026-05-01", 31, 31, -1000), ("2026-05-01", 31, 31, 2000)], "invoice",
    ),
    (1000, 0, "2026-04-21", (APRIL,), [("2026-04-21", 10, 30, -333)], "credit-note"),
    (1000, 2000, "2026-05-01", (APRIL,), [], None),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "on", "periods", "expected", "document"), CHANGES)
def test_each_billed_period_that_is_not_over_is_given_back_and_charged(  # noqa: PLR0917 - a row of the table
    old: int,
    new: int,
    on: str,
    periods: tuple[tuple[str, str], ...],
    expected: list[tuple[str, int, int, int]],
    document: str | None,
) -> None:
    quote = change(sold("2026-04-01", price_minor=old), *periods, price_minor=new, on=on)

    assert legs(quote) == expected
    assert quote.document == document
    assert quote.reckoned.net_minor == sum(amount for *_, amount in expected)


def test_a_credit_names_the_invoice_that_it_is_of_and_a_charge_none() -> None:
    quote = change(sold("2026-04-01"), APRIL, MAY, price_minor=2000, on="2026-04-26")

    assert [leg.charge.original_id for leg in quote.legs] == [40, None, 41, None]
    assert quote.credited == {40, 41}
    assert [leg.charge.text for leg in quote.legs] == ["Web", "Web L", "Web", "Web L"]


def test_another_cycle_ends_the_running_one_and_begins_as_a_new_service_does() -> None:
    service = sold("2026-04-01")
    yearly = replace(terms(service, price_minor=12000, months=12), anchor_on=d("2026-05-01"))

    quote = quote_change(
        service, billed(service, APRIL, MAY), yearly, on=d("2026-04-26"), today=d("2026-04-26"), rhythm=RHYTHM
    )

    assert legs(quote) == [
        ("2026-04-26", 5, 30, -167),
        ("2026-05-01", 31, 31, -1000),
        ("2026-04-26", 5, 365, 164),
        ("2026-05-01", 365, 365, 12000),
    ]
    assert [due.period for due in quote.covers] == [
        Span(d("2026-04-26"), d("2026-05-01")),
        Span(d("2026-05-01"), d("2027-05-01")),
    ]


def test_what_was_free_is_given_back_as_nothing() -> None:
    service = sold("2026-04-01", price_minor=0)

    quote = quote_change(
        service, billed(service, APRIL, taxed=None), terms(service, price_minor=900),
        on=d("2026-04-21"), today=d("2026-04-21"), rhythm=RHYTHM,
    )  # fmt: skip

    assert legs(quote) == [("2026-04-21", 10, 30, 300)]
    assert [cut.end for cut in quote.cuts] == [d("2026-04-21")]


def test_to_the_same_terms_nothing_is_changed() -> None:
    service = replace(sold("2026-04-01"), product_id=8)

    with pytest.raises(NotPossible, match="already"):
        change(service, APRIL, price_minor=1000, on="2026-04-21")


def test_what_costs_as_much_makes_no_document() -> None:
    quote = change(sold("2026-04-01"), APRIL, price_minor=1000, on="2026-04-21")

    assert [amount for *_, amount in legs(quote)] == [-333, 333]
    assert quote.document is None


def test_what_costs_as_much_with_the_tax_as_without_is_an_invoice_of_nothing() -> None:
    quote = change(sold("2026-04-01"), APRIL, price_minor=1190, on="2026-04-01", taxed=GROSS)

    assert (quote.reckoned.total_minor, quote.document) == (0, DocumentKind.INVOICE)


def test_with_and_without_tax_are_reckoned_each_for_itself() -> None:
    service = sold("2026-04-01", price_minor=1190)

    quote = quote_change(
        service, billed(service, APRIL, taxed=GROSS), terms(service, price_minor=2000),
        on=d("2026-04-16"), today=d("2026-04-16"), rhythm=RHYTHM,
    )  # fmt: skip

    assert [(line.net_minor, line.tax_minor) for line in quote.reckoned.lines] == [(-500, -95), (1000, 190)]
    assert quote.reckoned.total_minor == 595


ENDS = [
    ("2026-04-01", (APRIL,), [("2026-04-01", 30, 30, -1000)]),
    ("2026-04-21", (APRIL,), [("2026-04-21", 10, 30, -333)]),
    ("2026-04-30", (APRIL,), [("2026-04-30", 1, 30, -33)]),
    ("2026-05-01", (APRIL,), []),
    ("2026-04-26", (APRIL, MAY), [("2026-04-26", 5, 30, -167), ("2026-05-01", 31, 31, -1000)]),
    ("2026-03-20", (APRIL,), [("2026-04-01", 30, 30, -1000)]),
]


@pytest.mark.parametrize(("on", "periods", "expected"), ENDS)
def test_an_end_gives_back_what_is_left_of_each_period(
    on: str, periods: tuple[tuple[str, str], ...], expected: list[tuple[str, int, int, int]]
) -> None:
    quote = quote_end(billed(sold("2026-04-01"), *periods), service_id=1, on=d(on))

    assert legs(quote) == expected
    assert quote.document == (DocumentKind.CREDIT_NOTE if expected else None)


def test_several_ends_are_one_document() -> None:
    plan, addon = sold("2026-04-01"), sold("2026-04-01", number=2, price_minor=300)

    whole = joined([
        quote_end(billed(one, APRIL, invoice_id=number), service_id=one.id, on=d("2026-04-16"))
        for one, number in ((plan, 40), (addon, 50))
    ])  # fmt: skip

    assert [leg.charge.service_id for leg in whole.legs] == [1, 2]
    assert whole.reckoned.total_minor == -774  # 650 and its tax, once
    assert whole.credited == {40, 50}


ROOMS = [
    (Room(1190), -396),  # 333 and its tax
    (Room(396), -396),
    (Room(395), -396),  # one unit is what tax has rounded
    (Room(394, documents=1), -396),
    (Room(394), -394),
    (Room(200), -200),
    (Room(0), 0),
    (Room(-5), 0),
    (Room(1190, forgiven_minor=100), -296),
    (Room(1190, forgiven_minor=1190), 0),
]


@pytest.mark.parametrize(("room", "total"), ROOMS)
def test_no_more_is_given_back_than_is_left(room: Room, total: int) -> None:
    quote = quote_end(billed(sold("2026-04-01"), APRIL), service_id=1, on=d("2026-04-21"))

    found = limited(quote, {40: room})

    assert found.reckoned.total_minor == total
    assert found.cuts == quote.cuts


def test_what_is_left_of_one_invoice_is_shared_by_its_lines_alone() -> None:
    plan, addon = sold("2026-04-01"), sold("2026-04-01", number=2, price_minor=3000)
    other = sold("2026-04-01", number=3)
    quotes = [quote_end(billed(one, APRIL), service_id=one.id, on=d("2026-04-16")) for one in (plan, addon)]
    quotes.append(quote_end(billed(other, APRIL, invoice_id=50), service_id=3, on=d("2026-04-16")))

    found = limited(joined(quotes), {40: Room(1000), 50: Room(10_000)})

    assert [line.gross_minor for line in found.reckoned.lines] == [-250, -750, -595]


PRICE = st.integers(0, 10**9)


@given(PRICE, PRICE, st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 364), st.sampled_from([1, 3, 12, 36]))
def test_there_and_back_on_one_day_is_nothing_and_each_leg_is_what_fractions_say(
    old: int, new: int, start: date, later: int, months: int
) -> None:
    service = sold(start.isoformat(), price_minor=old, months=months)
    on = start + timedelta(days=later)
    cycle = period_on(service.anchor_on, months, on)
    span = (cycle.start.isoformat(), cycle.end.isoformat())
    there = change(service, span, price_minor=new, on=on.isoformat())
    changed = replace(service, price_minor=new, product_id=8)

    back = change(replace(changed, product_id=7), span, price_minor=old, on=on.isoformat())

    share = Fraction((cycle.end - on).days, (cycle.end - cycle.start).days)
    net = half_up(new * share) - half_up(old * share)
    tax = half_up(net * percent("19"))
    assert (there.reckoned.net_minor, there.reckoned.tax_minor) == (net, tax)
    assert there.reckoned.total_minor + back.reckoned.total_minor == 0


@given(PRICE.filter(bool), st.lists(st.integers(0, 29), min_size=1, max_size=5, unique=True))
def test_a_credit_mirrors_the_charge_of_the_same_days(price: int, offsets: list[int]) -> None:
    service = sold("2026-04-01", price_minor=price)

    for offset in offsets:
        on = d("2026-04-01") + timedelta(days=offset)
        quote = quote_end(billed(service, APRIL), service_id=1, on=on)
        charged = half_up(Fraction(price * (30 - offset), 30))
        assert -quote.reckoned.net_minor == charged
        assert all(leg.charge.kind is LineKind.CREDIT and leg.charge.taxed == NET for leg in quote.legs)
