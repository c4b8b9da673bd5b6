"""Colours of a letterhead: whether words in one can be read on another (WCAG 2.2, relative luminance and contrast)."""

import re

from mailgate.errors import Permanent

USUAL = "#1f5fa8"
"""Of links and buttons, where the settings name no other."""

WHITE = "#ffffff"
DARK = "#1e1e1e"
"""The ground of a mail in the dark, in most clients this or darker."""

LEAST_CONTRAST = 4.5
"""Between words and what is behind them: success criterion 1.4.3."""

_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_STEPS = 20  # from a colour to white


class BadColour(Permanent):
    """Not a colour, or none that words can be read in."""


def read_colour(words: str) -> str:
    """`#rrggbb` in lower case, in which words can be read on white, and white ones on it. Raises BadColour."""
    colour = words.lower()
    if not _COLOUR.match(colour):
        raise BadColour(f'"{words}" is not a colour, such as {USUAL}')
    contrast = contrast_of(colour, WHITE)
    if contrast < LEAST_CONTRAST:
        least = f"{LEAST_CONTRAST} : 1 is the least"
        raise BadColour(f'"{words}" is too light to be read on white: a contrast of {contrast:.1f} : 1, {least}')
    return colour


def contrast_of(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def on_dark(colour: str) -> str:
    """The same colour, as much lighter as it takes to be read on dark ground."""
    parts = _parts(colour)
    for step in range(_STEPS):
        lighter = "#" + "".join(f"{round(part + (255 - part) * step / _STEPS):02x}" for part in parts)
        if contrast_of(lighter, DARK) >= LEAST_CONTRAST:
            return lighter
    return WHITE


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
