"""Dates as programs write them."""

import pytest

from mailgate.mail.wire.date import read_date

NOON = "2026-11-23T12:30:05"
ZONES = [
    ("+0130", "+01:30"),
    ("+01:30", "+01:30"),
    ("+01:30:00", "+01:30"),
    ("GMT+0130", "+01:30"),
    ("GMT+1:30", "+01:30"),
    ("UTC-3", "-03:00"),
    ("UTC +02", "+02:00"),
    ("+2", "+02:00"),
    ("-330", "-03:30"),
    ("(GMT-05:00) Lima", "-05:00"),
    ("+0200 (EET)", "+02:00"),
    ("+0200 GMT", "+02:00"),
    ("\N{MINUS SIGN}0300", "-03:00"),
    ("CEST", "+02:00"),
    ("(MESZ)", "+02:00"),
    ("JST", "+09:00"),
    ("EST", "-05:00"),
    ("GMT", "+00:00"),
    ("Z", "+00:00"),
    ("-0000", "+00:00"),
    ("", "+00:00"),
]


@pytest.mark.parametrize(("zone", "offset"), ZONES)
def test_the_offset_of_the_sender_is_kept(zone: str, offset: str) -> None:
    for date in (
        f"Mon, 23 Nov 2026 12:30:05 {zone}",
        f"Mon Nov 23 2026 12:30:05 {zone}",
        f"2026-11-23 12:30:05 {zone}",
    ):
        read, understood = read_date(date)

        assert (read.isoformat() if read else None, understood) == (NOON + offset, True), date


@pytest.mark.parametrize(
    ("date", "read"),
    [
        ("Mon, 23 Nov 2026 12:30:05+0200", NOON + "+02:00"),
        ("Mon, 23 Nov 2026 12:30:05.250 +0200", NOON + "+02:00"),
        ("2026-11-23T12:30:05.25+02:00", NOON + "+02:00"),
        ("Mon Nov 23 12:30:05 CET 2026", NOON + "+01:00"),
        ("Mon Nov 23 12:30:05 2026", NOON + "+00:00"),
        ("Mon Nov 23 12:30:05 2026 +0100", NOON + "+01:00"),
        ("Mon Nov 23 2026 12:30:05 GMT-0330 (Newfoundland Standard Time)", NOON + "-03:30"),
    ],
)
def test_the_order_and_the_fraction_do_not_matter(date: str, read: str) -> None:
    found, understood = read_date(date)

    assert (found.isoformat() if found else None, understood) == (read, True)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "XYZ", "EST5EDT"])
def test_a_zone_that_nobody_knows_is_not_understood(zone: str) -> None:
    read, understood = read_date(f"Mon, 23 Nov 2026 12:30:05 {zone}")

    assert read is not None
    assert not understood


@pytest.mark.parametrize("date", ["", "noon", "12:30", "Mon, 23 Nov 2026 12:30:05 +9999", "+" * 200, "1:11+" * 60])
def test_what_is_no_date_is_none(date: str) -> None:
    assert read_date(date) == (None, False)
