"""What a provider takes is known without asking it: its units, its least amounts, its currencies."""

import pytest

from mailgate.config.settings import Payments, ProviderName
from mailgate.payments.provider import Unfit
from mailgate.payments.terms import ByTable, chargeable, terms_of

STRIPE = ByTable("stripe")


@pytest.mark.parametrize(
    ("amount_minor", "currency", "charged"),
    [
        (2400, "EUR", 2400),
        (50, "EUR", 50),
        (49, "EUR", 0),  # less than it takes
        (0, "EUR", 0),
        (1190, "JPY", 1190),
        (49, "JPY", 0),
        (3689, "KWD", 3680),  # thousandths that end in 0
        (9, "KWD", 0),
        (1190, "ISK", 1190),  # whole ones
        (123456, "MGA", 123400),  # hundredths here, whole ones there
        (1190, "IQD", 0),  # it takes none
    ],
)
def test_so_much_of_an_amount_is_charged(amount_minor: int, currency: str, charged: int) -> None:
    assert chargeable(STRIPE, amount_minor, currency) == charged


def test_a_currency_that_it_does_not_take_is_unfit() -> None:
    with pytest.raises(Unfit, match="IQD"):
        STRIPE.expressible_minor(1000, "IQD")
    with pytest.raises(Unfit, match="IQD"):
        STRIPE.least_minor("IQD")


def test_by_hand_nobody_charges_anything() -> None:
    assert terms_of(Payments()) is None
    assert terms_of(Payments(provider=ProviderName.STRIPE)) == STRIPE
