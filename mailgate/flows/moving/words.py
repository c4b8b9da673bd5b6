"""Words, days and amounts as older systems write them; one that may mean two things is not guessed at."""

import re
from datetime import date

from mailgate.billing.offer.product import CYCLES
from mailgate.billing.period import read_day

NO_ANSWER = "it is neither yes nor no"
NO_DAY = "it is no day: write it as 2026-12-31"

_YES_OR_NO = {"yes": True, "1": True, "true": True, "on": True, "no": False, "0": False, "false": False, "off": False}
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z")
_WITH_COMMA = re.compile(r"-?\d+,\d{1,4}\Z")
_CYCLES = {
    **CYCLES,
    "annually": 12,
    "semi-annually": 6,
    "biennially": 24,
    "triennially": 36,
}


def yes_or_no(text: str) -> bool | None:
    """None: neither."""
    return _YES_OR_NO.get(text.lower())


def day_of(text: str) -> date | None:
    """A day as 2026-12-31 or 31.12.2026; None: it is none, or might be two, as 3/4/2026."""
    found = _GERMAN_DAY.match(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else read_day(text)
    except ValueError:
        return None


def cycle_in(text: str) -> int | None:
    """The months of a cycle by our word or by that of other systems; None: it is none."""
    word = "-".join(text.lower().replace("-", " ").split())
    return _CYCLES.get({"semiannually": "semi-annually", "onetime": "one-time"}.get(word, word))


def amount_in(text: str) -> str:
    """An amount with a point: "11,90" is 11.90. What might be thousands, "1.190,00", stays as it is."""
    return text.replace(",", ".") if _WITH_COMMA.match(text) else text
