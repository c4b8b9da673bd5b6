"""Days as people write them, in English, in German and in their own language."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.language.reading import read_day
from mailgate.language.telling import full_date, speaking

TODAY = date(2027, 5, 6)


@pytest.mark.parametrize(
    "words",
    [
        "2027-05-03", "3 May", "3 May 2027", "3. Mai", "3. Mai 2027", "3.Mai", "03.05.2027", "3.5.", "3.5", "3.5.27",
        "3. 5. 2027", "May 3", "May 3, 2027", "may 3rd", "3rd of May", "the 3rd of May 2027", "on 3 May", "am 3. Mai",
        "den 3.5.", "vom 03.05.",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(words: str) -> None:
    assert read_day(words, today=TODAY, language="en") == date(2027, 5, 3)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", date(2027, 5, 6)),
        ("Gestern", date(2027, 5, 5)),
        ("yesterday", date(2027, 5, 5)),
        ("vorgestern", date(2027, 5, 4)),
        ("morgen", date(2027, 5, 7)),
        ("1. März", date(2027, 3, 1)),
        ("1 Maerz", date(2027, 3, 1)),
        ("1. Mär.", date(2027, 3, 1)),
        ("1 Sept", date(2027, 9, 1)),
        ("1 Sept.", date(2027, 9, 1)),
        ("29.2.2028", date(2028, 2, 29)),
    ],
)
def test_words_for_days_and_short_months_are_known(words: str, day: date) -> None:
    assert read_day(words, today=TODAY, language="en") == day


def test_a_month_in_the_language_of_the_writer_is_known() -> None:
    assert read_day("3 mai", today=TODAY, language="fr") == date(2027, 5, 3)
    assert read_day("3 juin", today=TODAY, language="fr") == date(2027, 6, 3)
    assert read_day("3 juin", today=TODAY, language="en") is None
    assert read_day("3 jui", today=TODAY, language="fr") is None  # June or July


@pytest.mark.parametrize(
    ("today", "words", "day"),
    [
        (date(2027, 1, 2), "30 December", date(2026, 12, 30)),
        (date(2026, 12, 30), "2 January", date(2027, 1, 2)),
        (date(2027, 5, 6), "6 May", date(2027, 5, 6)),
        (date(2027, 3, 1), "29 February", date(2028, 2, 29)),
    ],
)
def test_without_a_year_it_is_the_nearest_one(today: date, words: str, day: date) -> None:
    assert read_day(words, today=today, language="en") == day


@pytest.mark.parametrize(
    "words",
    [
        "", "99999", "-3", "3", "May", "3/5", "03/05/2027", "31 April", "31.4.2027", "2027-13-01", "2027-0031",
        "0 May", "3 Mayonnaise", "٣ May", "3 May 2027 at noon", "9999999999 May", "3.5.20277", "x" * 5000, "1.1.0000",
    ],
)  # fmt: skip
def test_what_is_no_day_is_none(words: str) -> None:
    assert read_day(words, today=TODAY, language="en") is None


@given(st.text(max_size=60))
def test_whatever_is_written_it_never_raises(words: str) -> None:
    found = read_day(words, today=TODAY, language="de")

    assert found is None or words.strip()  # nothing written is no day


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_date_is_read_back_as_our_mails_write_it(language: str, day: date) -> None:
    with speaking(language, "UTC"):
        said = full_date(day)

    assert read_day(said, today=TODAY, language=language) == day
