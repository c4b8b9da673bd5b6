"""So many mails may wait for the smarthost's answer to their last byte, and a slow answer stops nobody for ever."""

import threading

import pytest

from mailgate.outbound.unanswered import Unanswered
from tests.servers.process import NotReady, wait_until


def waiting(unanswered: Unanswered, entered: list[int], leave: threading.Event, number: int) -> threading.Thread:
    """A mail that has its turn, or waits for it."""

    def send() -> None:
        with unanswered.turn() as take:
            take()
            entered.append(number)
            leave.wait(10)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    return thread


def test_no_more_mails_than_allowed_wait_for_an_answer() -> None:
    unanswered, entered, leave = Unanswered(2, patience_seconds=30), list[int](), threading.Event()

    threads = [waiting(unanswered, entered, leave, number) for number in range(5)]
    wait_until(lambda: len(entered) == 2, what="two with the smarthost")
    with pytest.raises(NotReady):
        wait_until(lambda: len(entered) > 2, what="a third", within_seconds=0.2)

    leave.set()
    for thread in threads:
        thread.join(10)
    assert sorted(entered) == list(range(5))


def test_after_a_while_a_slow_answer_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    unanswered, entered, leave = Unanswered(1, patience_seconds=0.05), list[int](), threading.Event()
    slow = waiting(unanswered, entered, leave, 1)
    wait_until(lambda: entered == [1], what="the slow one")

    with unanswered.turn() as take:
        take()

    assert "smarthost slow" in caplog.text
    leave.set()
    slow.join(10)
    with unanswered.turn() as take:
        take()
    assert caplog.text.count("smarthost slow") == 1  # the turn that was never had was not given back


def test_a_mail_that_fails_before_its_last_byte_takes_no_turn() -> None:
    unanswered = Unanswered(1, patience_seconds=0.05)

    with pytest.raises(ConnectionError), unanswered.turn():
        raise ConnectionError

    with unanswered.turn() as take:
        take()
        with unanswered.turn():
            pass
