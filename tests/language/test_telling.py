"""Dates, lengths of time, sizes and counts as their reader writes them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mailgate.language.telling import (
    day,
    file_size,
    full_date,
    moment,
    month,
    number,
    plural,
    short_day,
    short_month,
    span,
    speaking,
)

AT = datetime(2026, 11, 30, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "Mon 30 Nov, 08:01"),
        ("en-US", "Mon, Nov 30, 8:01\u202fAM"),
        ("de", "Mo. 30. Nov., 08:01"),
        ("de-AT", "Mo. 30. Nov., 08:01"),
        ("fr", "lun. 30 nov., 08:01"),
        ("nl", "ma 30 nov, 08:01"),
        ("xx", "Mon 30 Nov, 08:01"),
    ],
)
def test_an_instant_is_told_in_the_language_and_zone_of_its_reader(language: str, wanted: str) -> None:
    with speaking(language, "Europe/Berlin", at=AT):
        assert moment(AT) == wanted
        assert moment(AT.isoformat()) == wanted


def test_the_day_is_the_reader_s_own() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)

    with speaking("en", "Asia/Tokyo", at=AT):
        assert (moment(late), day(late), day(date(2026, 11, 30))) == ("Tue 1 Dec, 08:30", "Tue 1 Dec", "Mon 30 Nov")
    with speaking("en", "America/New_York", at=AT):
        assert moment(late) == "Mon 30 Nov, 18:30"


@pytest.mark.parametrize(("language", "wanted"), [("en", "Thu 1 Jan 2026"), ("de", "Do. 1. Jan. 2026")])
def test_a_day_of_another_year_is_told_with_it(language: str, wanted: str) -> None:
    with speaking(language, "UTC", at=datetime(2027, 1, 1, tzinfo=UTC)):
        assert day("2026-01-01") == wanted
        assert moment("2026-01-01T08:00:00+00:00") == f"{wanted}, 08:00"
    with speaking(language, "UTC"):
        assert day("2026-01-01") == wanted.removesuffix(" 2026")


def test_a_date_in_a_list_is_told_with_its_year_always() -> None:
    with speaking("en", "UTC", at=AT):
        assert full_date(AT) == full_date("2026-11-30") == "30 Nov 2026"
        assert short_day(AT) == short_day("2026-11-30") == "30 Nov"
        assert (month("2026-11-30"), short_month("2026-11-30")) == ("November 2026", "Nov 2026")
    with speaking("de", "UTC"):
        assert full_date(AT) == "30.11.2026"
        assert short_day(AT) == "30. Nov."
        assert (month("2026-03-01"), short_month(AT)) == ("März 2026", "Nov. 2026")


@pytest.mark.parametrize("words", ["2026-03-03 10:00 CET", "soon", "Tomorrow", ""])
def test_words_that_are_no_instant_stay_as_they_are(words: str) -> None:
    assert (moment(words), full_date(words), span(words), file_size(words)) == (words,) * 4
    assert (moment(None), day(None), number(None)) == ("", "", "")


@pytest.mark.parametrize(
    ("length", "in_english", "in_german"),
    [
        (timedelta(days=2, hours=4, minutes=5), "2 days 4 hours", "2 Tage 4 Stunden"),
        (timedelta(days=1), "1 day", "1 Tag"),
        (timedelta(hours=1, minutes=40), "1 hour 40 minutes", "1 Stunde 40 Minuten"),
        (timedelta(minutes=40), "40 minutes", "40 Minuten"),
        (timedelta(seconds=3), "1 minute", "1 Minute"),
    ],
)
def test_a_length_of_time_is_told_by_its_largest_units(length: timedelta, in_english: str, in_german: str) -> None:
    with speaking("en", "UTC"):
        assert span(length) == span(length.total_seconds()) == in_english
    with speaking("de", "UTC"):
        assert span(length) == in_german


@pytest.mark.parametrize(
    ("size", "in_english", "in_german"),
    [
        (1, "1 byte", "1 Byte"),
        (640, "640 bytes", "640 Byte"),
        (2048, "2 kB", "2 kB"),
        (88_210, "88 kB", "88 kB"),
        (1_440_000, "1.4 MB", "1,4 MB"),
    ],
)
def test_a_size_is_told_in_the_unit_that_suits_it(size: int, in_english: str, in_german: str) -> None:
    with speaking("en", "UTC"):
        assert file_size(size) == in_english
    with speaking("de", "UTC"):
        assert file_size(size).replace("\u00a0", " ") == in_german


def test_a_count_takes_the_form_that_its_language_has_for_it() -> None:
    with speaking("pl", "UTC"):
        files = [plural(count, one="plik", few="{n} pliki", other="{n} plików") for count in (1, 2, 5, 1500)]
    with speaking("ja", "UTC"):
        alone = plural(1, one="1 file", other="{n} files")

    assert files == ["plik", "2 pliki", "5 plików", "1\u00a0500 plików"]
    assert alone == "1 files"


def test_what_is_told_inside_is_over_outside() -> None:
    with speaking("de", "UTC"):
        with speaking("fr", "UTC"):
            inside = number(1234.5)
        outside = number(1234.5)

    assert (inside, outside, number(1234.5)) == ("1\u202f234,5", "1.234,5", "1,234.5")


def test_a_zone_that_this_machine_does_not_know_is_told_as_utc() -> None:
    with speaking("en", "Mars/Olympus", at=AT):
        assert moment(AT) == "Mon 30 Nov, 07:01"
