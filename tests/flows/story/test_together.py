"""Several threads ask one story at the same moment: it is told once, and what fails is nobody else's fault."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, create_engine, event, insert, select

from mailgate.flows.story.together import MOST, Together
from store.engine import connect, reading
from tests.servers.process import wait_until

kept = Table("kept", MetaData(), Column("number", Integer, primary_key=True))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A store with one table."""
    made = connect(f"sqlite:///{tmp_path}/kept.db")
    kept.create(made)
    return made


class _Turn:
    """What is entered to compute, and kept by the test for as long as it likes; it counts who came."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def __enter__(self) -> None:
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


class _Story:
    """Keeps numbers; of what it was told together it knows. A negative number is a fault."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []

    def __call__(self, conn: Connection, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        for number in numbers:
            conn.execute(insert(kept), {"number": number})
            if number < 0:
                raise ValueError(number)
        return [number * 10 for number in numbers]


def _numbers(engine: Engine) -> list[int]:
    with reading(engine) as conn:
        return list(conn.execute(select(kept.c.number).order_by(kept.c.number)).scalars())


def _asked_at_once(together: Together[int, int], turn: _Turn, numbers: Sequence[int]) -> dict[int, Future[int]]:
    """While somebody else computes; so they all wait."""
    with ThreadPoolExecutor(len(numbers)) as threads:
        with turn:
            found = {number: threads.submit(together, number) for number in numbers}
            wait_until(lambda: together.waiting == len(numbers), what="all to ask")
        return found


def test_who_comes_alone_is_answered_at_once(engine: Engine) -> None:
    story = _Story()
    together = Together(engine, story)

    assert [together(1), together(2)] == [10, 20]

    assert (story.groups, _numbers(engine)) == ([[1], [2]], [1, 2])


def test_those_who_wait_at_the_same_time_are_told_in_one_transaction(engine: Engine) -> None:
    story, turn = _Story(), _Turn()
    begun: list[object] = []
    event.listen(engine, "begin", begun.append)

    found = _asked_at_once(Together(engine, story, computing=turn), turn, range(1, MOST + 1))

    assert {number: one.result() for number, one in found.items()} == {n: n * 10 for n in range(1, MOST + 1)}
    assert [sorted(group) for group in story.groups] == [list(range(1, MOST + 1))]
    assert len(begun) == 1


def test_more_than_one_transaction_takes_are_told_by_the_next(engine: Engine) -> None:
    story, turn = _Story(), _Turn()
    many = range(1, 3 * MOST)

    found = _asked_at_once(Together(engine, story, computing=turn), turn, many)

    assert all(one.result() == number * 10 for number, one in found.items())
    assert [len(group) for group in story.groups] == [MOST, MOST, MOST - 1]
    assert _numbers(engine) == list(many)


def test_who_asked_for_what_fails_hears_of_it_and_nobody_else(engine: Engine) -> None:
    story, turn = _Story(), _Turn()

    found = _asked_at_once(Together(engine, story, computing=turn), turn, [1, -2, 3])

    assert (found[1].result(), found[3].result()) == (10, 30)
    with pytest.raises(ValueError, match="-2"):
        found[-2].result()
    assert _numbers(engine) == [1, 3]
    assert sorted(group[0] for group in story.groups if len(group) == 1) == [-2, 1, 3]


def test_after_a_failure_the_next_is_told_as_ever(engine: Engine) -> None:
    together = Together(engine, _Story())
    with pytest.raises(ValueError, match="-1"):
        together(-1)

    assert together(7) == 70


def test_a_thread_that_is_ended_while_it_tells_leaves_the_others_their_turn(engine: Engine) -> None:
    story, turn = _Story(), _Turn()
    ended = threading.Event()

    def tell(conn: Connection, numbers: Sequence[int]) -> list[int]:
        if not ended.is_set():
            ended.set()
            raise SystemExit  # as a worker raises in a thread that is to stop
        return story(conn, numbers)

    found = _asked_at_once(Together(engine, tell, computing=turn), turn, [1, 2, 3])

    gone = [number for number, one in found.items() if one.exception()]
    assert len(gone) == 1
    assert _numbers(engine) == sorted({1, 2, 3} - set(gone))


def test_a_store_that_is_away_is_told_to_everybody(tmp_path: Path) -> None:
    away, turn = create_engine(f"sqlite:///{tmp_path}/no/such/place.db"), _Turn()

    found = _asked_at_once(Together(away, _Story(), computing=turn), turn, [1, 2, 3])

    assert [type(one.exception()).__name__ for one in found.values()] == ["OperationalError"] * 3
