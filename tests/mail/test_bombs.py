"""Whatever the bytes are, a mail is read within the bounds of the table: time, memory, and what is made of it.

Each mail is read in a process of its own with limits that the kernel keeps: of processor time and of memory. Whoever
oversteps one is killed by it or cannot go on. The seconds are those of `tests.mail.yardstick`.
"""

import json
import math
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from mailgate.mail import bounds
from mailgate.mail.inspection import facts_of
from mailgate.mail.wire.sniff import sniff
from tests.mail.bombs import FAMILIES, KB, LARGE, MB
from tests.mail.yardstick import slowness

TRIES = 3
"""One within the bound shows that the reader can; what is not linear is past it each time."""

_PLAIN = b"From: anne@ash.example\r\nSubject: warm up\r\n\r\n<p>words</p>\r\n"


class TimeOver(AssertionError):
    """The processor time was used up."""


@pytest.fixture(scope="module", autouse=True)
def read_once() -> None:
    """Tables that are made at first use are no work on any mail."""
    facts_of(_PLAIN)
    sniff(bytes(range(128, 256)))


def sizes() -> Iterator[tuple[str, int]]:
    """Every family small and with a megabyte; those whose cost lies in their bytes with all that a door takes."""
    yield from ((name, size) for name in FAMILIES for size in (60 * KB, MB))
    yield from ((name, 34 * MB) for name in LARGE)


@pytest.mark.parametrize(("name", "size"), tuple(sizes()))
def test_a_mail_that_was_made_to_break_its_reader_is_read_within_bounds(name: str, size: int) -> None:
    raw = FAMILIES[name](size - KB)
    assert size // 2 < len(raw) < bounds.MAX_INPUT

    texts, rest = _at_best(lambda: _lengths(raw), seconds=_seconds(size), memory_bytes=bounds.MEMORY_BYTES)

    assert max(texts) <= bounds.MAX_TIMES * len(raw) + 10 * KB
    assert rest <= 2 * len(raw) + MB


def test_the_limits_of_these_tests_are_kept() -> None:
    """A reader that takes too much would be seen."""

    def work_for_ever() -> tuple[list[int], int]:
        while True:
            pass

    with pytest.raises(AssertionError, match="SIGXCPU"):
        _at_best(work_for_ever, seconds=1, memory_bytes=bounds.MEMORY_BYTES)
    with pytest.raises(AssertionError, match="MemoryError"):
        _within_limits(lambda: ([len(b"x" * 2 * bounds.MEMORY_BYTES)], 0), seconds=1, memory_bytes=bounds.MEMORY_BYTES)


def _seconds(size: int) -> int:
    """Of the core that the yardstick names."""
    return bounds.SECONDS_OF_A_MEGABYTE if size <= MB else bounds.SECONDS_OF_THE_LARGEST


def _lengths(raw: bytes) -> tuple[list[int], int]:
    """How long the texts are that were made of it, in bytes, and all the rest together."""
    facts = facts_of(raw)
    texts = [str(facts.pop(key)) for key in ("text", "html_text", "reply_text")]
    return [len(text.encode()) for text in texts], len(json.dumps(facts))


def _at_best(work: Callable[[], tuple[list[int], int]], *, seconds: int, memory_bytes: int) -> tuple[list[int], int]:
    """The same as `_within_limits`, tried again when the time was over: others on the core slow it down, in bursts."""
    for _ in range(TRIES - 1):
        with suppress(TimeOver):
            return _within_limits(work, seconds=seconds, memory_bytes=memory_bytes)
    return _within_limits(work, seconds=seconds, memory_bytes=memory_bytes)


def _within_limits(
    work: Callable[[], tuple[list[int], int]], *, seconds: int, memory_bytes: int
) -> tuple[list[int], int]:
    """What the work returns, done by a child of this process that has so much time and memory besides what it has.

    The seconds are those of the core that the yardstick names.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        allowed = math.ceil(seconds * slowness() + time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed + 1))
        resource.setrlimit(resource.RLIMIT_AS, (_mapped() + memory_bytes,) * 2)
        try:
            said = json.dumps(work())
        except BaseException as error:  # noqa: BLE001 - the parent tells it
            said = json.dumps(repr(error))
        os.write(writer, said.encode()[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    status = os.waitpid(child, 0)[1]
    killed_by = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else None
    if killed_by == "SIGXCPU":
        raise TimeOver(killed_by)
    assert killed_by is None, killed_by
    answer = json.loads(said)
    assert isinstance(answer, list), answer
    texts, rest = answer
    return texts, rest


def _mapped() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
