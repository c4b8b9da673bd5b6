"""What each operation of the money contract answers."""

import json
from typing import Any

import pytest

from mailgate.billing.question import answer
from tests.billing.asking import Keys, ask, ask_of

APRIL: Keys = {"currency": "EUR", "cycle_start": "2031-04-01", "cycle_end": "2031-05-01"}
YEN: Keys = {"currency": "JPY"}
PART: Keys = {"days": 1, "cycle_days": 2}


def standard(minor: int, rate: str = "19") -> Keys:
    """A line without tax, of the usual category."""
    return {"net_minor": minor, "rate": rate, "category": "S"}


def test_the_example_of_the_contract() -> None:
    question = (
        '{"id": "a", "op": "slice", "price_minor": 3000, "currency": "EUR", "cycle_start": "2031-04-01", '
        '"cycle_end": "2031-05-01", "from": "2031-04-21", "to": "2031-05-01"}'
    )

    assert json.dumps(answer(json.loads(question))) == '{"id": "a", "days": 10, "cycle_days": 30, "amount_minor": 1000}'


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # A part of a cycle, by dates and by days; nothing and all of it are parts, too.
        (APRIL | {"from": "2031-04-01", "to": "2031-05-01"}, (30, 30, 3000)),
        (APRIL | {"from": "2031-05-01", "to": "2031-05-01"}, (0, 30, 0)),
        (APRIL | {"from": "2031-04-30", "to": "2031-05-01", "credit": True}, (1, 30, -100)),
        (APRIL | {"from": "2031-04-30", "to": "2031-05-01", "credit": False}, (1, 30, 100)),
        (APRIL | {"days": 3, "cycle_days": 31}, (3, 31, 290)),
        # Halves go away from zero, so that a credit mirrors the charge.
        (YEN | PART | {"price_minor": 1}, (1, 2, 1)),
        (YEN | PART | {"price_minor": 1, "credit": True}, (1, 2, -1)),
        (YEN | PART | {"price_minor": -1}, (1, 2, -1)),
        (YEN | PART | {"price_minor": 0}, (1, 2, 0)),
        (YEN | PART | {"price_minor": 10**15 + 1}, (1, 2, 5 * 10**14 + 1)),
    ],
)
def test_slice(question: Keys, expected: tuple[int, int, int]) -> None:
    found = ask_of({"op": "slice", "price_minor": 3000, **question})

    assert found == dict(zip(("days", "cycle_days", "amount_minor"), expected, strict=True))


@pytest.mark.parametrize(
    ("question", "legs"),
    [
        (APRIL | {"on": "2031-04-16"}, (-500, 1000)),  # the day of the change is of the new plan: 15 days are left
        (APRIL | {"on": "2031-04-01"}, (-1000, 2000)),
        (APRIL | {"on": "2031-05-01"}, (0, 0)),
        (APRIL | {"days": 1, "cycle_days": 3}, (-333, 667)),  # each leg is rounded, and their net is not
    ],
)
def test_change(question: Keys, legs: tuple[int, int]) -> None:
    found = ask_of({"op": "change", "old_price_minor": 1000, "new_price_minor": 2000, **question})

    assert found == {"credit_minor": legs[0], "charge_minor": legs[1], "net_minor": sum(legs)}


def test_both_legs_of_a_change_round_their_half() -> None:
    found = ask("change", old_price_minor=1, new_price_minor=1, currency="JPY", days=1, cycle_days=2)

    assert found == {"credit_minor": -1, "charge_minor": 1, "net_minor": 0}


@pytest.mark.parametrize(
    ("start", "bill_day", "months", "expected"),
    [
        ("2031-04-21", 1, 1, ("2031-05-01", 10, 30)),
        ("2031-05-01", 1, 1, ("2031-05-01", 0, 30)),
        ("2031-02-10", 31, 1, ("2031-02-28", 18, 28)),  # from 31 January to 28 February
        ("2032-02-29", 31, 1, ("2032-02-29", 0, 29)),
        ("2031-04-21", 1, 12, ("2031-05-01", 10, 365)),
        ("2032-02-10", 15, 3, ("2032-02-15", 5, 92)),  # from 15 November
        ("2031-12-31", 1, 1, ("2032-01-01", 1, 31)),
    ],
)
def test_first(start: str, bill_day: int, months: int, expected: tuple[str, int, int]) -> None:
    found = ask("first", start=start, bill_day=bill_day, months=months)

    assert found == dict(zip(("first_bill_on", "days", "cycle_days"), expected, strict=True))


def test_first_has_an_amount_where_there_is_a_price() -> None:
    found = ask("first", start="2031-04-21", bill_day=1, months=1, price_minor=3000, currency="EUR")

    assert found == {"first_bill_on": "2031-05-01", "days": 10, "cycle_days": 30, "amount_minor": 1000}


