"""What is sold and how it is taxed, read from the sample a second time: TOML and fractions, no code of ours."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[2] / "docs" / "catalogue.toml"

MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12, "biennial": 24, "triennial": 36, "one-time": 0}
DIGITS = {"EUR": 2, "USD": 2, "GBP": 2, "JPY": 0, "KWD": 3}

_EUROS = re.compile(r"^( *)EUR = (\{.*\})$", re.MULTILINE)
_WEB_M = re.compile(r'monthly = "9\.90", quarterly')


def with_pounds(text: str) -> str:
    """The sample with a fifth currency: pounds cost what euros do."""
    return _EUROS.sub(r"\g<0>\n\1GBP = \2", text)


def dearer(text: str) -> str:
    """A later version, in which Web M costs 10.90 a month."""
    changed, count = _WEB_M.subn('monthly = "10.90", quarterly', text)
    assert count
    return changed


@dataclass(frozen=True)
class Shop:
    """One version of the catalogue."""

    file: Mapping[str, Any]

    @classmethod
    def read(cls, text: str) -> "Shop":
        return cls(tomllib.loads(text))

    def product(self, sku: str) -> Mapping[str, Any]:
        return next(one for one in self.file["product"] if one["sku"] == sku)

    def cycles(self, sku: str, currency: str) -> list[str]:
        return sorted(self.product(sku)["prices"][currency], key=MONTHS.__getitem__)

    def promotion(self, code: str) -> Mapping[str, Any]:
        return next(one for one in self.file["promotion"] if one["code"] == code)

    def price(self, sku: str, cycle: str, currency: str, options: Mapping[str, int]) -> int:
        """A whole cycle in minor units."""
        product = self.product(sku)
        total = Fraction(product["prices"][currency][cycle])
        for option in product.get("option", ()):
            steps = Fraction(
                options.get(option["name"], option["included"]) - option["included"], option.get("step", 1)
            )
            total += steps * Fraction(option["prices"][currency][cycle])
        minor = total * 10 ** DIGITS[currency]
        assert minor.denominator == 1
        return int(minor)

    def rate(self, country: str, region: str, on: date) -> Fraction | None:
        """The rate of a place on a day; None where no rule speaks of it."""
        rules = [one for one in self.file["tax"] if one["country"] == country and one.get("from", date.min) <= on]
        here = [one for one in rules if region and one.get("region", "") == region]
        there = here or [one for one in rules if not one.get("region")]
        if not there:
            return None
        newest = max(one.get("from", date.min) for one in there)
        return sum((Fraction(one["rate"]) for one in there if one.get("from", date.min) == newest), Fraction())
