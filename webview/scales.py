"""Scales of charts: which numbers stand at their lines, and where a value is between them."""

import math
from collections.abc import Sequence

_TOPS = (1, 2, 3, 4, 5, 6, 8, 10)
_HOURS = (1 / 60, 1 / 12, 1 / 4, 1 / 2, 1, 2, 4, 8, 12, 24, 48, 96, 168, 336, 720, 2160, 8760, 87600, 876000)
"""A minute to a hundred years, by lengths of time that people think in."""


def round_top(most: int) -> int:
    """The smallest round number that is not below the highest value."""
    ten = int("1" + "0" * (len(str(most)) - 1))
    return next(top * ten for top in _TOPS if top * ten >= most)


def three_between(hours: Sequence[float]) -> tuple[float, float, float]:
    """Three lengths of time in hours: all of these lie between the first and the last."""
    least, most = min(hours, default=1), max(hours, default=1)
    low = max((at for at, mark in enumerate(_HOURS) if mark <= least), default=0)
    high = min((at for at, mark in enumerate(_HOURS) if mark >= most), default=len(_HOURS) - 1)
    high = max(high, low + 2)
    low = min(low, len(_HOURS) - 3)
    high = min(high, len(_HOURS) - 1)
    middle = math.sqrt(_HOURS[low] * _HOURS[high])
    between = min(_HOURS[low + 1 : high], key=lambda mark: abs(math.log(mark / middle)))
    return _HOURS[low], between, _HOURS[high]


class Logarithm:
    """From 0 at the first of two values to 1 at the last: an hour and a week on one line."""

    def __init__(self, first: float, last: float) -> None:
        self._first = math.log(first)
        self._room = math.log(last) - self._first

    def __call__(self, value: float) -> float:
        """Where it is; what lies outside stands at the end."""
        return min(max((math.log(value) - self._first) / self._room, 0.0), 1.0) if value > 0 else 0.0