def part(days: int, cycle_days: int) -> Keys:
    """So many days of a cycle."""
    return {"days": days, "cycle_days": cycle_days}


@pytest.mark.parametrize(
    ("start", "end", "bill_day", "months", "leading", "whole", "trailing"),
    [
        ("2031-01-01", "2031-04-01", 1, 1, None, 3, None),
        ("2031-01-15", "2031-04-11", 1, 1, part(17, 31), 2, part(10, 30)),
        ("2031-01-15", "2031-01-20", 1, 1, part(5, 31), 0, None),  # before any bill day
        ("2031-01-15", "2031-02-01", 1, 1, part(17, 31), 0, None),
        ("2031-01-15", "2031-01-15", 1, 1, None, 0, None),
        ("2031-01-01", "2031-01-01", 1, 1, None, 0, None),
        ("2031-01-31", "2031-03-30", 31, 1, None, 1, part(30, 31)),  # February ends a cycle, 30 March does not
        ("2031-01-31", "2031-03-31", 31, 1, None, 2, None),
        ("2031-01-10", "2031-12-31", 1, 3, part(22, 92), 3, part(60, 92)),
        ("2031-02-01", "2031-04-30", 1, 3, None, 0, part(88, 89)),
    ],
)
def test_cycles(  # noqa: PLR0917
    start: str, end: str, bill_day: int, months: int, leading: Keys | None, whole: int, trailing: Keys | None
) -> None:
    found = ask("cycles", start=start, end=end, bill_day=bill_day, months=months)

    assert found == {"leading": leading, "whole": whole, "trailing": trailing}


@pytest.mark.parametrize(
    ("op", "question", "expected"),
    [
        (
            "bill_dates",
            {"start": "2031-01-31", "bill_day": 30, "months": 1, "count": 3},
            {"dates": ["2031-02-28", "2031-03-30", "2031-04-30"]},
        ),
        ("bill_dates", {"start": "2031-01-31", "bill_day": 31, "months": 3, "count": 0}, {"dates": []}),
        (
            "bill_dates",
            {"start": "2031-01-31", "bill_day": 31, "months": 13, "count": 2},
            {"dates": ["2031-01-31", "2032-02-29"]},
        ),
        ("nth", {"anchor": "2031-01-31", "months": 1, "n": 2}, {"date": "2031-03-31"}),
        ("nth", {"anchor": "2028-02-29", "months": 12, "n": 1}, {"date": "2029-02-28"}),
        ("nth", {"anchor": "2028-02-29", "months": 12, "n": 4}, {"date": "2032-02-29"}),
        ("nth", {"anchor": "2031-01-31", "months": 1, "n": 0}, {"date": "2031-01-31"}),
        ("nth", {"anchor": "2031-03-31", "months": 1, "n": -1}, {"date": "2031-02-28"}),
        (
            "sequence",
            {"anchor": "2031-01-31", "months": 1, "count": 3},
            {"dates": ["2031-02-28", "2031-03-31", "2031-04-30"]},
        ),
        # A period ends, for people, on its last day.
        (
            "period",
            {"anchor": "2031-01-31", "months": 1, "on": "2031-02-27"},
            {"start": "2031-01-31", "end": "2031-02-27"},
        ),
        (
            "period",
            {"anchor": "2031-01-31", "months": 1, "on": "2031-02-28"},
            {"start": "2031-02-28", "end": "2031-03-30"},
        ),
        (
            "period",
            {"anchor": "2031-01-31", "months": 1, "on": "2031-01-30"},
            {"start": "2030-12-31", "end": "2031-01-30"},
        ),
        (
            "period",
            {"anchor": "2031-01-31", "months": 12, "on": "2026-11-29"},
            {"start": "2026-01-31", "end": "2027-01-30"},
        ),
        ("whole_periods", {"start": "2031-01-31", "end": "2031-02-28", "months": 1}, {"count": 1}),
        ("whole_periods", {"start": "2031-01-31", "end": "2031-02-27", "months": 1}, {"count": 0}),
        ("whole_periods", {"start": "2031-01-31", "end": "2032-01-31", "months": 1}, {"count": 12}),
        ("whole_periods", {"start": "2031-01-31", "end": "2031-01-31", "months": 1}, {"count": 0}),
        ("line", {"unit_price": "1.005", "quantity": "3", "currency": "EUR"}, {"net_minor": 302}),
        ("line", {"unit_price": "0.333", "quantity": "1.5", "currency": "KWD"}, {"net_minor": 500}),
        ("line", {"unit_price": "19.99", "quantity": "-1", "currency": "EUR"}, {"net_minor": -1999}),
        ("round", {"amount": "1.005", "currency": "EUR"}, {"amount_minor": 101}),
        ("round", {"amount": "-1.005", "currency": "EUR"}, {"amount_minor": -101}),
        ("round", {"amount": "1.0049999999999999999999999999999", "currency": "EUR"}, {"amount_minor": 100}),
        ("round", {"amount": "0.5", "currency": "JPY"}, {"amount_minor": 1}),
        ("round", {"amount": f"0.{'4' * 200}", "currency": "JPY"}, {"amount_minor": 0}),
        ("minor", {"amount": "24", "currency": "EUR"}, {"amount_minor": 2400}),
        ("minor", {"amount": "24.001", "currency": "KWD"}, {"amount_minor": 24_001}),
        ("split", {"total_minor": 100, "weights": [1, 1, 1]}, {"parts": [34, 33, 33]}),
        ("split", {"total_minor": -100, "weights": [1, 1, 1]}, {"parts": [-34, -33, -33]}),
        ("split", {"total_minor": 10, "weights": [1, 2, 4]}, {"parts": [1, 3, 6]}),
        ("split", {"total_minor": 1, "weights": [0, 5, 0]}, {"parts": [0, 1, 0]}),
        ("exponent", {"currency": "CLF"}, {"exponent": 4}),
        ("exponent", {"currency": "UYI"}, {"exponent": 0}),
        ("exponent", {"currency": "HUF"}, {"exponent": 2}),
    ],
)
def test_days_amounts_and_shares(op: str, question: Keys, expected: Keys) -> None:
    assert ask_of({"op": op, **question}) == expected


