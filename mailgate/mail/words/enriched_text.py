"""The words of text/enriched (RFC 1896) and of its forerunner text/richtext (RFC 1341), without their commands."""

import re

_COMMAND = re.compile(r"<<|<(/?[A-Za-z-]{1,60})>")
_UNSHOWN = frozenset({"param", "comment"})
_BREAKS = frozenset({"nl", "np", "paragraph", "/paragraph", "lb"})


def plain_words(source: str) -> str:
    """The text as it reads; lines stay as they are, for nobody needs them flowed anew."""
    pieces: list[str] = []
    unshown = 0
    at = 0
    for found in _COMMAND.finditer(source):
        if not unshown:
            pieces.append(source[at : found.start()])
        at = found.end()
        command = (found[1] or "").lower()
        if command.removeprefix("/") in _UNSHOWN:
            unshown = max(0, unshown + (-1 if command.startswith("/") else 1))
        elif not unshown:
            pieces.append("<" if command in ("", "lt") else "\n" if command in _BREAKS else "")
    pieces.append("" if unshown else source[at:])
    return "".join(pieces)
