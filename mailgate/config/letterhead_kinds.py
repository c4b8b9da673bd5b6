"""The kinds of settings that a letterhead has besides those that all sections share."""

from typing import Annotated

from mailgate.config.kinds import text
from mailgate.config.values import Kind, Shape
from mailgate.letters.colour import BadColour, read_colour
from mailgate.toml_text.problems import BadValue

MAX_LINES = 8
MAX_LINE = 72
"""Of a signature: it stands in the text part of each mail, too."""


def _colour(raw: str) -> str:
    try:
        return read_colour(raw)
    except BadColour as bad:
        raise BadValue(str(bad)) from None


def _lines(raw: list[str]) -> tuple[str, ...]:
    if len(raw) > MAX_LINES:
        raise BadValue(f"has {len(raw)} lines, and may have {MAX_LINES}")
    for line in raw:
        if not line.strip() or not line.isprintable() or len(line) > MAX_LINE:
            raise BadValue(f'"{line}" is not one line of 1 to {MAX_LINE} characters')
    return tuple(raw)


Colour = Annotated[str, text(_colour)]
Lines = Annotated[tuple[str, ...], Kind(Shape.LIST, _lines)]