def test_tax_is_taken_once_of_each_rate_and_a_rate_is_told_as_it_came_first() -> None:
    lines = [
        {"net_minor": 13, "rate": "19.0"},
        {"net_minor": 1000, "rate": "7"},
        {"net_minor": 13, "rate": "19"},
        {"net_minor": 13, "rate": "019.00"},
    ]

    found = ask("tax", currency="EUR", inclusive=False, lines=lines)

    assert found == {
        "groups": [
            {"rate": "19.0", "net_minor": 39, "tax_minor": 7},
            {"rate": "7", "net_minor": 1000, "tax_minor": 70},
        ],
        "net_minor": 1039,
        "tax_minor": 77,
        "gross_minor": 1116,
    }


@pytest.mark.parametrize(
    ("gross", "rate", "net"), [(100, "19", 84), (-100, "19", -84), (1, "100", 1), (100, "0", 100), (105, "8.75", 97)]
)
def test_what_prices_with_tax_come_to_stays_as_it_is(gross: int, rate: str, net: int) -> None:
    found = ask("tax", currency="EUR", inclusive=True, lines=[{"gross_minor": gross, "rate": rate}])

    assert (found["net_minor"], found["tax_minor"], found["gross_minor"]) == (net, gross - net, gross)


def test_a_document_without_lines_comes_to_nothing() -> None:
    nothing = {"groups": [], "net_minor": 0, "tax_minor": 0, "gross_minor": 0}

    assert ask("tax", currency="EUR", inclusive=False, lines=[]) == nothing


def test_invoice() -> None:
    found = ask(
        "invoice",
        currency="EUR",
        lines=[standard(10_000), standard(13, "19.00"), standard(500, "7"), {"net_minor": 700, "rate": "19"}],
        allowances=[{"amount_minor": 1000, "rate": "19", "category": "S"}],
        charges=[
            {"amount_minor": 200, "rate": "7", "category": "S"},
            {"amount_minor": 5, "rate": "0", "category": "E"},
        ],
        prepaid_minor=1000,
        rounding_minor=-2,
    )

    groups: Any = found.pop("groups")
    assert [tuple(group.values()) for group in groups] == [
        ("S", "19", 9013, 1712),
        ("S", "7", 700, 49),
        (None, "19", 700, 133),
        ("E", "0", 5, 0),
    ]
    assert list(groups[0]) == ["category", "rate", "taxable_minor", "tax_minor"]
    assert found == {
        "line_total_minor": 11_213,
        "tax_exclusive_minor": 10_418,
        "tax_minor": 1894,
        "tax_inclusive_minor": 12_312,
        "payable_minor": 11_310,
    }


def test_an_invoice_of_lines_alone() -> None:
    found = ask("invoice", currency="EUR", lines=[standard(10_000)])

    assert (found["tax_inclusive_minor"], found["payable_minor"]) == (11_900, 11_900)


def test_what_may_be_left_out_may_be_null() -> None:
    nothing = dict.fromkeys(("allowances", "charges", "prepaid_minor", "rounding_minor"))

    assert ask("invoice", currency="EUR", lines=[], **nothing) == ask("invoice", currency="EUR", lines=[])
    assert ask("slice", price_minor=1, currency="EUR", days=1, cycle_days=1, credit=None)["amount_minor"] == 1
    assert ask("first", start="2031-04-21", bill_day=1, months=1, price_minor=None)["days"] == 10
    assert ask("local_date", at="2031-04-01T00:00:00Z", zone="Etc/UTC", plus_days=None) == {"date": "2031-04-01"}
