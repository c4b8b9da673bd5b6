"""What a product costs with its options, on which day it is billed, and why it cannot be had as somebody wants it."""

from collections.abc import Mapping

from mailgate.billing.offer.product import CYCLES, ONE_TIME, Kind, Product, cycle_word
from mailgate.errors import Permanent


class NotSold(Permanent):
    """Something that the catalogue does not have, or not so."""


def price_of(product: Product, currency: str, months: int, options: Mapping[str, int]) -> int:
    """A whole cycle with its options, in minor units. Raises NotSold, which says what there is."""
    price = product.price(currency, months)
    if price is None:
        there = ", ".join(f"{cycle_word(one.months)} in {one.currency}" for one in product.prices)
        raise NotSold(f"{product.sku} is not sold {cycle_word(months)} in {currency}: there is {there}")
    total = price.amount_minor
    for name, wanted in options.items():
        option = next((one for one in product.options if one.name == name), None)
        if option is None:
            there = ", ".join(one.name for one in product.options) or "none"
            raise NotSold(f"{product.sku} has no option {name!r}: there is {there}")
        more = wanted - option.included
        if not option.included <= wanted <= option.most or more % option.step:
            raise NotSold(
                f"{name}={wanted}: {product.sku} has from {option.included} to {option.most}, {option.step} at a time"
            )
        of_step = next((one for one in option.prices if (one.currency, one.months) == (currency, months)), None)
        if more and of_step is None:
            raise NotSold(f"more of {name} is not sold {cycle_word(months)} in {currency}")
        total += (more // option.step) * (of_step.amount_minor if of_step else 0)
    return total


def options_of(product: Product, wanted: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """How many of each option; what is included where nothing else was wanted."""
    return tuple((one.name, wanted.get(one.name, one.included)) for one in product.options)


def is_aligned(product: Product, months: int, price_minor: int) -> bool:
    """Is it billed on the account's bill day? Domains and add-ons keep their own, so do free and one-time things."""
    return product.align and product.kind in (Kind.HOSTING, Kind.OTHER) and months != ONE_TIME and price_minor > 0


def cycle_of(word: str) -> int:
    """The months of a cycle by its word. Raises NotSold, which says what there is."""
    if word not in CYCLES:
        raise NotSold(f"{word!r} is no billing cycle: there is {', '.join(CYCLES)}")
    return CYCLES[word]
