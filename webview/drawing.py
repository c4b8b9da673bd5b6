"""What charts are drawn of: a place for bars with its lines and dates, bars, words, and the picture around them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup, escape

GAP = 0.25  # of the place of a bar
_TOP, _BOTTOM = 24, 22  # room for the legend above, and for dates below
_DATE = 58  # the room that a date takes
_RIGHT = 14  # for half of the last date


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a drawing, in the pixels of a place that is just as wide."""

    width: int
    height: int


WIDE, NARROW = Canvas(800, 210), Canvas(330, 210)


Tell = Callable[[float], str]
"""A number of a line in words."""


class Area:
    """Where the bars stand: numbers of the lines to the left of it, the legend above, dates below."""

    def __init__(self, canvas: Canvas, *, left: float) -> None:
        self.left = left
        self.width = canvas.width - left - _RIGHT
        self.top, self.bottom = _TOP, canvas.height - _BOTTOM
        self._canvas = canvas

    def levels(self, said: Sequence[tuple[float, str]]) -> Markup:
        """Lines across, each with its number."""
        lines = (line(self.left, y, self.left + self.width, y) for y, _ in said)
        return anchored("end", [*lines, *(word(self.left - 6, y + 4, number) for y, number in said)])

    def dates(self, said: Sequence[str], *, room: float = _DATE) -> Markup:
        """As many of the dates as there is room for, the last one among them; `room`: what one takes."""
        return anchored("middle", self._dates(said, room))

    def _dates(self, said: Sequence[str], room: float) -> Iterable[Markup]:
        place = self.width / max(len(said), 1)
        step = max(ceil(room / place), 1)
        for number in range(len(said) - 1, -1, -step):
            x = self.left + (number + 0.5) * place
            if said[number] and x >= room / 2:
                yield word(x, self._canvas.height - 5, said[number])


def legend_of(area: Area, *kinds: tuple[str, str]) -> Iterable[Markup]:
    """What each kind of mark says, in a line above the area."""
    x = area.left
    for kind, said in kinds:
        yield bar(kind, (x, 4, 9, 9))
        yield word(x + 14, 12, said)
        x += 34 + 6.5 * len(said)


_SVG = Markup('<svg class="picture" viewBox="0 0 {} {}" role="{}" aria-label="{}"><desc>{}</desc>{}</svg>')


def picture(
    title: str, conclusion: str, marks: Iterable[Markup], canvas: Canvas, *, with_links: bool = False
) -> Markup:
    """The whole drawing; its conclusion is told to whoever does not see it."""
    # What is an image has no parts to a screen reader, so one that has links is a group.
    role = "group" if with_links else "img"
    return _SVG.format(canvas.width, canvas.height, role, f"{title}: {conclusion}", conclusion, Markup("").join(marks))


def bar(kind: str, box: tuple[float, float, float, float]) -> Markup:
    """`box`: left, top, width, height."""
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(kind, *map(as_text, box))


def told(said: str, bars: Sequence[Markup]) -> Markup:
    """Marks with the words that a pointer shows; nothing for none."""
    return Markup("<g><title>{}</title>{}</g>").format(said, Markup("").join(bars)) if bars else Markup("")


def anchored(anchor: str, marks: Iterable[Markup]) -> Markup:
    """Words that stand to the left of their places, or around them: said once, for a picture has many."""
    return Markup('<g text-anchor="{}">{}</g>').format(anchor, Markup("").join(marks))


def line(left: float, top: float, right: float, bottom: float) -> Markup:
    """A thin line."""
    to = f"H{as_text(right)}" if top == bottom else f"L{as_text(right)} {as_text(bottom)}"
    return Markup('<path class="axis" d="M{} {}{}"/>').format(as_text(left), as_text(top), to)


def word(left: float, top: float, text: str, *, anchor: str = "start") -> Markup:
    """Words that begin, end or have their middle there."""
    side = Markup(' text-anchor="{}"').format(anchor) if anchor != "start" else Markup("")
    return Markup('<text x="{}" y="{}"{}>{}</text>').format(as_text(left), as_text(top), side, escape(text))


def as_text(value: float) -> str:
    """A length, to a tenth of a pixel."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
