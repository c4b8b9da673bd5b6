"""The tax of a document in the company's own currency, against fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.document.home_tax import BadRate, HomeTax, at_home, read_rate
from mailgate.billing.money.currencies import CURRENCIES, exponent
from tests.billing.second_path import half_up


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(sorted(CURRENCIES)),
    st.sampled_from(sorted(CURRENCIES)),
    st.decimals("0.000001", 10**6, places=6),
)
def test_it_is_what_fractions_say(minor: int, currency: str, home: str, rate: object) -> None:
    found = at_home(minor, currency, home=home, rate=f"{rate:f}")

    exact = Fraction(minor, 10 ** exponent(currency)) / Fraction(f"{rate:f}") * 10 ** exponent(home)
    assert found == HomeTax(home, half_up(exact), f"{rate:f}")


def test_an_example() -> None:
    """USD 190.00 at 1.0826 dollars for a euro; JPY 238 at 162.37 yen."""
    assert at_home(19_000, "USD", home="EUR", rate="1.0826").tax_minor == 17_550
    assert at_home(238, "JPY", home="EUR", rate="162.37").tax_minor == 147


@pytest.mark.parametrize("text", ["0", "-1", "1,5", "", "x", "1e5", "1" * 31])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(BadRate):
        read_rate(text)


def test_blanks_around_a_rate_go() -> None:
    assert read_rate(" 1.0826 ") == "1.0826"
