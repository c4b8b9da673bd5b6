"""Questions about amounts: parts of prices, tax, the sums of a document, shares."""

from mailgate.billing import proration
from mailgate.billing.document.totals import totals
from mailgate.billing.money.amount import nearest_minor, split, times
from mailgate.billing.money.currencies import EXPONENTS
from mailgate.billing.period import Part
from mailgate.billing.question.days import told
from mailgate.billing.question.keys import (
    Answer,
    Json,
    currency,
    day,
    decimal_text,
    integer,
    is_given,
    needed,
    optional,
    part,
    span,
    taxed,
    weights,
    whole,
    yes_or_no,
)
from mailgate.billing.tax.groups import groups


def slice_of(asked: Json) -> Answer:
    """A part of a price, charged or given back."""
    price = whole(asked, "price_minor")
    currency(asked)
    days = _part(asked, "from", "to")
    is_credit = optional(asked, "credit", yes_or_no, False)
    amount = proration.unused(price, days) if is_credit else proration.slice_of(price, days)
    return {**told(days), "amount_minor": amount}


def change(asked: Json) -> Answer:
    """Both legs of a change of plan."""
    old, new = whole(asked, "old_price_minor"), whole(asked, "new_price_minor")
    currency(asked)
    legs = proration.legs(old, new, _part(asked, "on", None))
    return {"credit_minor": legs.credit_minor, "charge_minor": legs.charge_minor, "net_minor": legs.net_minor}


def _part(asked: Json, first: str, behind: str | None) -> Part:
    """Some days of a cycle, by their number or by dates: up to the cycle's end where no key says another."""
    if is_given(asked, "days") or is_given(asked, "cycle_days"):
        return part(asked)
    cycle = span(asked, "cycle_start", "cycle_end", least_days=1)
    start = needed(asked, first, day, lambda on: cycle.start <= on <= cycle.end)
    end = needed(asked, behind, day, lambda on: start <= on <= cycle.end) if behind else cycle.end
    return Part((end - start).days, cycle.days)


def tax(asked: Json) -> Answer:
    """Tax by groups of one rate."""
    currency(asked)
    inclusive = needed(asked, "inclusive", yes_or_no)
    lines = needed(asked, "lines", taxed("gross_minor" if inclusive else "net_minor"))
    found = groups(lines, inclusive=inclusive)
    net, of_them = sum(group.net_minor for group in found), sum(group.tax_minor for group in found)
    return {
        "groups": [
            {"rate": group.rate.text, "net_minor": group.net_minor, "tax_minor": group.tax_minor} for group in found
        ],
        "net_minor": net,
        "tax_minor": of_them,
        "gross_minor": net + of_them,
    }


def invoice(asked: Json) -> Answer:
    """The sums of a document."""
    currency(asked)
    found = totals(
        needed(asked, "lines", taxed("net_minor")),
        allowances=optional(asked, "allowances", taxed("amount_minor"), ()),
        charges=optional(asked, "charges", taxed("amount_minor"), ()),
        prepaid_minor=optional(asked, "prepaid_minor", integer, 0),
        rounding_minor=optional(asked, "rounding_minor", integer, 0),
    )
    return {
        "line_total_minor": found.line_total_minor,
        "tax_exclusive_minor": found.tax_exclusive_minor,
        "tax_minor": found.tax_minor,
        "tax_inclusive_minor": found.tax_inclusive_minor,
        "payable_minor": found.payable_minor,
        "groups": [
            {
                "category": group.category,
                "rate": group.rate.text,
                "taxable_minor": group.net_minor,
                "tax_minor": group.tax_minor,
            }
            for group in found.groups
        ],
    }


def line(asked: Json) -> Answer:
    """A price times a quantity."""
    price, quantity = needed(asked, "unit_price", decimal_text), needed(asked, "quantity", decimal_text)
    return {"net_minor": times(price, quantity, currency(asked))}


def nearest(asked: Json) -> Answer:
    """An amount in major units, as minor ones."""
    amount = needed(asked, "amount", decimal_text)
    return {"amount_minor": nearest_minor(amount, currency(asked))}


def shares(asked: Json) -> Answer:
    """Shares of a total."""
    total, by = whole(asked, "total_minor"), needed(asked, "weights", weights)
    return {"parts": list(split(total, by))}


def exponent(asked: Json) -> Answer:
    """How many digits a currency has."""
    return {"exponent": EXPONENTS[currency(asked)]}
