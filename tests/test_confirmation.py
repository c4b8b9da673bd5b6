"""What an answer means, in which language, and how long it is waited for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.authority import MATRIX, Verdict
from mailgate.confirmation import (
    KINDS,
    LIMITS,
    Answer,
    Askee,
    Confirmation,
    ConfirmKind,
    ConfirmState,
    Effect,
    Needed,
    QuestionClass,
    Whom,
    effect,
    read_answer,
    words_for,
)

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
    assert MATRIX[KINDS[kind].action][-1] is Verdict.DO


def test_identity_is_confirmed_within_a_day_and_the_rest_within_three() -> None:
    assert LIMITS[KINDS[ConfirmKind.ADD_CONTACT].of].lifetime == timedelta(hours=24)
    assert LIMITS[KINDS[ConfirmKind.CLOSE].of].lifetime == timedelta(hours=72)


def test_each_class_has_a_budget_of_its_own() -> None:
    assert {of: (limits.open, limits.per_day) for of, limits in LIMITS.items()} == {
        QuestionClass.DESK: (3, 3),
        QuestionClass.IDENTITY: (3, 3),
        QuestionClass.QUOTE: (10, 20),
        QuestionClass.ACCOUNT: (10, 50),
        QuestionClass.MONEY: (50, 50),
        QuestionClass.DOMAIN: (10, 20),
        QuestionClass.STAFF: (50, 200),
    }


ASKED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def question(people: int, needed: Needed) -> Confirmation:
    """An open question to so many people, which may be answered for three days."""
    return Confirmation(
        id=1,
        kind=ConfirmKind.CLOSE,
        values={},
        statement=(),
        cost="",
        needed=needed,
        customer_id=1,
        contact_id=1,
        staff_id=None,
        ticket_id=1,
        spool_id=1,
        evidence="S",
        state=ConfirmState.OPEN,
        replaced_by=None,
        asked_at=ASKED_AT,
        expires_at=ASKED_AT + timedelta(hours=72),
        askees=tuple(Askee(number, Whom(contact_id=number), None, False) for number in range(people)),
    )


ENDS = {Effect.DO: ConfirmState.DONE, Effect.END: ConfirmState.REFUSED}
ANSWERS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(Answer), st.integers(0, 30)), max_size=12)


@given(st.integers(1, 4), st.sampled_from(Needed), ANSWERS)
def test_whatever_is_answered_in_whatever_order_it_is_done_once_and_only_with_every_yes_that_it_needs(
    people: int, needed: Needed, answers: list[tuple[int, Answer, int]]
) -> None:
    asked, now, done_with = question(people, needed), ASKED_AT, []
    said: list[tuple[int, Answer]] = []

    for number, answer, hours in answers:
        now += timedelta(hours=hours)
        askee = asked.askees[number % people]
        what = effect(asked, askee, answer, now)
        if now < asked.expires_at:
            said.append((askee.id, answer))
        if what is Effect.DO:
            done_with.append(list(said))
        if what in ENDS:
            asked = replace(asked, state=ENDS[what])
        if what is Effect.WAIT:
            kept = (replace(one, answer=answer) if one.id == askee.id else one for one in asked.askees)
            asked = replace(asked, askees=tuple(kept))

    assert len(done_with) <= 1
    for before in done_with:
        assert Answer.NO not in {answer for _, answer in before}
        yes = {one for one, answer in before if answer is Answer.YES}
        assert yes == {one.id for one in asked.askees} or (needed is Needed.FIRST and yes)
    needed_yes = {one for one, answer in said if answer is Answer.YES}
    nobody_refused = Answer.NO not in {answer for _, answer in said}
    enough = len(needed_yes) == people if needed is Needed.ALL else bool(needed_yes)
    if nobody_refused and enough:
        assert done_with
