"""What is sold: products with their prices, options and rules of tax, and promotions, as a catalogue holds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

ONE_TIME = 0
"""Months of a cycle that never renews."""

CYCLES: Mapping[str, int] = {
    "monthly": 1,
    "quarterly": 3,
    "half-yearly": 6,
    "yearly": 12,
    "biennial": 24,
    "triennial": 36,
    "one-time": ONE_TIME,
}
"""How often is billed, in months, by the word for it."""


def cycle_word(months: int) -> str:
    """The word for a cycle of so many months."""
    return next(word for word, length in CYCLES.items() if length == months)


class Kind(StrEnum):
    """What sort of thing a product is."""

    HOSTING = "hosting"
    DOMAIN = "domain"
    OTHER = "other"
    ADD_ON = "add-on"  # belongs to a service


@dataclass(frozen=True, slots=True)
class Price:
    """What one cycle costs in one currency."""

    currency: str
    months: int  # of the cycle; ONE_TIME for one that never renews
    amount_minor: int
    setup_minor: int = 0  # once, with the first invoice


@dataclass(frozen=True, slots=True)
class Option:
    """Something of a product that there may be more of: mailboxes, domains."""

    name: str
    included: int
    step: int  # so many at a time
    most: int
    prices: tuple[Price, ...]  # of one step


@dataclass(frozen=True, slots=True)
class Product:
    """One thing that is sold, in one version of the catalogue."""

    sku: str
    kind: Kind
    name: str
    tax_class: str
    prices: tuple[Price, ...]
    description: str = ""
    tax_included: bool = False
    limits: tuple[tuple[str, str], ...] = ()  # what is included, in words: ("Disk", "20 GB")
    upgrades: tuple[str, ...] = ()  # skus that a service may be changed to, either way
    addons: tuple[str, ...] = ()  # skus of add-ons that it may have
    align: bool = True  # billed on the account's bill day; otherwise on its own
    lead_days: tuple[tuple[int, int], ...] = ()  # (months of the cycle, days between invoice and due date)
    options: tuple[Option, ...] = ()
    id: int | None = field(default=None, compare=False)  # of its row in the store, which never changes

    def price(self, currency: str, months: int) -> Price | None:
        """What it costs in a currency for a cycle; None when it is not sold so."""
        return next((one for one in self.prices if (one.currency, one.months) == (currency, months)), None)


@dataclass(frozen=True, slots=True)
class TaxRule:
    """A rate of tax for a country, perhaps a region of it, and a class of products, from a day on."""

    country: str  # ISO 3166-1, two letters
    region: str  # "" for the whole country
    tax_class: str
    rate: str  # percent, as a decimal: "19", "8.875"
    category: str  # of UNCL5305: S, Z, E …
    name: str  # as it stands on an invoice: "VAT", "NY sales tax"
    from_on: date


@dataclass(frozen=True, slots=True)
class Promotion:
    """A code that makes products cheaper for some cycles."""

    code: str
    percent: str = ""  # as a decimal; "" when an amount is taken off
    amount_minor: int = 0
    currency: str = ""
    cycles: int | None = None  # for so many; None for ever
    products: tuple[str, ...] = ()  # skus; none for all
    until_on: date | None = None  # the last day on which it is taken


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is sold, in one version."""

    products: tuple[Product, ...]
    tax_rules: tuple[TaxRule, ...]
    promotions: tuple[Promotion, ...]
