"""A list that staff get by mail and answer by its numbers: what may be said of it, and how that is carried out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mailgate.commands.verb import Command, Table
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.people import Staff
from store.post.outbox import Outgoing


@dataclass(frozen=True, slots=True)
class ListKind:
    """`listed` tells the numbers in the mails of the list that is answered, and what they name.

    `carry_out` says in words what one command came to.
    """

    what: str
    table: Table
    listed: Callable[[Sequence[Outgoing]], Mapping[int, int]]
    carry_out: Callable[[Act, Command, Incoming, Staff], str]
