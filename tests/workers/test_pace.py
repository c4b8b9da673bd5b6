"""Work steps aside while mails come in one upon the other; what waits meanwhile is taken together, each row once."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime

import pytest

from tests.servers.process import wait_until
from workers.pace import BESIDE_OTHERS, IN_HAND, LONGEST_SECONDS, QUIET_SECONDS, Gathering, Pace, Rush

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


def test_where_others_work_the_same_rows_a_group_is_small() -> None:
    work = Work()
    work.go_on.clear()
    gathered = Pace().gathering(work, leaders=1, clock=lambda: NOON, alone=lambda: False)
    (leader,) = bring(gathered, (1,))
    wait_until(lambda: len(work.groups) == 1, what="the leader")

    for row_id in range(100, 100 + BESIDE_OTHERS + 1):
        gathered.bring(row_id)
    work.go_on.set()
    leader.join(10)

    assert [len(group) for group in work.groups] == [1, BESIDE_OTHERS, 1]


def test_no_row_is_lost_or_worked_twice_when_many_threads_bring_them() -> None:
    work = Work()
    gathered = gathering(work)

    for thread in bring(gathered, range(300)):
        thread.join(10)

    assert sorted(row_id for group in work.groups for row_id in group) == list(range(300))


def test_a_row_is_left_to_those_who_work_its_like_and_only_to_them() -> None:
    work = Work()
    work.go_on.clear()
    gathered = gathering(work)
    alone = gathered.leave(6)
    leaders = bring(gathered, range(LEADERS))
    wait_until(lambda: len(work.groups) == LEADERS, what="the leaders")

    taken = [gathered.leave(row_id) for row_id in (7, 8)]
    work.go_on.set()
    for thread in leaders:
        thread.join(10)

    assert (alone, taken) == (False, [True, True])
    assert [row_id for group in work.groups for row_id in group if row_id >= LEADERS] == [7, 8]


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


class Clock:
    """A clock that stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rush(clock: Clock) -> Rush:
    return Rush(clock)


def test_a_gate_that_takes_nothing_is_at_rest(rush: Rush) -> None:
    assert not rush.is_on()


def test_work_waits_while_a_mail_is_taken_and_a_moment_longer(rush: Rush, clock: Clock) -> None:
    rush.enter()
    clock.now += 1
    taking = rush.is_on()
    rush.leave()
    behind_it = rush.is_on()
    clock.now += 2 * QUIET_SECONDS

    assert (taking, behind_it, rush.is_on()) == (True, True, False)


def test_a_rush_without_end_does_not_hold_the_work_up_for_ever(rush: Rush, clock: Clock) -> None:
    rush.enter()
    for _ in range(10):
        clock.now += LONGEST_SECONDS / 10
        rush.enter()
        rush.leave()

    assert not rush.is_on()


def test_a_pause_makes_the_next_mail_the_beginning_of_a_new_rush(rush: Rush, clock: Clock) -> None:
    rush.enter()
    clock.now += 2 * LONGEST_SECONDS
    rush.leave()
    clock.now += 2 * QUIET_SECONDS

    rush.enter()

    assert rush.is_on()


def test_who_waits_goes_on_when_it_is_over(rush: Rush, clock: Clock) -> None:
    rush.enter()
    waiting = threading.Thread(target=rush.wait, daemon=True)
    waiting.start()
    waiting.join(0.05)
    held = waiting.is_alive()

    rush.leave()
    clock.now += 2 * QUIET_SECONDS
    waiting.join(5)

    assert held
    assert not waiting.is_alive()


@pytest.mark.parametrize(
    "answer", [lambda accepted: accepted.set_result(8), lambda accepted: accepted.set_exception(OSError("full"))]
)
def test_a_mail_holds_the_work_up_until_its_client_is_answered(
    clock: Clock, answer: Callable[[Future[int]], None]
) -> None:
    pace, accepted, worked = Pace(clock), Future[int](), list[int]()
    gathered = pace.gathering(lambda row_ids, _: worked.extend(row_ids), leaders=1, clock=lambda: NOON)
    pace.coming(accepted)
    [worker] = bring(gathered, [7])
    worker.join(0.05)
    meanwhile = list(worked)

    answer(accepted)
    clock.now += 2 * QUIET_SECONDS
    worker.join(5)

    assert (meanwhile, worked) == ([], [7])


def test_who_is_about_to_compute_steps_aside_for_a_mail_that_comes_in(clock: Clock) -> None:
    pace, accepted = Pace(clock), Future[int]()
    computed = threading.Event()

    def compute() -> None:
        with pace.computing:
            computed.set()

    pace.coming(accepted)
    job = threading.Thread(target=compute, daemon=True)
    job.start()
    meanwhile = computed.wait(0.05)
    accepted.set_result(8)
    clock.now += 2 * QUIET_SECONDS

    assert not meanwhile
    assert computed.wait(5)


def test_others_compute_while_one_waits_in_the_middle_of_it(clock: Clock) -> None:
    computing = Pace(clock).computing
    done: list[str] = []

    def compute() -> None:
        with computing:
            done.append("another")

    other = threading.Thread(target=compute, daemon=True)
    with computing:
        with computing.aside():
            other.start()
            other.join(5)
        done.append("the one")
    with computing.aside():  # by one that does not hold it
        done.append("nobody")

    assert done == ["another", "the one", "nobody"]
