"""Starts gates that differ from `mailgate serve` in one thing."""

import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from tests.program import Program, Serving

ROOT = Path(__file__).parents[2]


def dying(program: Program, place: str, *, environment: Mapping[str, str]) -> AbstractContextManager[Serving]:
    """The program's gate, ready, with settings of the environment; it dies at this fail point."""
    return _start(program, "tests.crash.dying_gate", {"DIES_AT": place, **environment})


def dying_worker(program: Program, place: str) -> AbstractContextManager[Serving]:
    """Workers by themselves, ready; they die at this fail point."""
    return _start(program, "tests.crash.dying_worker", {"DIES_AT": place})


def choking(program: Program, *, environment: Mapping[str, str] | None = None) -> AbstractContextManager[Serving]:
    """The program's gate, ready, with a spam check that raises at some mails and dies of others."""
    return _start(program, "tests.crash.choking_gate", environment or {})


def _start(program: Program, module: str, environment: Mapping[str, str]) -> AbstractContextManager[Serving]:
    command = (sys.executable, "-m", module, str(program.config))
    return program.start(*command, environment={"PYTHONPATH": str(ROOT), **environment})
