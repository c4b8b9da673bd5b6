"""Changes and ends as quotes: which days are given back and charged, at which prices, and what document that makes."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.change import Left, Quote, Room, joined, limited, quote_change, quote_end
from mailgate.billing.document.invoice import DocumentKind, LineKind, TaxedAs
from mailgate.billing.period import Span, period_on
from mailgate.billing.service import NotPossible, Service
from mailgate.billing.tax.groups import read_rate
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


def room(net: int, tax: int, forgiven: int = 0) -> Room:
    """Of an invoice with one rate."""
    return Room({(NET.category, NET.rate): Left(net, tax)}, forgiven)


ROOMS = [
    (room(1000, 190), -333, -63),  # ten days and their tax
    (room(333, 63), -333, -63),
    (room(333, 62), -333, -62),  # the last of the net takes the last of the tax, whatever was rounded before
    (room(333, 64), -333, -64),
    (room(334, 62), -334, -62),
    (room(332, 62), -332, -62),
    (room(332, 64), -332, -64),
    (room(168, 32), -168, -32),
    (room(0, 0), 0, 0),
    (Room(), 0, 0),
    (room(1000, 190, forgiven=100), -249, -47),
    (room(1000, 190, forgiven=1190), 0, 0),
]


@pytest.mark.parametrize(("room", "net", "tax"), ROOMS)
def test_no_more_is_given_back_than_is_left(room: Room, net: int, tax: int) -> None:
    quote = quote_end(billed(sold("2026-04-01"), APRIL), service_id=1, on=d("2026-04-21"))

    found = limited(quote, {40: room})

    assert (found.reckoned.net_minor, found.reckoned.tax_minor) == (net, tax)
    assert found.cuts == quote.cuts


AMOUNT = st.integers(0, 10**7)


@given(AMOUNT, st.sampled_from(["0", "7", "8.875", "19", "25.5"]), st.lists(AMOUNT, max_size=9))
def test_parts_add_up_to_the_whole_and_none_drifts(net: int, text: str, amounts: list[int]) -> None:
    rate = read_rate(text)
    whole = left = Left(net, half_up(net * percent(text)))

    for amount in amounts:
        taken = min(amount, left.gross_minor)
        part = left.part(taken, rate)
        left = Left(left.net_minor - part.net_minor, left.tax_minor - part.tax_minor)
        assert part.gross_minor == taken
        assert min(part.net_minor, part.tax_minor, left.net_minor, left.tax_minor) >= 0
        assert abs(left.net_minor - left.gross_minor / (1 + percent(text))) <= 1
    last = left.part(left.gross_minor, rate)

    assert last == left
    assert whole.part(whole.gross_minor, rate) == whole


@given(
    st.lists(st.tuples(st.integers(1, 40_000), st.integers(0, 29)), min_size=1, max_size=6),
    st.lists(st.integers(0, 3), min_size=6, max_size=6),
    st.tuples(AMOUNT, AMOUNT),
    st.sampled_from([NET, GROSS]),
)
def test_of_no_invoice_more_is_given_back_than_it_has_left(
    lines: list[tuple[int, int]], of: list[int], has: tuple[int, int], taxed: TaxedAs
) -> None:
    quotes = []
    for number, (price, day) in enumerate(lines, 1):
        days = billed(sold("2026-04-01", number=number, price_minor=price), APRIL, invoice_id=40 + of[number - 1])
        days = [replace(one, taxed=taxed) for one in days]
        quotes.append(quote_end(days, service_id=number, on=d("2026-04-01") + timedelta(days=day)))
    left = Left(has[0] % 30_000, has[1] % 6_000)
    rooms = {40 + number: Room({(taxed.category, taxed.rate): left}) for number in range(4)}

    found = limited(joined(quotes), rooms)

    for number in rooms:
        theirs = [line for line in found.reckoned.lines if line.charge.original_id == number]
        assert -sum(line.net_minor for line in theirs) <= left.net_minor
        assert -sum(line.tax_minor for line in theirs) <= left.tax_minor
    assert sum(tax.tax_minor for tax in found.reckoned.taxes) == found.reckoned.tax_minor


def test_what_is_left_of_one_invoice_is_shared_by_its_lines_alone() -> None:
    plan, addon = sold("2026-04-01"), sold("2026-04-01", number=2, price_minor=3000)
    other = sold("2026-04-01", number=3)
    quotes = [quote_end(billed(one, APRIL), service_id=one.id, on=d("2026-04-16")) for one in (plan, addon)]
    quotes.append(quote_end(billed(other, APRIL, invoice_id=50), service_id=3, on=d("2026-04-16")))

    found = limited(joined(quotes), {40: room(840, 160), 50: room(10_000, 1900)})

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
