"""The rules of money once more, by fractions and by another library of dates: no code of ours, and none like ours."""

from datetime import date
from fractions import Fraction
from math import floor

from dateutil.relativedelta import relativedelta


def half_up(exact: Fraction) -> int:
    """The nearest whole number, halves away from zero."""
    nearest = floor(abs(exact) + Fraction(1, 2))
    return nearest if exact >= 0 else -nearest


def percent(rate: str) -> Fraction:
    """A rate, of which text says the percentage."""
    return Fraction(rate) / 100


def month_later(anchor: date, months: int) -> date:
    """So many months later, or earlier, on the month's last day where it lacks the anchor's."""
    later: date = anchor + relativedelta(months=months)
    return later


def bill_day_in(day: date, bill_day: int, months: int = 0) -> date:
    """The bill day in the month of a day, or so many months later."""
    found: date = day.replace(day=1) + relativedelta(months=months, day=bill_day)
    return found
