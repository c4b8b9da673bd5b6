"""The sums of a document as EN 16931 has them (BG-22, BG-23): lines, allowances, charges, tax by group, payable."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.billing.tax.groups import Group, Taxed, groups


@dataclass(frozen=True, slots=True)
class Totals:
    """What stands below the lines of a document; all in minor units."""

    line_total_minor: int  # BT-106
    tax_exclusive_minor: int  # BT-109
    tax_minor: int  # BT-110
    tax_inclusive_minor: int  # BT-112
    payable_minor: int  # BT-115
    groups: tuple[Group, ...]  # BG-23


def totals(
    lines: Sequence[Taxed],
    *,
    allowances: Sequence[Taxed] = (),
    charges: Sequence[Taxed] = (),
    prepaid_minor: int = 0,
    rounding_minor: int = 0,
) -> Totals:
    """Sum up a document whose amounts are without tax; an allowance lowers the group that it belongs to."""
    lowering = [Taxed(-one.amount_minor, one.rate, one.category) for one in allowances]
    taxed = (*lines, *lowering, *charges)
    found = groups(taxed, inclusive=False)
    exclusive, tax = sum(one.amount_minor for one in taxed), sum(group.tax_minor for group in found)
    return Totals(
        line_total_minor=sum(line.amount_minor for line in lines),
        tax_exclusive_minor=exclusive,
        tax_minor=tax,
        tax_inclusive_minor=exclusive + tax,
        payable_minor=exclusive + tax - prepaid_minor + rounding_minor,
        groups=found,
    )
