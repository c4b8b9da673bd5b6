"""Words of strangers where they are printed: nothing in them can begin a line, hide one, or command a terminal."""

import re

# Line ends and terminal sequences (C0, DEL, C1), Unicode's line ends, marks that turn the writing direction, and halves
# of surrogate pairs: what a stranger could forge a line with, or hide one.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(line: str) -> str:
    """The line with each of them as an escape that can be read, such as `\\x1b`."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), line)
