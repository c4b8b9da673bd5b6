"""The names of the jobs. A job carries one row id and means "look now"; losing or repeating it does no harm."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
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

    LEDGER = "ledger"
    """The ledger is to be looked through."""

    BILL = "bill"
    """Accounts have something to be billed."""

    HOOK = "hook"
    """A program of the operator's is to be told what happened."""

    CHARGE = "charge"
    """A saved card is to be charged, or what came of that to be looked up."""

    OFFER = "offer"
    """A link by which somebody pays is to be made, looked at or closed."""

    CARD = "card"
    """The provider is to forget a card."""
    REFUND = "refund"
    """Money is to go back by a provider, or it is to be seen whether it has."""

    PROVIDER = "provider"
    """A list of the provider's is to be read."""


class Enqueue(Protocol):
    """Wake a worker up for one row. Sent after the commit; never raises: the sweep finds what a lost job leaves."""

    def __call__(self, job: Job, row_id: int) -> None: ...


FailPoint = Callable[[str], None]
"""A named place between two steps. Crash tests pass a function that kills the process there."""


def no_fail_point(name: str) -> None:
    """What stands at a fail point in production: nothing."""


Computing = AbstractContextManager[object]
"""What a job enters, time and again, when it computes and writes, and leaves when it waits for a server."""

Aside = Callable[[], AbstractContextManager[object]]
"""Gives what is entered while a job waits for a server in the middle of its computing: others compute meanwhile."""

at_hand: Aside = nullcontext
"""Where nobody else computes, nobody needs to be let in."""

Bounded = Callable[[], AbstractContextManager[object]]
"""Gives what a job enters while it reads one message; left by PastItsBound when that takes too much time."""

unbounded: Bounded = nullcontext
"""For a process that somebody watches, and ends when it has to end."""

alone: Computing = nullcontext()
"""In a process that works one thing after the other."""
