"""What an answer means, in which language, and how long it is waited for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.authority import MATRIX, Verdict
from mailgate.confirmation import ACTIONS, Answer, ConfirmKind, lifetime, read_answer, words_for

LANGUAGES = ("en", "da", "de", "es", "fr", "it", "nl", "pl", "pt", "sv")


@pytest.mark.parametrize(
    ("line", "language", "answer"),
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
        ("yes.", "en", Answer.YES),
        ("Yes please", "en", Answer.YES),
        ("yes, thank you!", "en", Answer.YES),
        ("Yes - many thanks :)", "en", Answer.YES),
        ("yes 👍", "en", Answer.YES),
        ("yes, yes", "en", Answer.YES),
        ("Ja bitte", "de", Answer.YES),
        ("ja, danke", "de", Answer.YES),
        ("Ja, please", "de", Answer.YES),
        ("Oui, s’il vous plaît.", "fr", Answer.YES),
        ("Ja hoor, dank je wel", "nl", Answer.YES),
        ("sim, obrigada", "pt", Answer.YES),
        ("yes but monthly", "en", Answer.UNCLEAR),
        ("yes, but not now", "en", Answer.UNCLEAR),
        ("yes delete 14", "en", Answer.UNCLEAR),
        ("Yes?", "en", Answer.UNCLEAR),
        ("yes/no", "en", Answer.UNCLEAR),
        ("yes no", "en", Answer.UNCLEAR),
        ("ja, aber monatlich", "de", Answer.UNCLEAR),
        ("please yes", "en", Answer.UNCLEAR),
        ("no, yes", "en", Answer.NO),
        ("no, but yearly", "en", Answer.NO),
        ("", "en", Answer.UNCLEAR),
        ("...", "en", Answer.UNCLEAR),
    ],
)
def test_the_first_line_is_read_in_the_writers_language_or_in_english(line: str, language: str, answer: Answer) -> None:
    assert read_answer(line, language) is answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_are_asked_for_are_understood(language: str) -> None:
    yes, no = words_for(language)

    assert (read_answer(yes, language), read_answer(no, language)) == (Answer.YES, Answer.NO)


@given(st.text(max_size=40), st.text(max_size=10))
def test_reading_never_raises_and_what_is_no_word_of_ours_is_unclear(line: str, language: str) -> None:
    answer = read_answer(line, language)

    assert answer is Answer.UNCLEAR or any(letter.isalpha() for letter in line)


@given(st.sampled_from(LANGUAGES), st.text(min_size=1, max_size=20), st.integers(0, 3))
def test_a_yes_with_a_word_that_is_no_courtesy_is_none(language: str, word: str, at: int) -> None:
    line = ["but", "not", "monthly"]
    line.insert(at, word)

    assert read_answer(f"{words_for(language)[0]} {' '.join(line)}", language) is Answer.UNCLEAR


@pytest.mark.parametrize("kind", ConfirmKind)
def test_a_yes_is_enough_for_what_is_asked(kind: ConfirmKind) -> None:
    assert MATRIX[ACTIONS[kind]][-1] is Verdict.DO


def test_identity_is_confirmed_within_a_day_and_the_rest_within_three() -> None:
    assert lifetime(ConfirmKind.ADD_CONTACT) == timedelta(hours=24)
    assert lifetime(ConfirmKind.CLOSE) == timedelta(hours=72)
