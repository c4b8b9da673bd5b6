"""The filter of the staff's list of tickets, as its URL says it; each part of it can be put on and taken away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from mailgate.tickets.ticket import Priority, State
from store.views.staff_queue import NOBODY, Filter

ALL = "all"
MINE, NOBODYS = "mine", "nobody"
PARTS = ("with", "desk", "tag", "priority")
"""Parameters of a URL that leave out tickets of their state."""

MAX_WORD = 100
"""Characters of a desk's or a tag's name: none of ours is longer."""

_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; "" where a part says nothing. What makes no sense counts as nothing."""

    state: str = State.OPEN.value  # or ALL
    whose: str = ""  # MINE, NOBODYS, or the id of somebody on the staff
    desk: str = ""
    tag: str = ""
    priority: str = ""  # urgent alone can be asked for

    @property
    def query(self) -> str:
        """The parts as a URL has them; the state always, so that it can be told from no filter at all."""
        return _query(self)

    def but(self, **parts: str) -> str:
        """The query with these parts in place of those that there are."""
        return replace(self, **parts).query

    def filter_for(self, staff_id: int) -> Filter:
        """What it leaves of the tickets when this staff member asks."""
        whom = {MINE: staff_id, NOBODYS: NOBODY}
        return Filter(
            state=None if self.state == ALL else State(self.state),
            assignee_id=whom.get(self.whose, int(self.whose) if self.whose.isdigit() else None),
            desk=self.desk or None,
            tag=self.tag or None,
            is_urgent=bool(self.priority),
        )


@lru_cache(maxsize=4_000)  # a page has twenty such links, and is looked at again and again
def _query(asked: Asked) -> str:
    values = (asked.state, asked.whose, asked.desk, asked.tag, asked.priority)
    return urlencode([(name, value) for name, value in zip(("state", *PARTS), values, strict=True) if value])


def asked_in(parts: Mapping[str, str], desks: Iterable[str]) -> Asked:
    """Read the parameters of a URL. A state that is none is the open one; `desks` are the names that there are."""
    state, whose, desk = parts.get("state", ""), parts.get("with", ""), parts.get("desk", "")
    is_somebody = whose.isascii() and whose.isdigit() and len(whose) <= _MOST_DIGITS and int(whose) > 0
    return Asked(
        state=state if state in {ALL, *State} else State.OPEN.value,
        whose=whose if whose in (MINE, NOBODYS) or is_somebody else "",
        desk=desk if desk in set(desks) else "",
        tag=parts.get("tag", "")[:MAX_WORD].replace("\0", "").strip().lower(),
        priority=Priority.URGENT.value if parts.get("priority") == Priority.URGENT else "",
    )
