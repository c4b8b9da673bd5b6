"""Charts as inline SVG, drawn on the server: no script, no style attribute, readable in the dark and without colours.

Each has a title and a conclusion for those who do not see it; the page sets the numbers beside it as a table. A chart
is drawn twice, for a wide place and for the width of a phone, where letters would be too small else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup, escape

from webview.scales import Logarithm, round_top, three_between

_GAP = 0.25  # of the place of a bar
_TOP, _BOTTOM = 24, 22  # room for the legend above, and for dates below
_DATE = 58  # the room that a date takes
_RIGHT = 14  # for half of the last date
_DOTS = 82  # height of a picture of dots


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a drawing, in the pixels of a place that is just as wide."""

    width: int
    height: int


WIDE, NARROW = Canvas(800, 210), Canvas(330, 210)


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


Tell = Callable[[float], str]
"""A number of a line in words."""


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
    area = _Area(canvas, left=12 + 7 * len(tell(top)))
    middle, room = (area.top + area.bottom) / 2, (area.bottom - area.top) / 2
    marks = [*_legend(area, ("up", legend[0]), ("down", legend[1]))]
    marks.append(area.levels([(area.top, tell(top)), (middle, tell(0)), (area.bottom, tell(top))]))
    marks.append(area.dates([day.date for day in days]))
    place = area.width / max(len(days), 1)
    for number, day in enumerate(days):
        left, width = area.left + number * place + place * _GAP / 2, place * (1 - _GAP)
        up, down = room * day.up / top, room * day.down / top
        bars = [_bar("up", (left, middle - up, width, up))] if day.up else []
        bars += [_bar("down", (left, middle, width, down))] if day.down else []
        marks.append(_told(day.name, bars))
    return _picture(title, conclusion, marks, canvas)


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
    area = _Area(canvas, left=12 + 6.5 * max(len(tell(value)) for value in hours))

    def level(value: float) -> float:
        return area.bottom - (area.bottom - area.top) * scale(value)

    marks = [*_legend(area, ("usual", legend[0]), ("span", legend[1]))]
    marks.append(area.levels([(level(value), tell(value)) for value in hours]))
    marks.append(area.dates([week.date for week in weeks]))
    place = area.width / max(len(weeks), 1)
    for number, week in enumerate(weeks):
        if week.usual is None or week.worst is None:
            continue
        left, width = area.left + number * place + place * 0.3, place * 0.4
        low, high = level(week.usual), level(week.worst)
        bars = [
            _bar("span", (left, high, width, max(low - high, 3))),
            _bar("usual", (left - place * 0.1, low - 1.5, width + place * 0.2, 3)),
        ]
        marks.append(_told(week.name, bars))
    return _picture(title, conclusion, marks, canvas)


def dots(title: str, conclusion: str, things: Sequence[Dot], *, tell: Tell = str, canvas: Canvas = WIDE) -> Markup:
    """A dot for each thing from the shortest to the longest time, on a logarithmic scale."""
    hours = three_between([thing.hours for thing in things])
    scale = Logarithm(hours[0], hours[-1])
    left, room, rows = 8, canvas.width - 16, (14, 28, 42)
    marks = [_line(0, 56, canvas.width, 56)]
    for value, anchor in zip(hours, ("start", "middle", "end"), strict=True):
        x = left + room * scale(value)
        at = {"start": x - 6, "end": x + 6}.get(anchor, x)
        marks += [_line(x, 4, x, 60), _word(at, 74, tell(value), anchor=anchor)]
    for number, thing in enumerate(things):
        x, y = left + room * scale(thing.hours), rows[number % len(rows)]
        circle = Markup('<circle class="dot" cx="{}" cy="{}" r="5"><title>{}</title></circle>').format(
            _number(x), y, thing.name
        )
        marks.append(Markup('<a href="{}">{}</a>').format(thing.href, circle))
    return _picture(title, conclusion, marks, Canvas(canvas.width, _DOTS), with_links=True)


