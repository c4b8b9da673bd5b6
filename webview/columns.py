"""Charts of amounts: a column for each month or age, perhaps with a mark at a second amount, each a link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mailgate.billing.money.currencies import unit
from webview.drawing import GAP, WIDE, Area, Canvas, as_text, bar, legend_of, picture
from webview.scales import round_top

_MARK = 12  # hundredths of its place, by which a mark is wider than its column on each side
_FINE = 10**6  # parts of a pixel, in whole numbers of which the height of an amount is reckoned


@dataclass(frozen=True, slots=True)
class Amount:
    """One column: all of it in words, its amount in minor units, a second one, and the page that it leads to."""

    name: str
    minor: int
    href: str
    date: str = ""  # what stands below
    mark_minor: int | None = None


def columns(
    title: str,
    conclusion: str,
    amounts: Sequence[Amount],
    *,
    currency: str,
    tell: Callable[[int], str],
    legend: Sequence[str] = (),
    room: int = 58,
    canvas: Canvas = WIDE,
) -> Markup:
    """Columns upwards from a line, and downwards for what is below zero.

    `tell`: a whole number of the currency's major units in words; `legend`: what columns and marks say; `room`: what
    the words below a column take.
    """
    values = [one.minor for one in amounts] + [one.mark_minor for one in amounts if one.mark_minor is not None]
    major = unit(currency)
    high, low = (_top(max(0, *(sign * value for value in (*values, 0))), major) for sign in (1, -1))
    high = high or (0 if low else 1)
    levels = tuple(dict.fromkeys((high, 0, -low)))
    area = Area(canvas, left=12 + 7 * max(len(tell(value)) for value in levels))

    def at(minor: int) -> int:
        below = (area.bottom - area.top) * _FINE * (high * major - minor) // ((high + low) * major)
        return area.top * _FINE + below

    marks = [*legend_of(area, *zip(("up", "mark"), legend, strict=False))]
    marks.append(area.levels([(at(value * major) / _FINE, tell(value)) for value in levels]))
    marks.append(area.dates([one.date for one in amounts], room=room))
    count = max(len(amounts), 1)
    place = area.width / count
    for number, one in enumerate(amounts):
        left, width = area.left + number * place, place * (1 - GAP)
        top, bottom = (y / _FINE for y in sorted((at(0), at(one.minor))))
        drawn = [bar("place", (left, area.top, place, area.bottom - area.top))]
        drawn += [bar("up", (left + place * GAP / 2, top, width, max(bottom - top, 1)))] if one.minor else []
        if one.mark_minor is not None:
            beyond, y = place * (GAP / 2 - _MARK / 100), at(one.mark_minor)
            drawn.append(_mark(*map(as_text, (left + beyond, y / _FINE, left + place - beyond))))
        if one.minor or one.mark_minor:
            marks.append(_linked(one, drawn))
    return picture(title, conclusion, marks, canvas, with_links=True)


def _top(most: int, major: int) -> int:
    """In major units; 0 for nothing."""
    return round_top(-(-most // major)) if most > 0 else 0


def _linked(one: Amount, drawn: Sequence[Markup]) -> Markup:
    return Markup('<a href="{}"><title>{}</title>{}</a>').format(one.href, one.name, Markup("").join(drawn))


def _mark(left: str, y: str, right: str) -> Markup:
    return Markup('<path class="mark" d="M{} {}H{}"/>').format(left, y, right)
