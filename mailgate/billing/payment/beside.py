"""Statements that stand one behind the other: the same line in two of them may be two; in one and its copy it is one.

Only where a bank gives its lines no reference of its own does it matter: else that tells them apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A statement that is known, by what the account held before it and behind it."""

    id: int
    opening_minor: int
    closing_minor: int


def beside(between: tuple[int, int], known: Iterable[Span]) -> frozenset[int]:
    """Those of the known statements that end where this one begins, or begin where it ends; and so on from them.

    A copy of it, or one that has its lines among others, begins or ends elsewhere. One in which nothing moved tells
    nothing.
    """
    opening, closing = between
    if opening == closing:
        return frozenset()
    moved = [one for one in known if one.opening_minor != one.closing_minor]
    others = [one for one in moved if (one.opening_minor, one.closing_minor) != between]
    before = _chain(opening, [(one.closing_minor, one.opening_minor, one.id) for one in others])
    behind = _chain(closing, [(one.opening_minor, one.closing_minor, one.id) for one in others])
    return before | behind


def _chain(at: int, links: Sequence[tuple[int, int, int]]) -> frozenset[int]:
    found: set[int] = set()
    ends = {at}
    while ends:
        further = [(number, end) for begin, end, number in links if begin in ends and number not in found]
        found.update(number for number, _ in further)
        ends = {end for _, end in further}
    return frozenset(found)
