"""A list that staff get by mail and answer by its numbers: what may be said of it, and how that is carried out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mailgate.commands.verb import Command, Table
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.people import Staff
from mailgate.tickets.result import Item


@dataclass(frozen=True, slots=True)
class ListKind:
    """`listed` tells by which numbers a list that names these ids is answered.

    `carry_out` says what one command came to.
    """

    what: str
    table: Table
    listed: Callable[[Sequence[int]], Mapping[int, int]]
    carry_out: Callable[[Act, Command, Incoming, Staff], Item]
