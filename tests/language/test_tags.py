"""Which words are looked for when somebody reads this language, and in which direction they run."""

import pytest

from mailgate.language.tags import accepted, chain, direction, formats


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        ("en", ("en",)),
        ("de-AT", ("de-AT", "de", "en")),
        ("de_AT", ("de-AT", "de", "en")),
        ("DE", ("de", "en")),
        ("zh-Hant-TW", ("zh-Hant-TW", "zh-Hant", "zh", "en")),
        ("", ("en",)),
        ("../../etc", ("en",)),
        ("de/../x", ("en",)),
    ],
)
def test_a_language_is_looked_for_from_the_narrow_to_the_wide(tag: str, wanted: tuple[str, ...]) -> None:
    assert chain(tag) == wanted


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        ("en", "en_GB"),
        ("en-US", "en_US"),
        ("de-AT", "de_AT"),
        ("zh-Hant-TW", "zh_Hant_TW"),
        ("de-XX", "de"),
        ("xx", "en_GB"),
        ("", "en_GB"),
    ],
)
def test_an_unknown_region_or_language_is_written_as_the_next_known_one(tag: str, wanted: str) -> None:
    assert str(formats(tag)) == wanted


@pytest.mark.parametrize("tag", ["ar", "ar-EG", "fa", "he", "ur", "yi", "ps"])
def test_some_languages_run_from_right_to_left(tag: str) -> None:
    assert direction(tag) == "rtl"
    assert direction("de") == direction("en") == direction("xx") == "ltr"


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("de", "de"),
        ("de-CH, de;q=0.9, en;q=0.8", "de"),
        ("fr, en;q=0.5", "en"),
        ("en;q=0.3, de;q=0.7", "de"),
        ("en;q=0, de;q=0.1", "de"),
        ("fr", None),
        ("*", None),
        ("", None),
        ("de;q=2", None),
        ("de;q=x, en", "en"),
        ("," * 100_000 + "de", None),
    ],
)
def test_the_language_that_a_browser_wants_most_is_taken(header: str, wanted: str | None) -> None:
    assert accepted(header, ("en", "de")) == wanted
