"""Whose turn it is to write."""

import threading
from functools import partial

from store.turns import WriteTurn
from tests.servers.process import wait_until


def test_one_writes_at_a_time_and_an_urgent_one_is_next() -> None:
    turn = WriteTurn()
    order: list[str] = []
    assert turn.take(urgent=False, timeout_seconds=1)

    def write(name: str, *, urgent: bool) -> None:
        assert turn.take(urgent=urgent, timeout_seconds=10)
        order.append(name)
        turn.give_back()

    workers = [threading.Thread(target=write, args=(f"worker {n}",), kwargs={"urgent": False}) for n in range(3)]
    client = threading.Thread(target=write, args=("client",), kwargs={"urgent": True})
    for thread in (*workers, client):
        thread.start()
    wait_until(lambda: turn.waiting == 4, what="all to wait for their turn")
    turn.give_back()
    for thread in (*workers, client):
        thread.join()

    assert order[0] == "client"
    assert sorted(order[1:]) == ["worker 0", "worker 1", "worker 2"]


def _wait(turn: WriteTurn, threads: int) -> bool:
    return turn.waiting == threads


def test_those_of_one_rank_write_in_the_order_in_which_they_came() -> None:
    turn = WriteTurn()
    order: list[int] = []
    assert turn.take(urgent=False, timeout_seconds=1)

    def write(number: int) -> None:
        assert turn.take(urgent=False, timeout_seconds=10)
        order.append(number)
        turn.give_back()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for place, thread in enumerate(threads, 1):
        thread.start()
        wait_until(partial(_wait, turn, place), what="the next to wait")
    turn.give_back()
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3]
    assert turn.take(urgent=False, timeout_seconds=1)


def test_a_turn_that_does_not_come_in_time_blocks_nobody_after() -> None:
    turn = WriteTurn()
    assert turn.take(urgent=False, timeout_seconds=1)

    late = turn.take(urgent=True, timeout_seconds=0.01)
    turn.give_back()

    assert not late
    assert turn.take(urgent=False, timeout_seconds=1)
