"""What a promotion makes of a price: who may have it, until when it counts, and what a period costs with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from mailgate.billing.money.amount import decimal, rounded, written
from mailgate.billing.offer.pricing import NotSold
from mailgate.billing.offer.product import ONE_TIME, Product, Promotion
from mailgate.billing.period import index_on, nth

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Discount:
    """What a service was promised when it was sold. It is kept with the service, whatever the catalogue says later."""

    code: str
    percent: str  # as a decimal; "" when an amount is taken off
    amount_minor: int  # off a cycle of `months`
    months: int
    products: tuple[str, ...]  # skus that it goes on for when the plan is changed; none for all
    until: date | None  # a period that begins on this day or later costs its list price; None: it never ends

    def off(self, list_minor: int, months: int) -> int:
        """A whole cycle of so many months with the discount, never below 0.

        An amount is that of the cycle that was sold; of another cycle it is the same share of time.
        """
        if self.percent:
            percent = decimal(self.percent)
            whole = _WHOLE * percent.denominator
            return rounded(list_minor * (whole - percent.numerator), whole)
        return max(0, list_minor - self.amount_off(months))

    def words(self, currency: str, months: int) -> str:
        """As lines of documents name it, in any language: "SPRING -50 %", "FRIENDS -2.00 EUR"."""
        off = f"{self.percent} %" if self.percent else f"{written(self.amount_off(months), currency)} {currency}"
        return f"{self.code} -{off}"

    @property
    def last_on(self) -> date | None:
        """The last day on which a period with it may begin: what people are told."""
        return None if self.until is None else self.until - timedelta(days=1)

    def covers(self, sku: str) -> bool:
        """Does it go on when the service becomes this product?"""
        return not self.products or sku in self.products

    def amount_off(self, months: int) -> int:
        """What is taken off a cycle of so many months; 0 where it is a percentage."""
        return self.amount_minor if months == self.months else rounded(self.amount_minor * months, self.months)


def counting(discount: Discount | None, begins_on: date) -> Discount | None:
    """The discount of a period that begins on a day; None when there is none any more."""
    if discount is None or (discount.until is not None and begins_on >= discount.until):
        return None
    return discount


def price_on(begins_on: date, list_minor: int, months: int, discount: Discount | None) -> int:
    """What a whole cycle costs that is billed for a period which begins on a day."""
    found = counting(discount, begins_on)
    return list_minor if found is None else found.off(list_minor, months)


def redeemed(
    code: str, found: Promotion | None, others: Iterable[Promotion], product: Product, currency: str, *, on: date
) -> Promotion:
    """The promotion that a code stands for, where it may be had today. Raises NotSold: why not, and which may be."""
    why = f"the catalogue has no promotion {code!r}" if found is None else _refused(found, product, currency, on)
    if found is not None and not why:
        return found
    fitting = [one.code for one in others if not _refused(one, product, currency, on)]
    raise NotSold(f"{why}: for {product.sku} in {currency} there is {', '.join(fitting) or 'none'}")


def promised(promotion: Promotion, *, anchor: date, months: int, from_on: date) -> Discount:
    """What a service gets that is billed from a day on. The days before its first whole cycle use no cycle up."""
    until = None
    if promotion.cycles is not None and months != ONE_TIME:
        n = index_on(anchor, months, from_on)
        first = n if nth(anchor, months, n) == from_on else n + 1
        until = nth(anchor, months, first + promotion.cycles)
    return Discount(promotion.code, promotion.percent, promotion.amount_minor, months, promotion.products, until)


def _refused(one: Promotion, product: Product, currency: str, on: date) -> str:
    """Why it is not to be had; "" where it is."""
    if one.until_on is not None and on > one.until_on:
        return f"promotion {one.code} ended on {one.until_on}"
    if one.products and product.sku not in one.products:
        return f"promotion {one.code} is not for {product.sku}"
    if one.currency and one.currency != currency:
        return f"promotion {one.code} is for prices in {one.currency}"
    return ""
