"""Which characters the fonts have. PDF/A must embed every glyph, so typst refuses a text with one that it lacks."""

import unicodedata
from collections.abc import Callable

MISSING = "\ufffd"
"""What stands for a character that no font has."""

_MOST_KNOWN = 20_000
"""Characters whose answer is kept; all of Chinese, Japanese and Korean that names have."""


class Glyphs:
    """Asks once for each character; `is_drawn` tries it, which takes two milliseconds."""

    def __init__(self, is_drawn: Callable[[str], bool]) -> None:
        self._is_drawn = is_drawn
        self._known: dict[str, bool] = {}

    def drawable(self, text: str) -> tuple[str, frozenset[str]]:
        """The text with the sign for a missing one in the place of what no font has, and which those are.

        Control characters, surrogates and what Unicode has not given out are left out in silence: they show nothing.
        """
        kept = "".join(" " if sign in "\t\n\r" else sign for sign in text if not _is_nothing(sign))
        missing = frozenset(sign for sign in set(kept) if not self._has(sign))
        return "".join(MISSING if sign in missing else sign for sign in kept), missing

    def _has(self, sign: str) -> bool:
        if sign.isascii():
            return True
        if sign not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[sign] = self._is_drawn(sign)
        return self._known[sign]


def _is_nothing(sign: str) -> bool:
    return sign not in "\t\n\r" and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Cn", "Co")
