"""Work steps aside while mails come in one upon the other, and never for long."""

from threading import Thread

import pytest

from mailgate.inbound.rush import LONGEST_SECONDS, QUIET_SECONDS, Rush


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
    waiting = Thread(target=rush.wait, daemon=True)
    waiting.start()
    waiting.join(0.05)
    held = waiting.is_alive()

    rush.leave()
    clock.now += 2 * QUIET_SECONDS
    waiting.join(5)

    assert held
    assert not waiting.is_alive()
