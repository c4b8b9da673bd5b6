"""Every currency of ISO 4217, and its digits, as another table of the standard has them."""

import pytest
from iso4217 import Currency

from mailgate.billing.money.currencies import CURRENCIES, EXPONENTS, UnknownCurrency, exponent, unit

OF_THE_STANDARD = {currency.code: currency.exponent for currency in Currency}
WITHOUT_MINOR_UNITS = {"XAG", "XAU", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD", "XDR", "XSU", "XTS", "XUA", "XXX"}
"""Metals, bonds, drawing rights, the code for tests and the one for none."""

FUNDS = {"BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW", "XAD"}


def test_every_code_has_the_digits_of_the_standard() -> None:
    assert dict(EXPONENTS) == {code: digits for code, digits in OF_THE_STANDARD.items() if digits is not None}
    assert {code for code, digits in OF_THE_STANDARD.items() if digits is None} == WITHOUT_MINOR_UNITS


def test_nobody_is_billed_in_a_fund() -> None:
    assert set(EXPONENTS) - CURRENCIES == FUNDS
    assert CURRENCIES.issubset(EXPONENTS)


@pytest.mark.parametrize("code", sorted(EXPONENTS))
def test_a_major_unit_has_as_many_minor_ones_as_its_digits_say(code: str) -> None:
    assert len(str(unit(code))) == exponent(code) + 1
    assert int(str(unit(code)).replace("0", "")) == 1


@pytest.mark.parametrize("code", ["eur", "EUX", "", "EUR ", "XAU", "XXX", "€", "BGN"])
def test_what_is_no_code_is_named(code: str) -> None:
    with pytest.raises(UnknownCurrency, match=f"^{code!r} is no currency code of ISO 4217"):
        exponent(code)
    with pytest.raises(UnknownCurrency):
        unit(code)
