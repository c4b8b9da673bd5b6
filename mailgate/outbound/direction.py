"""Addresses, commands and numbers among words that run from right to left: each must read as it is to be typed.

By itself the bidirectional algorithm puts the mark of `!close` behind its word, and turns `[#1042]` around (UAX #9).
"""

import re
from html import escape

RTL = "rtl"

# What is typed in ASCII, with the blanks in it: `!add bob@example.org`, `https://desk.example.net/kb`, `[#1042]`.
_RUN = re.compile(r"[!-~]+(?: +[!-~]+)*")
_AROUND_RUN = re.compile(r"\A[\"'(*,.:;-]*|[\"'),.:;-]*\Z")
_SAYS_SOMETHING = re.compile(r"[A-Za-z]|[!#][0-9]")  # digits alone stand right among letters of either direction

# In plain text only what would be turned around: every further mark would be copied with an address.
_TURNED = re.compile(r"![A-Za-z][A-Za-z-]*(?: +[A-Za-z0-9@._+#-]*[A-Za-z0-9])*|\[#[0-9]+\]|#[0-9]+")
_OF_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ISOLATE, _END = "\u2066", "\u2069"  # LRI and PDI, which readers of commands pass over


def isolated_html(words: str) -> str:
    """Words as HTML, each run of them from left to right in an element of its own."""
    if not _OF_RIGHT_TO_LEFT.search(words):
        return _bdi(words) if _SAYS_SOMETHING.search(words) else escape(words)
    written, end = [], 0
    for run in _RUN.finditer(words):
        bare = _AROUND_RUN.sub("", run[0])
        if not _SAYS_SOMETHING.search(bare):
            continue
        begin = run.start() + run[0].index(bare)
        written += [escape(words[end:begin]), _bdi(bare)]
        end = begin + len(bare)
    return "".join((*written, escape(words[end:])))


def isolated_text(text: str) -> str:
    """Plain text in which commands and numbers within lines from right to left read as they are typed."""
    lines = (
        _TURNED.sub(lambda run: f"{_ISOLATE}{run[0]}{_END}", line) if _OF_RIGHT_TO_LEFT.search(line) else line
        for line in text.split("\n")
    )
    return "\n".join(lines)


def _bdi(words: str) -> str:
    return f'<bdi dir="ltr">{escape(words)}</bdi>'
