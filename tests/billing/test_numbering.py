"""Patterns of document numbers: what they make, what is refused, and that no two make the same."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailgate.billing.document.numbering import BadPattern, number, read_pattern


@pytest.mark.parametrize(
    ("pattern", "n", "made"),
    [
        ("{year}-{n:04}", 7, "2026-0007"),
        ("{year}-{n:04}", 12345, "2026-12345"),
        ("CN-{year}-{n:04}", 1, "CN-2026-0001"),
        ("{n}/{year}", 42, "42/2026"),
        ("INV{year}{n:6}", 42, "INV2026000042"),
    ],
)
def test_a_number_is_the_pattern_with_year_and_count(pattern: str, n: int, made: str) -> None:
    assert number(pattern, 2026, n) == made


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("{n:04}", "must have {year} once"),
        ("{year}{year}{n}", "must have {year} once"),
        ("2026", "must have {year} once"),
        ("{year}", "must have {n} once"),
        ("{year}{n}{n:04}", "must have {n} once"),
        ("{year}{n:00}", "has {n:00}, which is no field"),
        ("{year}{n:x}", "has {n:x}, which is no field"),
        ("{year}{0}{n}", "has {0}, which is no field"),
        ("{year!r}{n}", "has {year!r}, which is no field"),
        ("{year}{n", "has something else than letters"),
        ("{{year}}{n}", "has something else than letters"),
        ("{year}\n{n}", "has something else than letters"),
        ("№{year}{n}", "has something else than letters"),
        ("", "must have {year} once"),
        ("X" * 40 + "{year}{n}", "is longer than 40 characters"),
    ],
)
def test_what_is_no_pattern_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    with pytest.raises(BadPattern, match=re.escape(reason)):
        read_pattern(pattern)


@pytest.mark.parametrize(("year", "n"), [(2026, 0), (2026, -1), (20227, 1), (999, 1)])
def test_no_number_is_before_the_first_or_of_an_odd_year(year: int, n: int) -> None:
    with pytest.raises(ValueError, match=str(n)):
        number("{year}-{n:04}", year, n)


PATTERNS = st.builds(
    lambda words, width, turned: (
        f"{words[0]}{{n{width}}}{words[1]}{{year}}{words[2]}"
        if turned
        else f"{words[0]}{{year}}{words[1]}{{n{width}}}{words[2]}"
    ),
    st.tuples(*[st.text("01A-", max_size=3)] * 3),
    st.sampled_from(["", ":2", ":04"]),
    st.booleans(),
)
SERIALS = st.tuples(st.integers(2000, 2199), st.integers(1, 2_000_000))


@given(PATTERNS, SERIALS, SERIALS)
def test_two_documents_of_a_series_never_have_one_number(
    pattern: str, one: tuple[int, int], other: tuple[int, int]
) -> None:
    assume(one != other)

    assert number(pattern, *one) != number(pattern, *other)


@given(PATTERNS, PATTERNS, SERIALS, SERIALS)
def test_series_of_different_skeletons_never_have_one_number(
    pattern: str, other_pattern: str, one: tuple[int, int], other: tuple[int, int]
) -> None:
    assume(read_pattern(pattern).skeleton != read_pattern(other_pattern).skeleton)

    assert number(pattern, *one) != number(other_pattern, *other)
