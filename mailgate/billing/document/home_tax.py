"""The tax of a document in the company's own currency, where the document is in another (Dir. 2006/112 art. 230)."""

from dataclasses import dataclass

from mailgate.billing.money.amount import NoDecimal, decimal, rounded
from mailgate.billing.money.currencies import unit
from mailgate.errors import Permanent

_MOST_DIGITS = 30


class BadRate(Permanent):
    """Text that is no rate of exchange."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:_MOST_DIGITS]!r} is no rate of exchange: write how many of the currency one of yours is, as 1.0826"
        )


@dataclass(frozen=True, slots=True)
class HomeTax:
    """What stands on a document beside its own tax."""

    currency: str
    tax_minor: int
    rate: str  # so many of the document's currency are one of this


def read_rate(text: str) -> str:
    """A rate as a person gives it, more than 0. Raises BadRate."""
    try:
        found = decimal(text.strip())
    except NoDecimal:
        raise BadRate(text) from None
    if found.numerator <= 0 or len(text.strip()) > _MOST_DIGITS:
        raise BadRate(text)
    return text.strip()


def at_home(tax_minor: int, currency: str, *, home: str, rate: str) -> HomeTax:
    """The tax in `home`, rounded once; so many of `currency` as `rate` says are one of it."""
    ratio = decimal(rate)
    return HomeTax(home, rounded(tax_minor * unit(home) * ratio.denominator, unit(currency) * ratio.numerator), rate)
