"""How far a message has come between its row and its disposition."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from mailgate.flows.story.identify import Claim, Identity
from mailgate.inbound.spamd import SpamVerdict
from mailgate.mail.message import Message
from store.post.spool import Lent

A = TypeVar("A")
B = TypeVar("B")
Stage = TypeVar("Stage", Lent, "Opened", "Checked")


class InTurn(Protocol):
    """Calls a function for each of several values, in turn or side by side; as `map` does."""

    def __call__(self, step: Callable[[A], B], values: Iterable[A], /) -> Iterable[B]: ...


class LeaseLost(Exception):
    """Somebody else has the row."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A message that came no further in this attempt."""

    lent: Lent
    error: Exception


@dataclass(frozen=True, slots=True)
class Opened:
    """A message that is read as far as it says something of itself."""

    lent: Lent
    raw: bytes
    claim: Claim
    message: Message


@dataclass(frozen=True, slots=True)
class Checked:
    """The same, judged by others."""

    opened: Opened
    identity: Identity
    verdict: SpamVerdict

    @property
    def lent(self) -> Lent:
        """Its row."""
        return self.opened.lent


def row_of(message: Lent | Opened | Checked) -> Lent:
    """The row of a message, however far it has come."""
    return message if isinstance(message, Lent) else message.lent
