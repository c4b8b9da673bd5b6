"""Charts as inline SVG, drawn on the server: no script, no style attribute, readable in the dark and without colours.

Each has a title and a conclusion for those who do not see it; the page sets the numbers beside it as a table. A chart
is drawn twice, for a wide place and for the width of a phone, where letters would be too small else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from webview.drawing import GAP, WIDE, Area, Canvas, Tell, as_text, bar, legend_of, line, picture, told, word
from webview.scales import Logarithm, round_top, three_between

_DOTS = 82  # height of a picture of dots


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers of one day: all of it in words, and the date as it stands below."""

    name: str
    up: int
    down: int
    date: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A usual and a worst length of time of one week, in hours; None where there was nothing to measure."""

    name: str
    usual: float | None
    worst: float | None
    date: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """One thing that has lasted so many hours, with the page that it leads to."""

    name: str
    hours: float
    href: str


def pairs(
    title: str,
    conclusion: str,
    days: Sequence[Pair],
    *,
    legend: tuple[str, str],
    tell: Tell = str,
    canvas: Canvas = WIDE,
) -> Markup:
    """Bars upwards and downwards from a line, a pair each day; `legend` says what is above and below."""
    top = round_top(max([1, *(max(day.up, day.down) for day in days)]))
    area = Area(canvas, left=12 + 7 * len(tell(top)))
    middle, room = (area.top + area.bottom) / 2, (area.bottom - area.top) / 2
    marks = [*legend_of(area, ("up", legend[0]), ("down", legend[1]))]
    marks.append(area.levels([(area.top, tell(top)), (middle, tell(0)), (area.bottom, tell(top))]))
    marks.append(area.dates([day.date for day in days]))
    place = area.width / max(len(days), 1)
    for number, day in enumerate(days):
        left, width = area.left + number * place + place * GAP / 2, place * (1 - GAP)
        up, down = room * day.up / top, room * day.down / top
        bars = [bar("up", (left, middle - up, width, up))] if day.up else []
        bars += [bar("down", (left, middle, width, down))] if day.down else []
        marks.append(told(day.name, bars))
    return picture(title, conclusion, marks, canvas)


def spans(
    title: str,
    conclusion: str,
    weeks: Sequence[Span],
    *,
    legend: tuple[str, str],
    tell: Tell = str,
    canvas: Canvas = WIDE,
) -> Markup:
    """For each week a bar from its usual to its worst time, on a logarithmic scale."""
    hours = three_between([value for week in weeks for value in (week.usual, week.worst) if value is not None])
    scale = Logarithm(hours[0], hours[-1])
    area = Area(canvas, left=12 + 6.5 * max(len(tell(value)) for value in hours))

    def level(value: float) -> float:
        return area.bottom - (area.bottom - area.top) * scale(value)

    marks = [*legend_of(area, ("usual", legend[0]), ("span", legend[1]))]
    marks.append(area.levels([(level(value), tell(value)) for value in hours]))
    marks.append(area.dates([week.date for week in weeks]))
    place = area.width / max(len(weeks), 1)
    for number, week in enumerate(weeks):
        if week.usual is None or week.worst is None:
            continue
        left, width = area.left + number * place + place * 0.3, place * 0.4
        low, high = level(week.usual), level(week.worst)
        bars = [
            bar("span", (left, high, width, max(low - high, 3))),
            bar("usual", (left - place * 0.1, low - 1.5, width + place * 0.2, 3)),
        ]
        marks.append(told(week.name, bars))
    return picture(title, conclusion, marks, canvas)


def dots(title: str, conclusion: str, things: Sequence[Dot], *, tell: Tell = str, canvas: Canvas = WIDE) -> Markup:
    """A dot for each thing from the shortest to the longest time, on a logarithmic scale."""
    hours = three_between([thing.hours for thing in things])
    scale = Logarithm(hours[0], hours[-1])
    left, room, rows = 8, canvas.width - 16, (14, 28, 42)
    marks = [line(0, 56, canvas.width, 56)]
    for value, anchor in zip(hours, ("start", "middle", "end"), strict=True):
        x = left + room * scale(value)
        at = {"start": x - 6, "end": x + 6}.get(anchor, x)
        marks += [line(x, 4, x, 60), word(at, 74, tell(value), anchor=anchor)]
    for number, thing in enumerate(things):
        x, y = left + room * scale(thing.hours), rows[number % len(rows)]
        circle = Markup('<circle class="dot" cx="{}" cy="{}" r="5"><title>{}</title></circle>').format(
            as_text(x), y, thing.name
        )
        marks.append(Markup('<a href="{}">{}</a>').format(thing.href, circle))
    return picture(title, conclusion, marks, Canvas(canvas.width, _DOTS), with_links=True)


def alone(picture: Markup) -> str:
    """A picture as a file of its own, which any program that knows SVG shows, in light colours and in dark ones."""
    # Marks that lead to pages lead nowhere from a file; what they say stays.
    head, _, rest = _LINK.sub(r"<\1g>", str(picture)).partition(">")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head} xmlns="http://www.w3.org/2000/svg">{_STYLE}{rest}\n'


_LINK = re.compile(r"<(/?)a\b[^>]*>")
_STYLE = """<style>
svg { background: #ffffff; color-scheme: light dark; }
text { font: 11px system-ui, "DejaVu Sans", sans-serif; fill: #566170; }
.axis { stroke: #d8dee6; fill: none; }
.up, .usual { fill: #17599c; }
.down { fill: none; stroke: #0c5b3b; stroke-width: 1.5; }
.span { fill: #d8dee6; }
.place { fill: none; }
.mark { fill: none; stroke: #0c5b3b; stroke-width: 2.5; }
@media (prefers-color-scheme: dark) {
  svg { background: #1a2129; }
  text { fill: #a2aebb; }
  .axis { stroke: #303a46; }
  .up, .usual { fill: #82bdf2; }
  .down, .mark { stroke: #8fdcb3; }
  .span { fill: #303a46; }
}
</style>"""  # as style.css has it of pages
