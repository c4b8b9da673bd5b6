"""Numbers that others have published, or complained about: what is right, and what they got that is wrong."""

from dataclasses import dataclass, field

import pytest

from tests.billing.asking import Keys, ask_of


@dataclass(frozen=True, slots=True)
class Published:
    """A question, what the answer says of it, and a wrong answer that was given somewhere."""

    source: str
    case: str
    question: Keys
    right: Keys
    wrong: Keys = field(default_factory=dict)


def slice_of(price_minor: int, days: int, cycle_days: int, currency: str = "EUR") -> Keys:
    """A part of a cycle."""
    return {"op": "slice", "price_minor": price_minor, "currency": currency, "days": days, "cycle_days": cycle_days}


def amount_minor(amount: int) -> Keys:
    """What the answer to such a question is."""
    return {"amount_minor": amount}


def gross(minor: int | tuple[int, ...], rate: str, currency: str = "EUR") -> Keys:
    """Prices with tax."""
    lines = [{"gross_minor": one, "rate": rate} for one in (minor if isinstance(minor, tuple) else (minor,))]
    return {"op": "tax", "currency": currency, "inclusive": True, "lines": lines}


def net(minor: int | tuple[int, ...], rate: str, currency: str = "EUR") -> Keys:
    """Prices without tax."""
    lines = [{"net_minor": one, "rate": rate} for one in (minor if isinstance(minor, tuple) else (minor,))]
    return {"op": "tax", "currency": currency, "inclusive": False, "lines": lines}


def taxed(net_minor: int, tax_minor: int) -> Keys:
    """What the answer to such a question is."""
    return {"net_minor": net_minor, "tax_minor": tax_minor, "gross_minor": net_minor + tax_minor}


def change(old: int, new: int, days: int, cycle_days: int) -> Keys:
    """A change of plan with so many days left."""
    prices = {"old_price_minor": old, "new_price_minor": new, "currency": "USD"}
    return {"op": "change", **prices, "days": days, "cycle_days": cycle_days}


def first(start: str, bill_day: int) -> Keys:
    """A start between two bill days."""
    return {"op": "first", "start": start, "bill_day": bill_day, "months": 1}


NOON = {"op": "local_date", "zone": "Etc/UTC"}
AUGUST = {"op": "cycles", "start": "2031-08-18", "end": "2032-01-01", "bill_day": 1, "months": 1}

PUBLISHED = (
    Published(
        "Stripe, docs of prorations",
        "10 to 20 at half of the period",
        change(1000, 2000, 15, 30),
        {"credit_minor": -500, "charge_minor": 1000, "net_minor": 500},
    ),
    Published("Lago, guide of upgrades", "100 a month, 14 of 31 days", slice_of(10_000, 14, 31), amount_minor(4516)),
    # The library computes to four digits: those of a unit of account that has them.
    Published("blesta/proration", "1 of 31 days", slice_of(1_000_000, 1, 31, "CLF"), amount_minor(32_258)),
    Published("blesta/proration", "29 of 31 days", slice_of(1_000_000, 29, 31, "CLF"), amount_minor(935_484)),
    Published("blesta/proration", "30 of 31 days", slice_of(1_000_000, 30, 31, "CLF"), amount_minor(967_742)),
    Published(
        "blesta/proration",
        "1.00 to 25.01, 4 of 28 days",
        change(100, 2501, 4, 28),
        {"credit_minor": -14, "charge_minor": 357, "net_minor": 343},
    ),
    Published("blesta/proration", "13 February, day 31", first("2015-02-13", 31), {"first_bill_on": "2015-02-28"}),
    Published("blesta/proration", "13 March, day 31", first("2015-03-13", 31), {"first_bill_on": "2015-03-31"}),
    Published(
        "Zuora, order metrics",
        "14 days of August and 4 months",
        AUGUST,
        {"leading": {"days": 14, "cycle_days": 31}, "whole": 4, "trailing": None},
    ),
    Published(
        "Zuora, order metrics", "156.33: 35 x 4, 14 of 30", slice_of(3500, 14, 30), amount_minor(15_633 - 14_000)
    ),
    Published(
        "Zuora, order metrics", "155.81: 35 x 4, 14 of 31", slice_of(3500, 14, 31), amount_minor(15_581 - 14_000)
    ),
    Published("Salesforce, proration", "90 a month, 8 of 31 days", slice_of(9000, 8, 31), amount_minor(2323)),
    Published(
        "mlytics, article 25",
        "a price of a day, rounded: 10 / 30 = 0.33, times 15",
        slice_of(1000, 15, 30),
        amount_minor(500),
        wrong=amount_minor(495),
    ),
    Published(
        "blesta/proration",
        "noon counts as a day",
        NOON | {"at": "2031-04-01T12:00:00Z", "plus_days": 0},
        {"date": "2031-04-01"},
    ),
    Published(
        "blesta/proration",
        "a second past noon does not",
        NOON | {"at": "2031-04-01T12:00:01Z", "plus_days": 0},
        {"date": "2031-04-01"},
        wrong={"date": "2031-04-02"},
    ),
    Published(
        "ERPNext 58712",
        "2 x 379 with 21 %",
        gross((37_900, 37_900), "21"),
        taxed(62_645, 13_155),
        wrong={"gross_minor": 75_799},
    ),
    Published("ERPNext 52333", "50,000 with 10 %, no digits", gross(50_000, "10", "JPY"), taxed(45_455, 4545)),
    Published(
        "Invoice Ninja 2101",
        "353.90 with 19 %",
        gross(35_390, "19"),
        taxed(29_739, 5651),
        wrong={"gross_minor": 35_389},
    ),
    Published("Invoice Ninja 10936", "138.66 and 19 %", net(13_866, "19"), {"gross_minor": 16_501}),
    Published(
        "EN 16931",
        "3 x 0.13 and 19 %: by document, not by line",
        net((13, 13, 13), "19"),
        taxed(39, 7),
        wrong={"tax_minor": 6},
    ),
    Published(
        "HMRC VATREC12010",
        "the nearest penny, though the total may be rounded down",
        net(99, "20", "GBP"),
        taxed(99, 20),
    ),
    Published(
        "Python, round(2.675, 2)",
        "as a float it is less than it says",
        {"op": "round", "amount": "2.675", "currency": "EUR"},
        amount_minor(268),
        wrong=amount_minor(267),
    ),
    Published(
        "dateutil, anchor + n months",
        "monthly from 31 January 2024",
        {"op": "sequence", "anchor": "2024-01-31", "months": 1, "count": 4},
        {"dates": ["2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]},
    ),
    *(
        Published("ISO 11649, libraries", base, {"op": "reference_make", "base": base}, {"reference": reference})
        for base, reference in (
            ("AB2G5", "RF68AB2G5"),
            ("1234512345", "RF451234512345"),
            ("TU06FX", "RF96TU06FX"),
            ("539007547034", "RF18539007547034"),
        )
    ),
    *(
        Published("ISO 4217", currency, {"op": "exponent", "currency": currency}, {"exponent": exponent})
        for currency, exponent in (("JPY", 0), ("ISK", 0), ("USD", 2), ("KWD", 3), ("CLF", 4))
    ),
)


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda one: f"{one.source}: {one.case}")
def test_what_is_published_is_what_we_say(published: Published) -> None:
    found = ask_of(published.question)

    assert {key: found.get(key) for key in published.right} == published.right
    assert all(found[key] != value for key, value in published.wrong.items())
