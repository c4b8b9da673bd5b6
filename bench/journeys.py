"""Files and calls of ours on two journeys through a warm process: exact, not timed. A reader walks them as they do."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

from bench.conversation import asks, is_answered
from bench.inline import file_of, gate
from bench.letters import PEOPLE
from bench.results import JOURNEY_CALLS, JOURNEY_FILES, Result
from bench.run import Run

ASKS, ANSWERS = "spool row to ticket, two mails queued", "staff reply to queued"
WARM = 2
FUNCTIONS, CALLERS = 4, 3
"""So many of each file are shown."""


class Calls:
    """The calls of functions of ours while it is called, each with the file of ours that it came from.

    As a profiler counts them: a comprehension is a call, and each time that a generator goes on is one. A call through
    a library, such as a listener of the engine, comes from the file that called the library.
    """

    def __init__(self) -> None:
        self.functions: Counter[tuple[str, str]] = Counter()  # (file, function)
        self.callers: Counter[tuple[str, str]] = Counter()  # (file, file that called)

    def __call__(self, work: Callable[[], object]) -> None:
        sys.setprofile(self._saw)
        try:
            work()
        finally:
            sys.setprofile(None)

    @property
    def files(self) -> int:
        """How many files they are in."""
        return len({file for file, _ in self.functions})

    @property
    def total(self) -> int:
        """How many there were."""
        return self.functions.total()

    @property
    def moves(self) -> int:
        """How many of them entered another file."""
        return sum(number for (file, caller), number in self.callers.items() if file != caller)

    def _saw(self, frame: FrameType, what: str, _value: object) -> None:
        if what == "call" and (file := file_of(frame)):
            self.functions[file, frame.f_code.co_qualname] += 1
            self.callers[file, _caller(frame.f_back)] += 1


def journeys(run: Run) -> Iterator[Result]:
    """Two lines for each."""
    for what, calls in walk(run).items():
        details = {"by_file": dict(_by_file(calls).most_common())}
        yield Result("journeys", f"{what}: files", f"{calls.files}", calls.files, JOURNEY_FILES)
        words = f"{calls.total:,}, {calls.moves:,} of them into another file"
        yield Result("journeys", f"{what}: calls", words, calls.total, JOURNEY_CALLS, details)


def walk(run: Run) -> Mapping[str, Calls]:
    """Both journeys, by a customer who has not written before."""
    found = {}
    with gate(run.room("journeys")) as parts:
        for number, author in enumerate(PEOPLE[: WARM + 1]):
            found = {ASKS: Calls(), ANSWERS: Calls()}  # those of the last are kept: it finds a warm process
            rows = asks([author], f"asks.{number}").take(parts, found[ASKS])
            is_answered(rows, "answer").take(parts, found[ANSWERS])
    return found


def print_journeys(run: Run) -> None:
    """Where the calls of each journey go: file by file, its functions that are called most, and who calls them."""
    for what, calls in walk(run).items():
        print(f"\n{what}: {calls.files} files, {calls.total:,} calls, {calls.moves:,} of them into another file")
        by_room: Counter[str] = Counter()
        for file, number in _by_file(calls).items():
            by_room[file.rpartition("/")[0]] += number
        print("  by room: " + ", ".join(f"{room} {number}" for room, number in by_room.most_common()))
        for file, number in _by_file(calls).most_common():
            functions = _most(calls.functions, file, FUNCTIONS)
            print(f"  {number:5}  {file}: {functions}\n           from {_most(calls.callers, file, CALLERS)}")


def _by_file(calls: Calls) -> Counter[str]:
    numbers: Counter[str] = Counter()
    for (file, _), number in calls.functions.items():
        numbers[file] += number
    return numbers


def _most(counted: Counter[tuple[str, str]], file: str, most: int) -> str:
    mine = Counter({what: number for (where, what), number in counted.items() if where == file})
    return ", ".join(f"{what} {number}" for what, number in mine.most_common(most))


def _caller(frame: FrameType | None) -> str:
    while frame is not None:
        if file := file_of(frame):
            return file
        frame = frame.f_back
    return "outside"
