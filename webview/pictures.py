"""Charts as inline SVG, drawn on the server: no script, no style attribute, readable in the dark and without colours.

Each has a title and a conclusion for those who do not see it; the page sets the numbers beside it as a table.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640, 160
_GAP = 0.25  # of the place of a bar


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers of one day, and both in words."""

    name: str
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Span:
    """A usual and a worst value of one week; None where there was nothing to measure."""

    name: str
    usual: float | None
    worst: float | None


@dataclass(frozen=True, slots=True)
class Dot:
    """One thing that has a value, with the page that it leads to."""

    name: str
    value: float
    href: str


def pairs(title: str, conclusion: str, days: Sequence[Pair], *, ends: tuple[str, str]) -> Markup:
    """Bars upwards and downwards from a line, a pair each day; `ends` are the words above and below the highest."""
    most = max([1, *(max(day.up, day.down) for day in days)])
    place, middle = WIDTH / max(len(days), 1), HEIGHT / 2
    room = middle - 14
    marks = [_line(0, middle, WIDTH, middle), _word(2, 11, ends[0]), _word(2, HEIGHT - 3, ends[1])]
    for number, day in enumerate(days):
        left, width = number * place + place * _GAP / 2, place * (1 - _GAP)
        up, down = room * day.up / most, room * day.down / most
        bars = [_bar("up", (left, middle - up, width, up))] if day.up else []
        bars += [_bar("down", (left, middle, width, down))] if day.down else []
        marks.append(_told(day.name, bars))
    return _picture(title, conclusion, marks)


def spans(title: str, conclusion: str, weeks: Sequence[Span], *, words: Sequence[str]) -> Markup:
    """For each week a bar from its usual to its worst value, on a logarithmic scale; `words` say both for each week."""
    values = [value for week in weeks for value in (week.usual, week.worst) if value is not None]
    scale = _Scale(values)
    place = WIDTH / max(len(weeks), 1)
    marks = [_line(0, HEIGHT - 16, WIDTH, HEIGHT - 16)]
    for number, (week, said) in enumerate(zip(weeks, words, strict=True)):
        left, width = number * place + place * 0.3, place * 0.4
        marks.append(_word(number * place + 2, HEIGHT - 3, week.name))
        if week.usual is None or week.worst is None:
            continue
        low, high = (HEIGHT - 20) * (1 - scale(week.usual)), (HEIGHT - 20) * (1 - scale(week.worst))
        bars = [
            _bar("span", (left, high, width, max(low - high, 3))),
            _bar("usual", (left - 4, low - 1.5, width + 8, 3)),
        ]
        marks.append(_told(said, bars))
    return _picture(title, conclusion, marks)


def dots(title: str, conclusion: str, things: Sequence[Dot], *, ends: tuple[str, str]) -> Markup:
    """A dot for each thing from small to large on a logarithmic scale; `ends` are the words at both ends."""
    scale = _Scale([thing.value for thing in things])
    height, rows = 76, (18, 30, 42)
    marks = [_line(0, 54, WIDTH, 54), _word(2, 70, ends[0]), _word(WIDTH - 2, 70, ends[1], at_end=True)]
    for number, thing in enumerate(things):
        x, y = 8 + (WIDTH - 16) * scale(thing.value), rows[number % len(rows)]
        circle = Markup('<circle class="dot" cx="{}" cy="{}" r="5"><title>{}</title></circle>').format(
            _number(x), y, thing.name
        )
        marks.append(Markup('<a href="{}">{}</a>').format(thing.href, circle))
    return _picture(title, conclusion, marks, height=height, with_links=True)


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


class _Scale:
    """From 0 to 1 by the logarithm: an hour and a week on one line."""

    def __init__(self, values: Sequence[float]) -> None:
        self._low = math.log(1 + min(values, default=0))
        self._room = math.log(1 + max(values, default=0)) - self._low

    def __call__(self, value: float) -> float:
        return (math.log(1 + value) - self._low) / self._room if self._room else 0.5


_SVG = Markup('<svg class="picture" viewBox="0 0 {} {}" role="{}" aria-label="{}"><desc>{}</desc>{}</svg>')


def _picture(
    title: str, conclusion: str, marks: Iterable[Markup], *, height: int = HEIGHT, with_links: bool = False
) -> Markup:
    # What is an image has no parts to a screen reader, so one that has links is a group.
    role = "group" if with_links else "img"
    return _SVG.format(WIDTH, height, role, f"{title}: {conclusion}", conclusion, Markup("").join(marks))


def _bar(kind: str, box: tuple[float, float, float, float]) -> Markup:
    """`box`: left, top, width, height."""
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(kind, *map(_number, box))


def _told(said: str, bars: Sequence[Markup]) -> Markup:
    return Markup("<g><title>{}</title>{}</g>").format(said, Markup("").join(bars)) if bars else Markup("")


def _line(left: float, top: float, right: float, bottom: float) -> Markup:
    return Markup('<path class="axis" d="M{} {}L{} {}"/>').format(*map(_number, (left, top, right, bottom)))


def _word(left: float, top: float, text: str, *, at_end: bool = False) -> Markup:
    end = Markup(' text-anchor="end"') if at_end else Markup("")
    return Markup('<text x="{}" y="{}"{}>{}</text>').format(_number(left), _number(top), end, escape(text))


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
