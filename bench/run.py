"""Run: how much is measured, and where."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.results import Result, Turns

Case = TypeVar("Case")


@dataclass(frozen=True, slots=True)
class Run:
    """The options of one run. Everything it writes is below `directory`."""

    directory: Path
    rounds: int
    quick: bool  # a look at whether it works at all; its figures mean nothing
    tickets: int  # of the large store
    messages: int
    stores: Path  # of made-up tickets; they may be there from an earlier run
    peers: Path  # programs of others, installed; likewise
    install: bool  # one that is not there; else it is left out
    kept: Path | None = None  # where servers with made-up stores are kept, if they are
    minutes: float = 30.0  # of the soak

    def much(self, usual: int) -> int:
        """How many of something; few in a quick run."""
        return max(10, usual // 50) if self.quick else usual

    def some(self, usual: Sequence[Case]) -> Sequence[Case]:
        """All cases; only the first in a quick run."""
        return usual[:1] if self.quick else usual

    def room(self, name: str) -> Path:
        """A new directory."""
        place = self.directory / name
        place.mkdir(parents=True)
        return place

    def in_turns(self, ours: Callable[[int], float], bare: Callable[[int], float]) -> Turns:
        """Measure both in each round, who comes first by turns; both are given the number of the round."""
        mine, other = [], []
        for number in range(self.rounds):
            if number % 2:
                other.append(bare(number))
                mine.append(ours(number))
            else:
                mine.append(ours(number))
                other.append(bare(number))
        return Turns(mine, other)


Part = Callable[[Run], Iterator[Result]]
"""One benchmark: measures, and yields its lines one by one."""


def tell(words: str) -> None:
    """Progress, for people."""
    print(words, file=sys.stderr, flush=True)
