"""What CSS says of the looks of a text as far as it changes what can be read: hidden, too small, with its blanks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from mailgate.mail.bounds import MAX_SHEET, MAX_VALUE


@dataclass(frozen=True, slots=True)
class Style:
    """What one element's declarations say; None: nothing, it is as around it."""

    hides: bool = False
    displays: bool = False  # `display` is given, and is not `none`
    preserves: bool | None = None  # blanks and line ends
    is_tiny: bool | None = None  # too small to be read; what stands in it may have a size again

    def hiding(self) -> "Style":
        """The same, and hidden."""
        return replace(self, hides=True)


NO_STYLE = Style()

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"([{}])")
_SELECTOR = re.compile(r"[a-z0-9]*([.#][\w-]{1,100})\Z", re.IGNORECASE)
_ZERO = re.compile(r"(?:0*\.?0*(?:[a-z]{1,4}|%)?|1p[xt])\Z")
_FAR = re.compile(r"-\d{3,6}(?:px|pt|em|rem|%)\Z")
_SIZE = re.compile(r"(\d{0,6}(?:\.\d{0,6})?)(px|pt|em|rem|%)?(?:/.*)?\Z")
_MATTERS = re.compile(r"display|visib|opacity|font|height|width|white-space|indent|left|background", re.IGNORECASE)


@lru_cache(maxsize=1024)
def read_style(style: str) -> Style:
    """Read the declarations of one element or rule, as a `style` attribute has them."""
    if not _MATTERS.search(style):
        return NO_STYLE
    given: dict[str, str] = {}
    for declaration in style.lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            given[name.strip()] = value.partition("!")[0].strip()
    display = given.get("display")
    return Style(
        hides=display == "none" or given.get("visibility") in ("hidden", "collapse") or _is_nowhere(given),
        displays=display not in (None, "none"),
        preserves=None if (space := given.get("white-space")) is None else space.startswith(("pre", "break-spaces")),
        is_tiny=_is_tiny(given),
    )


def _is_nowhere(given: Mapping[str, str]) -> bool:
    """It is there and takes no room, or cannot be seen: so are the lines that a list of mails shows."""
    color = given.get("color")
    if color and color in (given.get("background-color"), given.get("background")):
        return True
    if any(_FAR.match(given.get(side, "")) for side in ("left", "top", "text-indent")):
        return True
    if given.get("opacity") in ("0", "0.0", "0%", ".0"):
        return True
    sizes = ("max-height", "height", "max-width", "width")
    return given.get("overflow") == "hidden" and any(_is_zero(given.get(size)) for size in sizes)


def _is_zero(value: str | None) -> bool:
    return bool(value) and _ZERO.match(value or "") is not None


def _is_tiny(given: Mapping[str, str]) -> bool | None:
    sizes = [given["font-size"]] if "font-size" in given else given.get("font", "").split()
    for size in sizes:
        found = _SIZE.match(size)
        if found and found[1].strip("."):
            return float(found[1]) <= (1 if found[2] in ("px", "pt") else 0)
    return None if "font-size" not in given else False


def hidden_names(sheet: str, names: set[str]) -> None:
    """Add what a style sheet hides, `.class` and `#id`, to the names; what it shows again goes.

    Only rules for one class or id, and none that hold for some screens alone (`@media`).
    """
    selectors: list[str] = []
    pieces = _BRACE.split(_COMMENT.sub(" ", sheet[:MAX_SHEET]))  # the last one has no brace behind it
    for text, brace in zip(pieces[::2], pieces[1::2], strict=False):
        if brace == "{":
            selectors.append(text.strip())
        elif selectors:
            selector = selectors.pop()
            style = read_style(text[:MAX_VALUE])
            if selectors or not (style.hides or style.displays):
                continue
            for one in selector.split(","):
                if found := _SELECTOR.match(one.strip()):
                    (names.add if style.hides else names.discard)(found[1])
