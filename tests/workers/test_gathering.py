"""Rows that wait while others are worked are taken together, each once, whoever brings them."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from tests.servers.process import wait_until
from workers.gathering import IN_HAND, Gathering

LEADERS = 2
AT_ONCE = IN_HAND // LEADERS
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Work:
    """A flow that can be kept waiting, and that remembers its groups."""

    def __init__(self) -> None:
        self.groups: list[tuple[int, ...]] = []
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, row_ids: Sequence[int], now: datetime) -> None:
        assert now == NOON
        self.groups.append(tuple(row_ids))
        self.go_on.wait(10)


def gathering(work: Work) -> Gathering:
    return Gathering(work, leaders=LEADERS, clock=lambda: NOON, before=lambda: None)


def bring(gathering: Gathering, row_ids: Sequence[int]) -> list[threading.Thread]:
    """Each from a thread of its own."""
    threads = [threading.Thread(target=gathering.bring, args=(row_id,), daemon=True) for row_id in row_ids]
    for thread in threads:
        thread.start()
    return threads


def test_a_single_row_is_worked_by_who_brings_it() -> None:
    work = Work()

    gathering(work).bring(7)

    assert work.groups == [(7,)]


def test_what_comes_while_all_leaders_are_busy_is_worked_in_groups() -> None:
    work = Work()
    work.go_on.clear()
    gathered = gathering(work)
    leaders = bring(gathered, range(LEADERS))
    wait_until(lambda: len(work.groups) == LEADERS, what="the leaders")

    for row_id in range(100, 100 + 2 * AT_ONCE):
        gathered.bring(row_id)  # comes back at once: the leaders have it
    work.go_on.set()
    for thread in leaders:
        thread.join(10)

    assert sorted(work.groups[LEADERS:]) == [
        tuple(range(100, 100 + AT_ONCE)),
        tuple(range(100 + AT_ONCE, 100 + 2 * AT_ONCE)),
    ]


def test_no_row_is_lost_or_worked_twice_when_many_threads_bring_them() -> None:
    work = Work()
    gathered = gathering(work)

    for thread in bring(gathered, range(300)):
        thread.join(10)

    assert sorted(row_id for group in work.groups for row_id in group) == list(range(300))


def test_a_group_that_fails_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    worked: list[int] = []

    def flow(row_ids: Sequence[int], _now: datetime) -> None:
        worked.extend(row_ids)
        if 1 in row_ids:
            raise ValueError("a mistake of the flow")

    gathered = Gathering(flow, leaders=LEADERS, clock=lambda: NOON, before=lambda: None)

    for row_id in range(LEADERS + 2):
        gathered.bring(row_id)

    assert worked == list(range(LEADERS + 2))
    assert "broken rows=1" in caplog.messages


def test_after_closing_nothing_is_taken_up() -> None:
    work = Work()
    gathered = gathering(work)

    gathered.close()
    gathered.bring(7)

    assert work.groups == []
