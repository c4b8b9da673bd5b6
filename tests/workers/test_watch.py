"""No mail keeps a worker past its bound: it is parked at once, staff are told, and all others go on."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mailgate.errors import PastItsBound
from mailgate.inbound.spamd import SpamVerdict
from mailgate.mail.disposition import Disposition
from tests.gate import SUPPORT, Gate, Person
from workers.watch import Watch


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch(0.2, look_seconds=0.01)
    yield watch
    watch.stop()


def _compute(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_who_computes_for_too_long_is_broken_off(watch: Watch) -> None:
    with pytest.raises(PastItsBound), watch():
        _compute(60)


def test_each_piece_of_work_has_the_whole_bound(watch: Watch) -> None:
    done = 0
    for _ in range(5):
        with watch():
            _compute(0.1)
        done += 1

    assert done == 5


def test_who_waits_is_left_alone(watch: Watch) -> None:
    waited = False
    with watch():
        time.sleep(0.5)
        waited = True

    assert waited


def test_only_the_thread_that_is_late_is_broken_off(watch: Watch) -> None:
    hit: list[str] = []

    def work(name: str, seconds: float) -> None:
        try:
            with watch():
                _compute(seconds)
        except PastItsBound:
            hit.append(name)

    threads = [threading.Thread(target=work, args=one) for one in (("late", 30.0), ("early", 0.01), ("other", 0.05))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert hit == ["late"]


def test_a_mail_past_its_bound_is_parked_at_once_and_told_and_the_others_go_on(
    gate: Gate, anne: Person, bart: Person
) -> None:
    watch = Watch(0.02, look_seconds=0.002)
    narrow = replace(gate, parts=replace(gate.parts, bounded=watch))
    large = f"From: {anne.address}\r\nTo: {SUPPORT}\r\nContent-Type: text/html\r\n\r\n{'<i a>b<br></i> ' * 60_000}\r\n"

    parked = narrow.deliver(large.encode())
    other = narrow.deliver(anne.writes("Are you there?"))
    narrow.later(seconds=61)
    watch.stop()

    assert parked.outcome.disposition is Disposition.HELD
    assert parked.outcome.reason == "parked: reading it takes too much time or memory (PastItsBound())"
    assert other.outcome.disposition is Disposition.OPENED
    assert "reading it takes too much time or memory" in " ".join(narrow.mailbox(bart)[-1].text.split())


def test_a_mail_for_which_memory_does_not_suffice_is_parked_at_once(gate: Gate, anne: Person) -> None:
    def has_no_memory(raw: bytes) -> SpamVerdict:
        raise MemoryError

    poor = replace(gate, parts=replace(gate.parts, check_spam=has_no_memory))

    parked = poor.deliver(anne.writes("Hello"))

    assert (parked.outcome.disposition, parked.attempts) == (Disposition.HELD, 1)
    assert parked.outcome.reason == "parked: reading it takes too much time or memory (MemoryError())"
