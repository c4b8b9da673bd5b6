"""The matrix, cell by cell, against the table of the design; and what a missing spam score takes away."""

import pytest

from mailgate.authority import MATRIX, Action, Verdict, decide
from mailgate.mail.sender.evidence import Evidence, Level

WORDS = {"do": Verdict.DO, "ask": Verdict.CONFIRM, "tkt": Verdict.TICKET_ONLY, "hold": Verdict.HOLD}

TABLE = """
                            N     0     S     D     D+T   A     C
open a ticket as a stranger hold  tkt   tkt   tkt   tkt   tkt   tkt
open a ticket               hold  tkt   tkt   do    do    do    do
add words                   hold  tkt   tkt   do    do    do    do
get an acknowledgement      hold  do    do    do    do    do    do
get a sign-in link          hold  do    do    do    do    do    do
see what one's pages show   hold  tkt   do    do    do    do    do
answer yes or no            hold  do    do    do    do    do    do
close or reopen             hold  tkt   ask   do    do    do    do
get no more mails           hold  tkt   ask   do    do    do    do
share a ticket              hold  tkt   ask   do    do    do    do
say when money comes        hold  tkt   do    do    do    do    do
order up to the limit       hold  tkt   ask   ask   do    do    do
order beyond the limit      hold  tkt   ask   ask   ask   ask   do
change addresses            hold  tkt   ask   ask   ask   ask   do
have words sent             hold  hold  hold  hold  do    do    do
open a ticket for a         hold  hold  hold  do    do    do    do
say when one is away        hold  hold  hold  do    do    do    do
get what staff see          hold  hold  hold  do    do    do    do
work a ticket as staff      hold  hold  hold  ask   do    do    do
change who a customer is    hold  hold  hold  ask   ask   ask   do
change what a customer owes hold  hold  hold  ask   ask   ask   do
change staff, keys          hold  hold  hold  hold  hold  hold  hold
"""

ACTIONS = {
    "open a ticket as a stranger": Action.OPEN_AS_STRANGER,
    "open a ticket": Action.OPEN,
    "add words": Action.APPEND,
    "get an acknowledgement": Action.ACKNOWLEDGE,
    "get a sign-in link": Action.SIGN_IN,
    "see what one's pages show": Action.SEE_OWN,
    "answer yes or no": Action.CONFIRM,
    "close or reopen": Action.CLOSE_OR_REOPEN,
    "get no more mails": Action.LEAVE,
    "share a ticket": Action.SHARE,
    "say when money comes": Action.PROMISE,
    "order up to the limit": Action.ORDER_WITHIN_LIMIT,
    "order beyond the limit": Action.ORDER_BEYOND_LIMIT,
    "change addresses": Action.CHANGE_IDENTITY,
    "have words sent": Action.STAFF_REPLY,
    "open a ticket for a": Action.STAFF_OPEN,
    "say when one is away": Action.STAFF_ABSENCE,
    "get what staff see": Action.STAFF_LOOK,
    "work a ticket as staff": Action.STAFF_COMMAND,
    "change who a customer is": Action.STAFF_PEOPLE,
    "change what a customer owes": Action.STAFF_MONEY,
    "change staff, keys": Action.STAFF_ADMINISTRATION,
}

WORDS_ONLY = {Action.OPEN_AS_STRANGER, Action.OPEN, Action.APPEND, Action.ACKNOWLEDGE, Action.SIGN_IN}
WORDS_ONLY |= {Action.SEE_OWN, Action.CONFIRM, Action.PROMISE}


def _cells() -> list[tuple[Action, Level, Verdict]]:
    header, *rows = [line for line in TABLE.splitlines() if line.strip()]
    levels = [Level(word) for word in header.split()]
    cells = []
    for row in rows:
        name, verdicts = row[:28].strip(), row[28:].split()
        cells += [(ACTIONS[name], level, WORDS[word]) for level, word in zip(levels, verdicts, strict=True)]
    return cells


CELLS = _cells()


def _evidence(level: Level) -> Evidence:
    return Evidence(level, ("for a test",))


def test_the_table_has_every_action_and_every_level() -> None:
    assert {(action, level) for action, level, _ in CELLS} == {(action, level) for action in Action for level in Level}
    assert set(MATRIX) == set(Action)


@pytest.mark.parametrize(("action", "level", "verdict"), CELLS)
def test_a_cell_of_the_matrix(action: Action, level: Level, verdict: Verdict) -> None:
    assert decide(action, _evidence(level)) is verdict


@pytest.mark.parametrize(("action", "level", "verdict"), CELLS)
def test_without_a_spam_score_only_words_and_tokens_count_as_before(
    action: Action, level: Level, verdict: Verdict
) -> None:
    proven = level in (Level.TOKEN, Level.SUBMITTED, Level.CONFIRMED)
    unchanged = verdict is not Verdict.DO or action in WORDS_ONLY or proven

    assert decide(action, _evidence(level), unscored=True) is (verdict if unchanged else Verdict.CONFIRM)


@pytest.mark.parametrize("action", Action)
def test_broken_evidence_holds_whatever_is_asked_for(action: Action) -> None:
    assert decide(action, _evidence(Level.NONE)) is Verdict.HOLD


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.OPEN_AS_STRANGER}))
def test_better_evidence_never_allows_less(action: Action) -> None:
    strictness = [Verdict.HOLD, Verdict.TICKET_ONLY, Verdict.CONFIRM, Verdict.DO]

    ranks = [strictness.index(decide(action, _evidence(level))) for level in Level]

    assert ranks == sorted(ranks)


@pytest.mark.parametrize(("action", "level", "verdict"), CELLS)
def test_who_answers_the_mail_made_for_him_is_asked_where_a_person_would_decide_and_a_yes_is_enough(
    action: Action, level: Level, verdict: Verdict
) -> None:
    is_enough = decide(action, _evidence(Level.CONFIRMED)) is Verdict.DO
    is_asked = verdict is Verdict.HOLD and level is not Level.NONE and is_enough

    assert decide(action, _evidence(level), answers_own=True) is (Verdict.CONFIRM if is_asked else verdict)
