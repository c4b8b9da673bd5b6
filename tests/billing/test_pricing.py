"""Prices with options, and what cannot be had."""

import pytest

from mailgate.billing.offer.pricing import NotSold, cycle_of, is_aligned, options_of, price_of
from mailgate.billing.offer.product import CYCLES, Kind, Option, Price, Product

PRICES = (Price("EUR", 1, 1000), Price("EUR", 12, 10000, 500), Price("JPY", 1, 1500))
MAILBOXES = Option("mailboxes", 50, 10, 200, (Price("EUR", 1, 200), Price("EUR", 12, 2000)))
DOMAINS = Option("domains", 1, 1, 10, (Price("EUR", 1, 100), Price("EUR", 12, 1100), Price("JPY", 1, 160)))
WEB = Product("web", Kind.HOSTING, "Web", "standard", PRICES, options=(MAILBOXES, DOMAINS))

HAD = [
    ("EUR", 1, {}, 1000),
    ("EUR", 12, {}, 10000),
    ("EUR", 1, {"mailboxes": 50}, 1000),
    ("EUR", 1, {"mailboxes": 60}, 1200),
    ("EUR", 1, {"mailboxes": 200, "domains": 10}, 1000 + 15 * 200 + 9 * 100),
    ("EUR", 12, {"domains": 2}, 11100),
    ("JPY", 1, {"domains": 2, "mailboxes": 50}, 1660),
]


@pytest.mark.parametrize(("currency", "months", "options", "price"), HAD)
def test_a_cycle_costs_its_price_and_that_of_what_is_more_than_included(
    currency: str, months: int, options: dict[str, int], price: int
) -> None:
    assert price_of(WEB, currency, months, options) == price


NOT_HAD = [
    ("USD", 1, {}, "web is not sold monthly in USD: there is monthly in EUR, yearly in EUR, monthly in JPY"),
    ("JPY", 12, {}, "web is not sold yearly in JPY"),
    ("EUR", 1, {"disks": 1}, "web has no option 'disks': there is mailboxes, domains"),
    ("EUR", 1, {"mailboxes": 55}, "mailboxes=55: web has from 50 to 200, 10 at a time"),
    ("EUR", 1, {"mailboxes": 40}, "mailboxes=40: web has from 50"),
    ("EUR", 1, {"mailboxes": 210}, "mailboxes=210: web has from 50 to 200"),
    ("EUR", 1, {"mailboxes": -10}, "mailboxes=-10"),
    ("JPY", 1, {"mailboxes": 60}, "more of mailboxes is not sold monthly in JPY"),
]


@pytest.mark.parametrize(("currency", "months", "options", "message"), NOT_HAD)
def test_what_is_not_sold_is_refused_with_what_there_is(
    currency: str, months: int, options: dict[str, int], message: str
) -> None:
    with pytest.raises(NotSold) as refused:
        price_of(WEB, currency, months, options)

    assert str(refused.value).startswith(message)


def test_of_what_was_not_asked_for_there_is_what_is_included() -> None:
    assert options_of(WEB, {"domains": 3}) == (("mailboxes", 50), ("domains", 3))


ALIGNED = [
    (Kind.HOSTING, True, 1, 1000, True),
    (Kind.OTHER, True, 12, 1000, True),
    (Kind.HOSTING, False, 1, 1000, False),
    (Kind.DOMAIN, True, 12, 1000, False),
    (Kind.ADD_ON, True, 1, 1000, False),
    (Kind.HOSTING, True, 1, 0, False),
    (Kind.HOSTING, True, 0, 1000, False),
]


@pytest.mark.parametrize(("kind", "align", "months", "price", "aligned"), ALIGNED)
def test_plans_are_billed_on_the_bill_day_and_others_on_their_own(
    kind: Kind, align: bool, months: int, price: int, aligned: bool
) -> None:
    product = Product("x", kind, "X", "standard", (), align=align)

    assert is_aligned(product, months, price) is aligned


def test_each_cycle_has_its_word() -> None:
    assert {word: cycle_of(word) for word in CYCLES} == CYCLES
    with pytest.raises(NotSold, match="'weekly' is no billing cycle"):
        cycle_of("weekly")
