"""A list that staff get by mail and answer by its numbers: how its answers are read and carried out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from mailgate.commands.directives import Directive
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.people import Staff
from mailgate.tickets.verbs import Misread
from store.post.outbox import Outgoing

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class ListKind(Generic[C]):
    """`read` is given the mails of the list that is answered; `usage` is what may be written, each with its meaning.

    `carry_out` says in words what one line came to.
    """

    what: str
    usage: Sequence[Mapping[str, str]]
    read: Callable[[Act, Sequence[Directive], Sequence[Outgoing]], tuple[tuple[C, ...], tuple[Misread, ...]]]
    carry_out: Callable[[Act, C, Incoming, Staff], str]
