"""A part of a price for a part of a cycle: a slice, and the two legs of a change. Each is rounded once, at the end."""

from dataclasses import dataclass

from mailgate.billing.money.amount import rounded
from mailgate.billing.period import Part


@dataclass(frozen=True, slots=True)
class Legs:
    """A change inside a period: what is given back of the old price, and what the new one costs."""

    credit_minor: int  # 0 or less
    charge_minor: int

    @property
    def net_minor(self) -> int:
        """What the change costs; below zero it gives back."""
        return self.credit_minor + self.charge_minor


def slice_of(price_minor: int, part: Part) -> int:
    """price x days / days of the cycle, in whole minor units. No daily price is rounded before."""
    return rounded(price_minor * part.days, part.cycle_days)


def unused(price_minor: int, part: Part) -> int:
    """The same part given back: as the charge, with the other sign."""
    return -slice_of(price_minor, part)


def legs(old_price_minor: int, new_price_minor: int, left: Part) -> Legs:
    """What a change costs on its day, which belongs to the new price already."""
    return Legs(unused(old_price_minor, left), slice_of(new_price_minor, left))
