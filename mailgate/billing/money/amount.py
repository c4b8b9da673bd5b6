"""Amounts: whole minor units, one way to round, and text in major units read without loss.

An amount is an `int` of minor units (`…_minor`) beside its currency; what lies between two amounts is a pair of whole
numbers, numerator and denominator, until it is rounded once. Nothing here knows a fraction of any other kind.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.billing.money.currencies import exponent, unit
from mailgate.errors import Permanent

MOST_MINOR = 10**15
"""No amount that a person gives is larger: ten trillion euros. What is summed of such still fits 64 bits."""

_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?\Z")
_MAX_DIGITS = 1000  # of a decimal in text: whole numbers have no end here, but reading them takes ever longer
_SHOWN = 60


class NoDecimal(Permanent):
    """Text that is no plain decimal number: digits, and a point with digits behind it."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text[:_SHOWN]!r} is no plain decimal number, such as 24.00")


class BadAmount(Permanent):
    """Text that is no amount of this currency; `str()` says what is meant."""

    def __init__(self, text: str, currency: str, why: str) -> None:
        super().__init__(f"{text[:_SHOWN]!r} {why}: write {example(currency)} for an amount in {currency}")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A decimal number as written: `numerator` over a power of ten."""

    numerator: int
    denominator: int


def decimal(text: str) -> Ratio:
    """Read "8.75" as 875 over 100. ASCII digits, a point, perhaps a minus; raises NoDecimal."""
    found = _DECIMAL.match(text)
    if found is None or len(text) > _MAX_DIGITS:
        raise NoDecimal(text)
    sign, whole, behind = found[1], found[2], found[3] or ""
    value = int(whole + behind)
    return Ratio(-value if sign else value, 10 ** len(behind))


def rounded(numerator: int, denominator: int) -> int:
    """The nearest whole number, halves away from zero, as a credit mirrors its charge. The only rounding."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -whole if numerator < 0 else whole


def nearest_minor(text: str, currency: str) -> int:
    """An amount in major units with any number of digits, as whole minor units. Raises NoDecimal, UnknownCurrency."""
    amount = decimal(text)
    return rounded(amount.numerator * unit(currency), amount.denominator)


def times(unit_price: str, quantity: str, currency: str) -> int:
    """A price in major units times how many, rounded once to minor units. Raises NoDecimal, UnknownCurrency."""
    price, many = decimal(unit_price), decimal(quantity)
    return rounded(price.numerator * many.numerator * unit(currency), price.denominator * many.denominator)


def read_amount(text: str, currency: str) -> int:
    """What a person gives as an amount: major units, a point, as many digits as there are at most. Raises BadAmount."""
    try:
        amount = decimal(text)
    except NoDecimal:
        raise BadAmount(text, currency, "is no amount") from None
    if amount.numerator < 0 or text.startswith("-"):
        raise BadAmount(text, currency, "has a sign")
    units = unit(currency)
    if amount.denominator > units:
        raise BadAmount(text, currency, "has more digits behind the point than there are")
    minor = amount.numerator * (units // amount.denominator)
    if minor > MOST_MINOR:
        raise BadAmount(text, currency, "is more than anybody owes")
    return minor


def written(minor: int, currency: str) -> str:
    """An amount in major units as programs read it: "24.00", "-0.05", "1200" in yen. Raises UnknownCurrency."""
    digits = exponent(currency)
    sign, text = "-" if minor < 0 else "", str(abs(minor)).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else sign + text


def example(currency: str) -> str:
    """Twenty-four, as this currency is written on a command line."""
    return written(24 * unit(currency), currency)


def split(total_minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Shares of a total by weights, which are not negative and not all 0; they sum up to it exactly.

    What is missing goes to the largest remainders, the earlier one on a draw. A negative total mirrors a positive one.
    """
    whole, total = abs(total_minor), sum(weights)
    parts = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: -(whole * weights[at] % total))
    for at in by_remainder[: whole - sum(parts)]:
        parts[at] += 1
    return tuple(parts) if total_minor >= 0 else tuple(-part for part in parts)
