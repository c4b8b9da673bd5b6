"""Amounts of money in words: every digit that ISO 4217 has, and none that it has not."""

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.money.amount import MOST_MINOR, written
from mailgate.billing.money.currencies import CURRENCIES, EXPONENTS, exponent
from mailgate.billing.money.words import amount, percent
from mailgate.language.telling import speaking

OTHER_DIGITS_IN_USE = frozenset(
    {"AFN", "ALL", "COP", "HUF", "IDR", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "SOS", "SYP", "YER"}
)
"""Where people leave out minor units that the standard has."""


@pytest.mark.parametrize(
    ("minor", "currency", "in_english", "in_german"),
    [
        (2400, "EUR", "EUR 24.00", "24,00 EUR"),
        (123_456, "USD", "USD 1,234.56", "1.234,56 USD"),
        (-1, "EUR", "-EUR 0.01", "-0,01 EUR"),
        (0, "EUR", "EUR 0.00", "0,00 EUR"),
        (1235, "JPY", "JPY 1,235", "1.235 JPY"),
        (1235, "IQD", "IQD 1.235", "1,235 IQD"),
        (5, "HUF", "HUF 0.05", "0,05 HUF"),
        (10**18 + 1, "EUR", "EUR 10,000,000,000,000,000.01", "10.000.000.000.000.000,01 EUR"),
    ],
)
def test_an_amount_is_told_with_its_code_and_all_its_digits(
    minor: int, currency: str, in_english: str, in_german: str
) -> None:
    with speaking("en", "UTC"):
        assert amount(minor, currency).replace("\u00a0", " ") == in_english
    with speaking("de", "UTC"):
        assert amount(minor, currency).replace("\u00a0", " ") == in_german


def test_exponents_are_those_of_the_standard() -> None:
    differ = {code for code in CURRENCIES if exponent(code) != get_currency_precision(code)}

    assert differ <= OTHER_DIGITS_IN_USE


POINTS = {"en": ".", "de": ",", "fr": ",", "ar": "."}
"""What stands before the minor units, by language."""

ODD = (0, 1, -1, 99, 123_456, -1_234_567_890, MOST_MINOR, 2**63 - 1)


def written_again(told: str, currency: str, point: str) -> str:
    """An amount in words as programs write it, whatever separators and marks the language has."""
    assert told.count(currency) == 1
    read = {digit: digit for digit in "0123456789"} | {point: ".", "-": "-"}
    return "".join(read.get(sign, "") for sign in told.replace(currency, ""))


@pytest.mark.parametrize("language", sorted(POINTS))
def test_every_digit_of_every_currency_is_told_in_every_language(language: str) -> None:
    with speaking(language, "UTC"):
        told = {(minor, code): amount(minor, code) for code in EXPONENTS for minor in ODD}

    assert len(told) == len(EXPONENTS) * len(ODD)
    for (minor, code), words in told.items():
        assert written_again(words, code, POINTS[language]) == written(minor, code)


@given(st.integers(-(10**18), 10**18), st.sampled_from(sorted(EXPONENTS)), st.sampled_from(sorted(POINTS)))
def test_an_amount_is_told_without_loss(minor: int, currency: str, language: str) -> None:
    with speaking(language, "UTC"):
        told = amount(minor, currency)

    assert written_again(told, currency, POINTS[language]) == written(minor, currency)


@pytest.mark.parametrize(
    ("rate", "in_english", "in_german"), [("19", "19%", "19 %"), ("8.875", "8.875%", "8,875 %"), ("0", "0%", "0 %")]
)
def test_a_rate_of_tax_has_all_its_digits(rate: str, in_english: str, in_german: str) -> None:
    told = []
    for language in ("en", "de"):
        with speaking(language, "UTC"):
            told.append(percent(rate).replace("\u00a0", " "))

    assert told == [in_english, in_german]
