"""Values of events, also such as somebody may have chosen: names of people, replies of servers, subjects."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from mailgate.tickets.events import Detail

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=1)))

SAMPLES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "#12",
    "dora@other.example",
    "Anne #7 <bart@hosting.example>",
    "{by}",
    "{reply} {other}",
    "closed by Bart Jones",
    "two\nlines\r\n\r\nFrom anne",
    "\u202eevil",
    "& &amp; **bold** [link](http://x.example)",
    "the operator",
    "",
)

HOSTILE = st.one_of(st.sampled_from(SAMPLES), st.text(max_size=40))


def a_value(detail: Detail, word: str = "x", number: int = 7) -> Any:
    """One that fits."""
    if detail.one_of:
        return detail.one_of[0]
    return {str: word, int: number, datetime: NOON, date: NOON.date(), tuple: (word,)}[detail.type]
