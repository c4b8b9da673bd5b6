"""The names of the jobs. A job carries one row id and means "look now"; losing or repeating it does no harm."""

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol


class Job(StrEnum):
    """One value for each actor; the sweep of each stands in `mailgate.flows.due`."""

    RECEIVE = "receive"
    """A spool row waits for its disposition."""

    DELIVER = "deliver"
    """An outbox row waits for the smarthost."""

    TEACH = "teach"
    """Spamd is to be told what a person decided."""


class Enqueue(Protocol):
    """Wake a worker up for one row. Sent after the commit; never raises: the sweep finds what a lost job leaves."""

    def __call__(self, job: Job, row_id: int) -> None: ...


FailPoint = Callable[[str], None]
"""A named place between two steps. Crash tests pass a function that kills the process there."""


def no_fail_point(name: str) -> None:
    """What stands at a fail point in production: nothing."""


computing = threading.Lock()
"""Held by a job while it computes and writes, not while it waits for a server: two threads that compute only fight for
the one interpreter, and lose a third of its time by it."""
