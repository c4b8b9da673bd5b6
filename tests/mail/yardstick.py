"""What a second of this core is worth: told by work that is none of ours, done in the same process just before.

A second of a slow core, or of one whose caches others use, is less work than a second of a quick one. The standard
library's parser walks through pages; bounds of processor time hold on a core that takes `SECONDS` for them, and a
slower one has so much longer.
"""

import time
from html.parser import HTMLParser

SECONDS = 0.045
"""Of processor time, on a core of an ordinary rented machine that does nothing else."""

_PAGES = "<p style='color: red'>Some words &amp; <a href='https://ash.example/1'>a link</a></p>\n" * 2_000


def slowness() -> float:
    """How many times the named core's time this one needs now for the same work; a quicker one has the whole bound."""
    began = time.process_time()
    HTMLParser().feed(_PAGES)
    return max(1.0, (time.process_time() - began) / SECONDS)
