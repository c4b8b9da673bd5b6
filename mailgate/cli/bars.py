"""Figures drawn with the block characters of a terminal."""

import math
from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL, _LINE, _USUAL, _WORST = "█", "━", "●", "┫"


def bar(value: float, most: float, room: int) -> str:
    """A bar of at most `room` places, to an eighth of one; the smallest that is not nothing can be seen."""
    if value <= 0 or most <= 0:
        return ""
    eighths = max(round(room * 8 * value / most), 1)
    return f"{_FULL * (eighths // 8)}{_EIGHTHS[eighths % 8]}".rstrip()


def spans(values: Sequence[tuple[float, float] | None], room: int) -> list[str]:
    """For each usual and worst value a line from one to the other, on one logarithmic scale; None: there was none."""
    found = [math.log1p(value) for pair in values if pair for value in pair]
    if not found:
        return ["" for _ in values]
    low, high = min(found), max(found)

    def place(value: float) -> int:
        return round((room - 1) * (math.log1p(value) - low) / (high - low)) if high > low else 0

    return [_span(place(pair[0]), place(pair[1])) if pair else "" for pair in values]


def _span(usual: int, worst: int) -> str:
    return f"{' ' * usual}{_USUAL}{_LINE * (worst - usual - 1)}{_WORST if worst > usual else ''}"
