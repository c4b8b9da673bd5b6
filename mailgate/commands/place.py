"""Place: where, when and by whom a mail with commands was written, and what is at hand there to be named."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property

from mailgate.people import Role, Staff, call_name


class Where(StrEnum):
    """What kind of mail a command works in; a mail is of one of the last two."""

    ANYWHERE = "anywhere"
    TICKET = "ticket"  # an answer to a mail of a ticket
    NEW = "new"  # a new mail, or an answer to something else


@dataclass(frozen=True)  # without slots: what its examples name is found once
class Place:
    """What the commands of one mail are understood by."""

    where: Where
    now: datetime
    zone: tzinfo  # in which its dates are meant
    roles: frozenset[Role] = frozenset(Role)  # of the writer
    staff: tuple[Staff, ...] = ()  # who can be named
    writer: Staff | None = None  # one of them
    listed: Mapping[int, int] = field(default_factory=dict)  # numbers of the list that is answered → what they name
    language: str = "en"  # BCP 47: in which its months are named, beside English and German

    @property
    def today(self) -> date:
        """The day of its dates."""
        return self.now.astimezone(self.zone).date()

    def samples(self, at: int = 0, *, words: Container[str] = ()) -> Mapping[str, str]:
        """What examples name: people and numbers that there are. `at` is the place of the example among others; of
        `words`, which mean something there, none is taken for a name.
        """
        first, address = self._somebody
        numbers = list(self.listed) or [3, 7]
        turned = [numbers[(at + one) % len(numbers)] for one in (0, 1)]
        return {
            "colleague": address if first in words else first,
            "day": f"{self.today + timedelta(days=7)}",
            "number": str(turned[0]),
            "numbers": " ".join(map(str, dict.fromkeys(turned))),
        }

    @cached_property
    def _somebody(self) -> tuple[str, str]:
        """A colleague by the first name, where that is enough, and by address; the writer only when he is alone."""
        if not self.staff:
            return "anna", "anna"
        one = next((one for one in self.staff if one != self.writer), self.staff[0])
        return call_name(one, self.staff), one.address
