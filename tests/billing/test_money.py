"""Rounding, amounts from text and to it, and shares."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.money.amount import (
    MOST_MINOR,
    BadAmount,
    NoDecimal,
    decimal,
    example,
    nearest_minor,
    read_amount,
    rounded,
    split,
    times,
    written,
)
from mailgate.billing.money.currencies import CURRENCIES, EXPONENTS
from tests.billing.second_path import half_up

MINOR = st.integers(-(10**20), 10**20)
CODE = st.sampled_from(sorted(EXPONENTS))
DECIMAL = st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", fullmatch=True)


@pytest.mark.parametrize(
    ("numerator", "denominator", "whole"),
    [
        (1, 2, 1),
        (-1, 2, -1),
        (3, 2, 2),
        (-3, 2, -2),
        (1, 3, 0),
        (2, 3, 1),
        (-2, 3, -1),
        (0, 5, 0),
        (6, 3, 2),
        (1, -2, -1),
    ],
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, whole: int) -> None:
    assert rounded(numerator, denominator) == whole


@given(MINOR, st.integers(1, 10**10) | st.integers(-(10**10), -1))
def test_rounding_is_what_fractions_say_and_mirrors(numerator: int, denominator: int) -> None:
    assert rounded(numerator, denominator) == half_up(Fraction(numerator, denominator))
    assert rounded(-numerator, denominator) == -rounded(numerator, denominator)


@given(DECIMAL, CODE)
def test_text_is_rounded_as_fractions_say(text: str, currency: str) -> None:
    assert nearest_minor(text, currency) == half_up(Fraction(text) * 10 ** EXPONENTS[currency])


@given(DECIMAL, DECIMAL, CODE)
def test_price_times_quantity_is_rounded_once(price: str, quantity: str, currency: str) -> None:
    exact = Fraction(price) * Fraction(quantity) * 10 ** EXPONENTS[currency]

    assert times(price, quantity, currency) == half_up(exact)


@given(DECIMAL)
def test_a_decimal_is_read_without_loss(text: str) -> None:
    found = decimal(text)

    assert Fraction(found.numerator, found.denominator) == Fraction(text)


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "1.", ".5", "+1", "1,5", "1e3", "1 000", " 1", "1 ", "1\n", "1_0", "0x1", "inf", "nan", "１", "−1"],
)
def test_what_is_no_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(NoDecimal) as refused:
        decimal(text)

    assert str(refused.value).startswith(repr(text))


def test_a_number_without_end_is_refused_and_not_repeated_whole() -> None:
    with pytest.raises(NoDecimal) as refused:
        decimal("9" * 100_000)

    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("24", "EUR", 2400),
        ("24.0", "EUR", 2400),
        ("24.00", "EUR", 2400),
        ("0.01", "EUR", 1),
        ("0", "EUR", 0),
        ("007", "EUR", 700),
        ("1200", "JPY", 1200),
        ("1.5", "KWD", 1500),
        ("1.2345", "CLF", 12_345),
        ("10000000000000", "EUR", MOST_MINOR),
        ("1000000000000000", "JPY", MOST_MINOR),
    ],
)
def test_an_amount_of_a_person_is_major_units_with_a_point(text: str, currency: str, minor: int) -> None:
    assert read_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("24,00", "EUR", "is no amount"),
        ("1e3", "EUR", "is no amount"),
        ("", "EUR", "is no amount"),
        (" 24", "EUR", "is no amount"),
        ("24 ", "EUR", "is no amount"),
        ("24\n", "EUR", "is no amount"),
        ("+5", "EUR", "is no amount"),
        ("２４", "EUR", "is no amount"),
        ("٢٤", "EUR", "is no amount"),
        ("24.", "EUR", "is no amount"),
        (".5", "EUR", "is no amount"),
        ("1.234,50", "EUR", "is no amount"),
        ("1,234.50", "EUR", "is no amount"),
        ("1 234", "EUR", "is no amount"),
        ("EUR 24", "EUR", "is no amount"),
        ("24€", "EUR", "is no amount"),
        ("0x18", "EUR", "is no amount"),
        ("nan", "EUR", "is no amount"),
        ("-5", "EUR", "has a sign"),
        ("-0", "EUR", "has a sign"),
        ("24.001", "EUR", "has more digits behind the point than there are"),
        ("24.000", "EUR", "has more digits behind the point than there are"),
        ("24.0", "JPY", "has more digits behind the point than there are"),
        ("24.0001", "KWD", "has more digits behind the point than there are"),
        ("10000000000000.01", "EUR", "is more than anybody owes"),
        ("1000000000000001", "JPY", "is more than anybody owes"),
        ("9" * 50, "EUR", "is more than anybody owes"),
    ],
)
def test_another_amount_is_refused_and_what_is_meant_is_said(text: str, currency: str, why: str) -> None:
    with pytest.raises(BadAmount) as refused:
        read_amount(text, currency)

    meant = {"EUR": "24.00", "JPY": "24", "KWD": "24.000"}[currency]
    assert str(refused.value) == f"{text!r} {why}: write {meant} for an amount in {currency}"


@pytest.mark.parametrize("text", ["9" * 100_000, "\N{PILE OF POO}" * 100_000])
def test_an_amount_without_end_is_not_repeated_whole(text: str) -> None:
    with pytest.raises(BadAmount) as refused:
        read_amount(text, "EUR")

    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_the_example_of_a_currency_is_an_amount_in_it(currency: str) -> None:
    assert read_amount(example(currency), currency) == 24 * 10 ** EXPONENTS[currency]


@given(st.integers(0, MOST_MINOR), CODE)
def test_an_amount_is_read_as_it_was_written(minor: int, currency: str) -> None:
    assert read_amount(written(minor, currency), currency) == minor


@given(MINOR, CODE)
def test_an_amount_is_written_with_every_digit_of_its_currency(minor: int, currency: str) -> None:
    text = written(minor, currency)

    assert Fraction(text) == Fraction(minor, 10 ** EXPONENTS[currency])
    assert len(text.partition(".")[2]) == EXPONENTS[currency]


WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


@given(MINOR, WEIGHTS)
def test_shares_come_to_the_total(total: int, weights: list[int]) -> None:
    parts = split(total, weights)

    assert sum(parts) == total
    assert parts == tuple(-part for part in split(-total, weights))
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


@given(st.integers(0, 10**6), WEIGHTS)
def test_what_is_missing_goes_to_the_largest_remainders_and_the_earlier(total: int, weights: list[int]) -> None:
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    missing = total - sum(int(one) for one in exact)
    order = sorted(range(len(weights)), key=lambda at: (int(exact[at]) - exact[at], at))

    expected = [int(one) + (at in order[:missing]) for at, one in enumerate(exact)]

    assert list(split(total, weights)) == expected
