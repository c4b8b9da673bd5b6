"""Invitations as lines of text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.words.calendar_text import MAX_EVENTS, calendar_lines

ZONED = "DTSTART;TZID=Europe/Berlin:20260305T140000"


def calendar(*lines: str, method: str = "REQUEST") -> bytes:
    begin = ["BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VTIMEZONE", "TZID:x", "DTSTART:19700101T000000"]
    return "\r\n".join([*begin, "END:VTIMEZONE", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([ZONED, "SUMMARY:Move", "LOCATION:Room 1"], "2026-03-05 14:00 Europe/Berlin; Move; Room 1"),
        (["DTSTART:20260305T140000Z", "SUMMARY;LANGUAGE=en:Move"], "2026-03-05 14:00 UTC; Move"),
        (["DTSTART;VALUE=DATE:20260305", "SUMMARY:Holiday"], "2026-03-05; Holiday"),
        (["DTSTART:20260305T140000", "SUMMARY:Move"], "2026-03-05 14:00 (no time zone); Move"),
        (['DTSTART;TZID="W. Europe: winter":20260305T140000'], "2026-03-05 14:00 W. Europe: winter"),
        ([ZONED, "SUMMARY:A\\, b\\; c\\nd \\\\e"], "2026-03-05 14:00 Europe/Berlin; A, b; c d \\e"),
        ([ZONED, "SUMMARY:Mo", " ve"], "2026-03-05 14:00 Europe/Berlin; Move"),
        ([ZONED, "BEGIN:VALARM", "SUMMARY:Wake up", "END:VALARM"], "2026-03-05 14:00 Europe/Berlin"),
        (["DTSTART:soon", "SUMMARY:Move"], "no date; Move"),
        ([ZONED, "SUMMARY:a\u202eb\u200bc\x07"], "2026-03-05 14:00 Europe/Berlin; abc"),
    ],
)
def test_an_event_is_when_what_and_where(lines: list[str], text: str) -> None:
    assert calendar_lines(calendar(*lines)) == (f"Invitation: {text}",)


@pytest.mark.parametrize(
    ("method", "kind"), [("CANCEL", "Cancelled"), ("REPLY", "Answer to an invitation"), ("PUBLISH", "Calendar")]
)
def test_its_method_is_said(method: str, kind: str) -> None:
    assert calendar_lines(calendar(ZONED, method=method)) == (f"{kind}: 2026-03-05 14:00 Europe/Berlin",)


@pytest.mark.parametrize("content", [b"", b"Hello", b"BEGIN:VEVENT", b"END:VEVENT\nEND:VEVENT", b"\xff\0"])
def test_what_is_no_calendar_says_nothing(content: bytes) -> None:
    assert calendar_lines(content) == ()


@given(st.lists(st.sampled_from(["BEGIN:VEVENT", "END:VEVENT", ZONED, "SUMMARY:x", " y", ';:"', "\r", "\n"])))
def test_nothing_makes_it_raise(pieces: list[str]) -> None:
    assert len(calendar_lines("\r\n".join(pieces).encode())) <= MAX_EVENTS


@pytest.mark.alone
@pytest.mark.parametrize("piece", [b"\r", b" ", b"\r\n ", b"BEGIN:VEVENT\r\n", b";", b'"', b'A;="";', b"\\", b"A:"])
def test_none_costs_more_than_a_moment(piece: bytes) -> None:
    begin = time.perf_counter()
    calendar_lines(b"BEGIN:VEVENT\r\nSUMMARY" + piece * (1 << 18))

    assert time.perf_counter() - begin < 2
