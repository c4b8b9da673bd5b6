"""A smarthost that does not answer is left alone, longer each time; nobody's mail waits longer than the rest (F12)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from mailgate.flows.post.rest import FIRST_REST, LONGEST_REST, Turn, begin, rest_after
from store.engine import reading, transaction
from store.post import smarthosts
from store.post.outbox import OutState
from store.post.smarthosts import Down
from tests.gate import Gate, Person
from tests.outbound.sink import HOST


def down(gate: Gate) -> Down | None:
    with reading(gate.parts.engine) as conn:
        [known] = smarthosts.listing(conn) or (None,)
        return known


@contextmanager
def turn(gate: Gate, now: datetime) -> Iterator[Turn | None]:
    engine = gate.parts.engine
    with transaction(engine) as conn:
        mine = begin(conn, engine, f"{HOST}:{gate.sink.port}", now)
    yield mine
    if mine is not None:
        mine.end()


def attempts(gate: Gate) -> list[int]:
    return [mail.attempts for mail in gate.outbox()]


def test_each_rest_is_twice_as_long_up_to_ten_minutes() -> None:
    assert [rest_after(failures).total_seconds() for failures in (1, 2, 3, 8, 9, 1000)] == [5, 10, 20, 600, 600, 600]


def test_while_it_rests_no_mail_is_tried_and_none_loses_an_attempt(gate: Gate, anne: Person) -> None:
    gate.sink.replies["MAIL"] = ["421 closing"]
    for number in range(3):
        gate.accept(anne.writes(f"Question {number}.", subject=f"Matter {number}"))

    gate.work()

    assert gate.sink.verbs.count("MAIL") == 1
    assert sorted(attempts(gate)) == [0, 0, 1]
    assert {mail.state for mail in gate.outbox()} == {OutState.QUEUED}
    known = down(gate)
    assert known is not None
    assert (known.failures, known.reason) == (1, "smarthost closes at MAIL: 421 closing")


def test_after_the_rest_one_mail_tries_it_and_the_others_follow(gate: Gate, anne: Person) -> None:
    gate.sink.replies["MAIL"] = ["421 closing", "421 closing"]
    for number in range(3):
        gate.accept(anne.writes(f"Question {number}.", subject=f"Matter {number}"))
    gate.work()

    gate.later(minutes=2)
    tried_again = gate.sink.verbs.count("MAIL")
    known = down(gate)
    gate.later(minutes=2)

    assert tried_again == 2
    assert known is not None
    assert known.failures == 2
    assert {mail.state for mail in gate.outbox()} == {OutState.SENT}
    assert down(gate) is None


def test_the_mail_that_met_the_failure_waits_no_longer_than_the_others(gate: Gate, anne: Person) -> None:
    """However often it was the one that tried: the fault was never its own."""
    gate.sink.replies["MAIL"] = ["421 closing"] * 6
    gate.accept(anne.writes("Why?"))
    gate.work()
    for _ in range(5):
        gate.later(minutes=3)

    gate.later(seconds=rest_after(6).total_seconds() + 60)

    assert {mail.state for mail in gate.outbox()} == {OutState.SENT}


@pytest.mark.parametrize("reply", ["451 later", "550 no"])
def test_an_answer_that_is_about_one_mail_is_no_failure_of_the_smarthost(gate: Gate, anne: Person, reply: str) -> None:
    gate.sink.replies["RCPT"] = [reply]
    for number in range(2):
        gate.accept(anne.writes(f"Question {number}.", subject=f"Matter {number}"))

    gate.work()

    assert down(gate) is None
    assert [mail.state for mail in gate.outbox()].count(OutState.SENT) == 1


def test_a_refused_login_is_not_repeated_for_each_mail(gate: Gate, anne: Person) -> None:
    gate.sink.replies["MAIL"] = ["530 log in first"] * 9
    for number in range(3):
        gate.accept(anne.writes(f"Question {number}.", subject=f"Matter {number}"))

    gate.work()

    assert gate.sink.verbs.count("MAIL") == 1


def test_attempts_side_by_side_that_fail_for_one_cause_count_once(gate: Gate) -> None:
    with turn(gate, gate.now) as first, turn(gate, gate.now) as second:
        assert first is not None
        assert second is not None
        first.failed("silence")
        second.failed("silence")

    known = down(gate)
    assert known is not None
    assert known.failures == 1


def test_of_those_who_come_after_the_rest_one_tries(gate: Gate) -> None:
    with turn(gate, gate.now) as first:
        assert first is not None
        first.failed("silence")

    later = gate.now + LONGEST_REST
    with turn(gate, later) as trial, turn(gate, later) as other:
        assert trial is not None
        assert other is None
    with turn(gate, later + FIRST_REST) as next_one:  # the trial came to none: that says nothing
        assert next_one is not None
        next_one.answered = True

    assert down(gate) is None


def test_a_trial_whose_program_died_blocks_the_others_no_longer_than_a_lease(gate: Gate) -> None:
    with turn(gate, gate.now) as first:
        assert first is not None
        first.failed("silence")
    later = gate.now + LONGEST_REST
    died = turn(gate, later)
    assert died.__enter__() is not None

    with turn(gate, later + timedelta(minutes=14)) as early:
        assert early is None
    with turn(gate, later + timedelta(minutes=16)) as late:
        assert late is not None
