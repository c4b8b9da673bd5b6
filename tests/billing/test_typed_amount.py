"""An amount in a mail is read as it is plainly meant, or not at all."""

import pytest

from mailgate.billing.money.amount import BadAmount, read_amount
from mailgate.billing.money.typed import typed_amount


@pytest.mark.parametrize(
    ("words", "currency", "minor"),
    [
        ("50", "EUR", 5000),
        ("50.00", "EUR", 5000),
        ("50,00", "EUR", 5000),
        ("50,5", "EUR", 5050),
        ("EUR 50", "EUR", 5000),
        ("50 eur", "EUR", 5000),
        ("50€.", "EUR", 5000),
        ("$ 12.34", "USD", 1234),
        ("1000", "JPY", 1000),
        ("¥1000", "JPY", 1000),
        ("12.5", "KWD", 12_500),
    ],
)
def test_what_is_plain_is_read(words: str, currency: str, minor: int) -> None:
    assert read_amount(typed_amount(words, currency), currency) == minor


@pytest.mark.parametrize(
    ("words", "currency"),
    [
        ("", "EUR"),
        ("fifty", "EUR"),
        ("-50", "EUR"),
        ("1.000", "EUR"),
        ("1,000", "EUR"),
        ("1.000,00", "EUR"),
        ("1,000.00", "EUR"),
        ("50 60", "EUR"),
        ("50.001", "EUR"),
        ("USD 50", "EUR"),
        ("50 $", "EUR"),
        ("50.5", "JPY"),
        ("٥٠", "EUR"),
        ("5e3", "EUR"),
        ("9" * 2000, "EUR"),
    ],
)
def test_what_is_not_is_refused(words: str, currency: str) -> None:
    with pytest.raises(BadAmount):
        read_amount(typed_amount(words, currency), currency)
