"""Mails of the corpus meet the same fate in one program and in two gates whose parts are killed; `tests.real_input`."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.real_input.mails import Mail, People, mails_of, on_the_wire, people_of, threads_of
from tests.real_input.outcome import Fate, Outcome, differences
from tests.real_input.run import compare
from tests.servers.fixtures import needed

CORPUS = Path(__file__).parents[1] / "corpus"
EVERY = slice(None, None, 3)

ALIKE = Outcome(
    fates={"one.eml": (Fate("duplicate", "the same mail as n", True), Fate("opened", "", True))},
    bytes_kept={"one.eml": frozenset({"aa"})},
    tickets=Counter({("one.eml",): 1}),
    letters=Counter({("acknowledgement", "anne@customer.example"): 1}),
    repeated_deliveries=0,
    repeated_letters=0,
    faults=(),
)


@pytest.mark.server
def test_mails_meet_the_same_fate_when_every_part_is_killed_in_turn(tmp_path: Path) -> None:
    said: list[str] = []
    mails = mails_of(CORPUS)[EVERY]

    with needed():
        found = compare(mails, tmp_path, copies=2, seed=1, say=said.append)

    assert found == []
    assert sum(" is killed" in line or " is stopped" in line or " is restarted" in line for line in said) == 6


def test_whatever_differs_between_two_runs_is_told() -> None:
    lost = replace(ALIKE, fates={"one.eml": (Fate("opened", "", True), Fate("not taken", "lost", False))})
    twice = replace(ALIKE, tickets=Counter({("one.eml",): 2}))
    changed = replace(ALIKE, bytes_kept={"one.eml": frozenset({"aa", "bb"})})
    silent = replace(ALIKE, letters=Counter())

    assert differences(ALIKE, ALIKE) == []
    assert [what for what, _, _ in differences(ALIKE, lost)] == ["one.eml"]
    assert differences(ALIKE, twice) == [("a ticket of one.eml", "1", "2")]
    assert differences(ALIKE, changed) == [("one.eml", "these bytes", "other bytes")]
    assert differences(ALIKE, silent) == [("acknowledgement to anne@customer.example", "1", "0")]


def test_mails_of_a_thread_follow_their_parents_and_others_stand_alone() -> None:
    def mail(name: str, fields: str) -> Mail:
        return Mail(name, on_the_wire(f"From: {name}@customer.example\nSubject: {name}\n{fields}\nHello\n".encode()))

    answer = mail("a", "Message-ID: <2@x.example>\nIn-Reply-To: <1@x.example>\n")
    question = mail("b", "Message-ID: <1@x.example>\n")
    beside = mail("c", "Message-ID: <3@x.example>\nReferences: <0@x.example>\n")
    far = mail("d", "Message-ID: <4@x.example>\nReferences: <0@x.example> <1@x.example>\n")
    alone = mail("e", "Message-ID: <5@x.example>\n")

    threads = threads_of((answer, question, beside, far, alone), People((), ()))

    assert sorted(threads, key=len) == [(alone,), (question, answer, beside, far)]


def test_every_second_author_is_a_customer_and_some_others_are_staff() -> None:
    mails = mails_of(CORPUS)

    people = people_of(mails)

    assert set(people.customers).isdisjoint(people.staff)
    assert len(people.customers) > 1
    assert people.staff
