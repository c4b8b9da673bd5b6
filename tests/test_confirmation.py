"""What an answer means, in which language, and how long it is waited for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.authority import MATRIX, Verdict
from mailgate.confirmation import ACTIONS, Answer, ConfirmKind, lifetime, read_answer, words_for

LANGUAGES = ("en", "da", "de", "es", "fr", "it", "nl", "pl", "pt", "sv")


@pytest.mark.parametrize(
    ("word", "language", "answer"),
    [
        ("yes", "en", Answer.YES),
        ("YES,", "en", Answer.YES),
        ("“Yes.”", "en", Answer.YES),
        ("no!", "en", Answer.NO),
        ("ja", "de", Answer.YES),
        ("Nein.", "de-AT", Answer.NO),
        ("oui", "fr_FR", Answer.YES),
        ("si\u0301", "es", Answer.YES),
        ("nee", "nl", Answer.NO),
        ("yes", "nl", Answer.YES),
        ("yes", "xx", Answer.YES),
        ("ja", "en", Answer.UNCLEAR),
        ("oui", "de", Answer.UNCLEAR),
        ("yesterday", "en", Answer.UNCLEAR),
        ("", "en", Answer.UNCLEAR),
        ("...", "en", Answer.UNCLEAR),
    ],
)
def test_the_first_word_is_read_in_the_writers_language_or_in_english(word: str, language: str, answer: Answer) -> None:
    assert read_answer(word, language) is answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_are_asked_for_are_understood(language: str) -> None:
    yes, no = words_for(language)

    assert (read_answer(yes, language), read_answer(no, language)) == (Answer.YES, Answer.NO)


@given(st.text(max_size=40), st.text(max_size=10))
def test_reading_never_raises_and_what_is_no_word_of_ours_is_unclear(word: str, language: str) -> None:
    answer = read_answer(word, language)

    assert answer is Answer.UNCLEAR or any(letter.isalpha() for letter in word)


@pytest.mark.parametrize("kind", ConfirmKind)
def test_a_yes_is_enough_for_what_is_asked(kind: ConfirmKind) -> None:
    assert MATRIX[ACTIONS[kind]][-1] is Verdict.DO


def test_identity_is_confirmed_within_a_day_and_the_rest_within_three() -> None:
    assert lifetime(ConfirmKind.ADD_CONTACT) == timedelta(hours=24)
    assert lifetime(ConfirmKind.CLOSE) == timedelta(hours=72)