def alone(picture: Markup) -> str:
    """A picture as a file of its own, which any program that knows SVG shows, in light colours and in dark ones."""
    head, _, rest = str(picture).partition(">")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head} xmlns="http://www.w3.org/2000/svg">{_STYLE}{rest}\n'


_STYLE = """<style>
svg { background: #ffffff; color-scheme: light dark; }
text { font: 11px system-ui, "DejaVu Sans", sans-serif; fill: #566170; }
.axis { stroke: #d8dee6; fill: none; }
.up, .usual { fill: #17599c; }
.down { fill: none; stroke: #0c5b3b; stroke-width: 1.5; }
.span { fill: #d8dee6; }
@media (prefers-color-scheme: dark) {
  svg { background: #1a2129; }
  text { fill: #a2aebb; }
  .axis { stroke: #303a46; }
  .up, .usual { fill: #82bdf2; }
  .down { stroke: #8fdcb3; }
  .span { fill: #303a46; }
}
</style>"""  # as style.css has it of pages


class _Area:
    """Where the bars stand: numbers of the lines to the left of it, the legend above, dates below."""

    def __init__(self, canvas: Canvas, *, left: float) -> None:
        self.left = left
        self.width = canvas.width - left - _RIGHT
        self.top, self.bottom = _TOP, canvas.height - _BOTTOM
        self._canvas = canvas

    def levels(self, said: Sequence[tuple[float, str]]) -> Markup:
        """Lines across, each with its number."""
        lines = (_line(self.left, y, self.left + self.width, y) for y, _ in said)
        return _anchored("end", [*lines, *(_word(self.left - 6, y + 4, number) for y, number in said)])

    def dates(self, said: Sequence[str]) -> Markup:
        """As many of the dates as there is room for, the last one among them."""
        return _anchored("middle", self._dates(said))

    def _dates(self, said: Sequence[str]) -> Iterable[Markup]:
        place = self.width / max(len(said), 1)
        step = max(ceil(_DATE / place), 1)
        for number in range(len(said) - 1, -1, -step):
            x = self.left + (number + 0.5) * place
            if said[number] and x >= _DATE / 2:
                yield _word(x, self._canvas.height - 5, said[number])


def _legend(area: _Area, *kinds: tuple[str, str]) -> Iterable[Markup]:
    x = area.left
    for kind, said in kinds:
        yield _bar(kind, (x, 4, 9, 9))
        yield _word(x + 14, 12, said)
        x += 34 + 6.5 * len(said)


_SVG = Markup('<svg class="picture" viewBox="0 0 {} {}" role="{}" aria-label="{}"><desc>{}</desc>{}</svg>')


def _picture(
    title: str, conclusion: str, marks: Iterable[Markup], canvas: Canvas, *, with_links: bool = False
) -> Markup:
    # What is an image has no parts to a screen reader, so one that has links is a group.
    role = "group" if with_links else "img"
    return _SVG.format(canvas.width, canvas.height, role, f"{title}: {conclusion}", conclusion, Markup("").join(marks))


def _bar(kind: str, box: tuple[float, float, float, float]) -> Markup:
    """`box`: left, top, width, height."""
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(kind, *map(_number, box))


def _told(said: str, bars: Sequence[Markup]) -> Markup:
    return Markup("<g><title>{}</title>{}</g>").format(said, Markup("").join(bars)) if bars else Markup("")


def _anchored(anchor: str, marks: Iterable[Markup]) -> Markup:
    """Words that stand to the left of their places, or around them: said once, for a picture has many."""
    return Markup('<g text-anchor="{}">{}</g>').format(anchor, Markup("").join(marks))


def _line(left: float, top: float, right: float, bottom: float) -> Markup:
    to = f"H{_number(right)}" if top == bottom else f"L{_number(right)} {_number(bottom)}"
    return Markup('<path class="axis" d="M{} {}{}"/>').format(_number(left), _number(top), to)


def _word(left: float, top: float, text: str, *, anchor: str = "start") -> Markup:
    side = Markup(' text-anchor="{}"').format(anchor) if anchor != "start" else Markup("")
    return Markup('<text x="{}" y="{}"{}>{}</text>').format(_number(left), _number(top), side, escape(text))


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
