"""A line that is not carried out, and why: values alone, the words stand in the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mailgate.errors import Permanent


class Fault(StrEnum):
    """Why; behind each what its words are given. They stand in `templates/mail/<locale>/parts/misread.md`."""

    BECAUSE = "because"  # words: a sentence of its own
    TOO_MANY = "too-many"  # most, count
    # the command
    UNKNOWN = "unknown"
    NOBODY = "nobody"  # neither a command nor somebody's name
    TICKET_ONLY = "ticket-only"
    NEW_ONLY = "new-only"
    OWNER_ONLY = "owner-only"
    ROLE = "role"  # roles: besides the owner
    TWICE = "twice"
    CONTRARY = "contrary"  # other
    ASTRAY = "astray"  # it stands elsewhere than at the top
    # what stands behind it
    NOTHING_BELONGS = "nothing-belongs"
    WORDS_BELONG = "words-belong"
    NAME_BELONGS = "name-belongs"
    ADDRESS_BELONGS = "address-belongs"
    TICKET_BELONGS = "ticket-belongs"
    MAIL_BELONGS = "mail-belongs"
    COLLEAGUE_BELONGS = "colleague-belongs"
    NO_COLLEAGUE = "no-colleague"  # words
    SEVERAL_COLLEAGUES = "several-colleagues"  # words, people
    PRIORITY_BELONGS = "priority-belongs"
    TAGS_BELONG = "tags-belong"
    ABSENCE_BELONGS = "absence-belongs"
    INVOICE_BELONGS = "invoice-belongs"
    DAY_BELONGS = "day-belongs"
    DAYS_BELONG = "days-belong"
    MONTH_BELONGS = "month-belongs"
    TIME_BELONGS = "time-belongs"
    NO_TIME = "no-time"  # words, day
    PAST = "past"  # words
    TOO_FAR = "too-far"  # words, days
    # a line about something in a list
    NUMBER_BELONGS = "number-belongs"
    NOTHING_SAID = "nothing-said"
    NOTHING_MORE = "nothing-more"
    NOT_LISTED = "not-listed"  # number
    NUMBER_TWICE = "number-twice"  # number
    # the fields below a command
    NO_SUCH_FIELD = "no-such-field"  # command, names
    FIELD_TWICE = "field-twice"
    FIELD_ALONE = "field-alone"  # command
    FIELD_OF_TWO = "field-of-two"  # command, other
    COMMAND_BELOW = "command-below"


FOR_OTHERS = frozenset({Fault.ROLE, Fault.OWNER_ONLY})
"""The line was understood, and it is not for its writer to ask for that; `who` among its values: whom it is for."""


@dataclass(frozen=True, slots=True)
class Misread:
    """A line that was not understood, or that cannot be carried out.

    `correct` is what was most likely meant, in the writer's own words; `example` only how such a line is written.
    """

    line: str  # as it was written
    fault: Fault
    values: Mapping[str, str] = field(default_factory=dict)
    correct: str | None = None
    example: str | None = None


class BadArgument(Permanent):
    """The words behind a command, or a field, are not what it takes."""

    def __init__(self, fault: Fault, **values: str) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.values = values


def because(line: str, words: str) -> Misread:
    """A line that is well written and cannot be carried out all the same; for staff, whose reasons are many."""
    return Misread(line, Fault.BECAUSE, {"words": words})


def as_values(misread: Sequence[Misread]) -> list[Mapping[str, object]]:
    """What a template is given of them."""
    return [
        {
            "line": one.line,
            "fault": one.fault.value,
            "given": dict(one.values),
            "correct": one.correct,
            "example": one.example,
        }
        for one in misread
    ]
