"""Domains: how many mails one recipient's domain gets at once, and when it is left in peace."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.outbound import domains
from mailgate.outbound.domains import CROWDED, MAX_PAUSE, READERS_IN_A_ROW, Domains

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANNE, KARL, ELSEWHERE = "anne@customer.example", "karl@Customer.Example", "eve@other.example"


def may_go(turns: Domains, address: str, now: datetime = NOW) -> bool:
    with turns.turn(address, now=now) as again_at:
        return again_at is None


def put_off(turns: Domains, times: int, now: datetime = NOW) -> None:
    """So many readers of one domain, one after the other."""
    for number in range(times):
        turns.put_off(f"reader-{number}@customer.example", now=now)


def test_a_domain_gets_so_many_at_once_and_others_do_not_wait_for_it() -> None:
    turns = Domains(2, pause=MINUTE)

    with turns.turn(ANNE, now=NOW), turns.turn(ANNE, now=NOW):
        with turns.turn(KARL, now=NOW) as again_at:
            assert again_at == NOW + CROWDED
        assert may_go(turns, ELSEWHERE)

    assert may_go(turns, KARL)


def test_one_that_puts_a_mail_off_gets_half_as_many_and_again_one_more_for_each_that_it_takes() -> None:
    turns = Domains(4, pause=MINUTE)

    def room() -> int:
        with ExitStack() as busy:
            return sum(busy.enter_context(turns.turn(ANNE, now=NOW)) is None for _ in range(6))

    at_first = room()
    put_off(turns, 1)
    after_one = room()
    put_off(turns, 1)
    after_two = room()
    again = []
    for _ in range(4):
        turns.taken(ANNE)
        again.append(room())

    assert (at_first, after_one, after_two, again) == (4, 2, 1, [2, 3, 4, 4])


def test_three_in_a_row_are_a_reason_for_a_pause_which_grows() -> None:
    turns = Domains(5, pause=MINUTE)

    put_off(turns, READERS_IN_A_ROW - 1)
    still = may_go(turns, ANNE)
    ends = []
    for _ in range(10):
        turns.put_off(ANNE, now=NOW)
        with turns.turn(KARL, now=NOW) as again_at:
            assert again_at is not None
            ends.append(again_at - NOW)

    assert still
    assert ends[:3] == [MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert ends[-1] == MAX_PAUSE
    assert may_go(turns, ELSEWHERE)
    assert may_go(turns, ANNE, NOW + MAX_PAUSE)


def test_one_reader_whose_mailbox_is_full_costs_the_others_nothing() -> None:
    turns = Domains(5, pause=MINUTE)

    for _ in range(20):
        turns.put_off(ANNE, now=NOW)

    assert may_go(turns, KARL)


def test_a_mail_that_is_taken_ends_it() -> None:
    turns = Domains(5, pause=MINUTE)
    put_off(turns, READERS_IN_A_ROW)

    turns.taken(KARL)
    put_off(turns, 1)

    assert may_go(turns, ANNE)


def test_without_a_pause_a_domain_is_never_left_in_peace() -> None:
    turns = Domains(5, pause=timedelta())

    put_off(turns, 20)

    assert may_go(turns, ANNE)


def test_a_mail_that_fails_gives_its_turn_back() -> None:
    turns = Domains(1, pause=MINUTE)

    with pytest.raises(RuntimeError), turns.turn(ANNE, now=NOW):
        raise RuntimeError

    assert may_go(turns, ANNE)


def test_no_more_domains_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domains, "MAX_KNOWN", 10)
    turns = Domains(5, pause=MINUTE)
    put_off(turns, READERS_IN_A_ROW)

    for number in range(100):
        turns.put_off(f"eve@{number}.example", now=NOW)

    assert not may_go(turns, ANNE)
    assert len(turns._known) <= 11


@given(st.lists(st.sampled_from(["enter", "leave", "taken", "put off"]), max_size=60), st.integers(1, 6))
def test_there_are_never_more_at_once_than_the_limit(steps: list[str], at_once: int) -> None:
    turns, now, inside = Domains(at_once, pause=MINUTE), NOW, []
    for step in steps:
        now += timedelta(seconds=20)
        if step == "enter":
            stack = ExitStack()
            if stack.enter_context(turns.turn(ANNE, now=now)) is None:
                inside.append(stack)
        elif step == "leave" and inside:
            inside.pop().close()
        elif step == "taken":
            turns.taken(ANNE)
        elif step == "put off":
            turns.put_off(ANNE, now=now)
        assert len(inside) <= at_once
