"""Statements of SQL for a customer's mail, from its spool row to the ticket with its mails queued: exact, not timed."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

from sqlalchemy import Engine, event

from bench.conversation import asks, writes_again
from bench.inline import file_of, gate
from bench.letters import PEOPLE
from bench.results import STATEMENTS, Result
from bench.run import Run
from workers.pace import IN_HAND

ALONE, TOGETHER = "one mail", f"{IN_HAND} settled together"
SHOWN = 100


class Statements:
    """The statements of an engine while it is called, each with the places of ours that it came from.

    What begins and ends a transaction is not among them, nor what the sweep does later, such as the search index.
    """

    def __init__(self, engine: Engine) -> None:
        self.found: Counter[tuple[str, str]] = Counter()
        self._engine = engine

    def __call__(self, work: Callable[[], object]) -> None:
        event.listen(self._engine, "before_cursor_execute", self._saw)
        try:
            work()
        finally:
            event.remove(self._engine, "before_cursor_execute", self._saw)

    def _saw(self, _conn: object, _cursor: object, statement: str, *_more: object) -> None:
        words = " ".join(statement.split())
        if not words.startswith("BEGIN"):
            self.found[words, _places(sys._getframe())] += 1


def statements(run: Run) -> Iterator[Result]:
    """A mail that opens a ticket and one that joins it, alone and in a group as a busy gate settles them."""
    for (what, how), (found, mails) in count(run).items():
        each = found.total() / mails
        by_statement = {f"{words} ({where})": number / mails for (words, where), number in found.most_common()}
        yield Result(
            "statements",
            f"a mail that {what} a ticket, one staff member told, {how}",
            f"{each:.4g} a mail",
            each,
            STATEMENTS,
            {"by_statement": by_statement},
        )


def count(run: Run) -> Mapping[tuple[str, str], tuple[Counter[tuple[str, str]], int]]:
    """The statements of each case, and of how many mails."""
    counted = {}
    with gate(run.room("statements")) as parts:
        people = iter(PEOPLE)
        for how, mails in (("warm", 1), (ALONE, 1), (TOGETHER, IN_HAND)):
            opening, joining = Statements(parts.engine), Statements(parts.engine)
            rows = asks([next(people) for _ in range(mails)], how.replace(" ", "-")).take(parts, opening)
            writes_again(rows, "again").take(parts, joining)
            if how != "warm":
                counted["opens", how] = opening.found, mails
                counted["joins", how] = joining.found, mails
    return counted


def print_statements(run: Run) -> None:
    """Each statement of each case, with the function that says it and the one above the store that wants it."""
    for (what, how), (found, mails) in count(run).items():
        print(f"\na mail that {what} a ticket, {how}: {found.total() / mails:.4g} statements a mail")
        for (words, where), number in sorted(found.items(), key=lambda one: (-one[1], one[0][1])):
            print(f"  {number / mails:7.4g}  {where}\n           {words[:SHOWN]}")


def _places(frame: FrameType | None) -> str:
    """Who says the statement, and who above the store called for it."""
    says = ""
    while frame is not None:
        file = file_of(frame)
        if file and file not in {"store/engine.py", "store/rows.py"}:
            place = f"{file}:{frame.f_code.co_qualname.partition('.<locals>.<')[0]}"
            says = says or place
            if not file.startswith("store/"):
                return says if place == says else f"{says} < {place}"
        frame = frame.f_back
    return says
