"""Between our minor units and the provider's whole numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.money.currencies import CURRENCIES, EXPONENTS
from mailgate.payments import units
from mailgate.payments.units import (
    Expressed,
    OddUnits,
    UnsupportedCurrency,
    expressed,
    least_minor,
    minor_of,
    nearest_minor,
)

STEPS = {"MGA": 100} | dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 10)
"""What of ours the least step of the provider's is, where it is more than 1."""
SUPPORTED = sorted(filter(units.is_supported, EXPONENTS))


@pytest.mark.parametrize(
    ("minor", "currency", "in_units", "rest_minor"),
    [
        (1190, "EUR", 1190, 0),
        (1200, "JPY", 1200, 0),  # 100 times as much: anchors 3.15
        (1200, "KRW", 1200, 0),
        (12345, "KWD", 12340, 5),  # three decimals, the last of which is 0
        (12340, "KWD", 12340, 0),
        (9, "BHD", 0, 9),
        (1500, "ISK", 150000, 0),  # no decimals for ISO, hundredths for the provider, which must be 00
        (4000, "UGX", 400000, 0),
        (123456, "MGA", 1234, 56),  # two decimals for ISO, none for the provider
        (99, "MGA", 0, 99),
        (456789, "HUF", 456789, 0),
        (30001, "TWD", 30001, 0),
        (0, "USD", 0, 0),
    ],
)
def test_an_amount_is_expressed_rounded_down_and_the_rest_told(
    minor: int, currency: str, in_units: int, rest_minor: int
) -> None:
    assert expressed(minor, currency) == Expressed(in_units, rest_minor)
    assert minor_of(in_units, currency) == minor - rest_minor


@pytest.mark.parametrize("currency", ["CLF", "UYW", "IQD", "LYD", "XXX", "eur", ""])
def test_a_currency_that_the_provider_does_not_take_is_refused_by_its_name(currency: str) -> None:
    for refused in (lambda: expressed(100, currency), lambda: minor_of(100, currency), lambda: least_minor(currency)):
        with pytest.raises(UnsupportedCurrency, match=repr(currency)):
            refused()


def test_every_currency_of_the_table_is_one_that_a_customer_may_have() -> None:
    assert set(SUPPORTED) <= CURRENCIES
    assert len(SUPPORTED) > 125


@given(st.sampled_from(SUPPORTED), st.integers(0, 10**12))
def test_what_crosses_and_the_rest_are_the_whole_amount(currency: str, minor: int) -> None:
    crossing = expressed(minor, currency)

    assert minor_of(crossing.units, currency) + crossing.rest_minor == minor
    assert 0 <= crossing.rest_minor < STEPS.get(currency, 1)
    assert expressed(minor - crossing.rest_minor, currency) == Expressed(crossing.units, 0)


@pytest.mark.parametrize(("currency", "in_units"), [("ISK", 150050), ("UGX", 1)])
def test_an_amount_that_the_provider_says_it_never_has_is_no_amount(currency: str, in_units: int) -> None:
    with pytest.raises(OddUnits, match=f"{in_units} units of {currency}"):
        minor_of(in_units, currency)


@pytest.mark.parametrize(
    ("in_units", "currency", "minor"),
    [(150049, "ISK", 1500), (150050, "ISK", 1501), (-150050, "ISK", -1501), (59, "EUR", 59), (12, "MGA", 1200)],
)
def test_what_the_provider_has_reckoned_is_told_to_the_nearest(in_units: int, currency: str, minor: int) -> None:
    assert nearest_minor(in_units, currency) == minor


@pytest.mark.parametrize(
    ("currency", "minor"),
    [("EUR", 50), ("USD", 50), ("GBP", 30), ("JPY", 50), ("HUF", 17500), ("KWD", 10), ("MGA", 100), ("ISK", 1)],
)
def test_each_currency_has_a_least_amount(currency: str, minor: int) -> None:
    assert least_minor(currency) == minor
    assert expressed(minor, currency).units > 0


def test_money_that_was_taken_back_is_told_below_nothing() -> None:
    assert minor_of(-1190, "EUR") == -1190
    assert minor_of(-150000, "ISK") == -1500
    assert minor_of(-12, "MGA") == -1200
