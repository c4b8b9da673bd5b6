"""Confirmation: what is done only after a yes, given in a reply to a mail that went to the registered address."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailgate.authority import Action

MAX_OPEN = 3
MAX_PER_DAY = 3
"""Of one account: whoever can forge its mail must not be able to flood it with questions."""


class ConfirmKind(StrEnum):
    """What is to be done; each has its function in `flows.confirmed`."""

    CLOSE = "close"
    REOPEN = "reopen"
    STOP = "stop"
    SHARE = "share"
    ADD_CONTACT = "add-contact"
    STAFF_MAIL = "staff-mail"


class ConfirmState(StrEnum):
    """What became of the question."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


class Answer(StrEnum):
    """What a reply says."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


ACTIONS: Mapping[ConfirmKind, Action] = {
    ConfirmKind.CLOSE: Action.CLOSE_OR_REOPEN,
    ConfirmKind.REOPEN: Action.CLOSE_OR_REOPEN,
    ConfirmKind.STOP: Action.LEAVE,
    ConfirmKind.SHARE: Action.SHARE,
    ConfirmKind.ADD_CONTACT: Action.CHANGE_IDENTITY,
    ConfirmKind.STAFF_MAIL: Action.STAFF_COMMAND,
}
"""The row of the matrix that each is judged by."""

_SHORT, _LONG = timedelta(hours=24), timedelta(hours=72)
_SENSITIVE = frozenset(
    {Action.ORDER_WITHIN_LIMIT, Action.ORDER_BEYOND_LIMIT, Action.CHANGE_IDENTITY, Action.STAFF_MONEY}
)

# The first word of each is the one that the mail asks for.
_WORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (("yes", "y", "yep", "yeah"), ("no", "n", "nope")),
    "da": (("ja",), ("nej",)),
    "de": (("ja",), ("nein",)),
    "es": (("sí", "si"), ("no",)),
    "fr": (("oui",), ("non",)),
    "it": (("sì", "si"), ("no",)),
    "nl": (("ja",), ("nee", "neen")),
    "pl": (("tak",), ("nie",)),
    "pt": (("sim",), ("não", "nao")),
    "sv": (("ja",), ("nej",)),
}
_ENGLISH = _WORDS["en"]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A question that was asked. `values` are frozen with it; `statement` and `cost` are what was read."""

    id: int
    kind: ConfirmKind
    values: Mapping[str, str]
    statement: str  # without its full stop
    cost: str
    customer_id: int | None
    contact_id: int | None  # who was asked: a contact or a staff member
    staff_id: int | None
    ticket_id: int | None
    spool_id: int  # the mail that asked for it
    evidence: str  # of that mail
    state: ConfirmState
    returned: bool  # an unclear answer has gone back once
    asked_at: datetime
    expires_at: datetime

    def is_open(self, now: datetime) -> bool:
        """It may still be answered."""
        return self.state is ConfirmState.OPEN and now < self.expires_at


def lifetime(kind: ConfirmKind) -> timedelta:
    """How long a yes is waited for: money and identity a day, anything else three."""
    return _SHORT if ACTIONS[kind] in _SENSITIVE else _LONG


def words_for(language: str) -> tuple[str, str]:
    """What to answer for yes and for no, in this language (BCP 47); in English where it is none of ours."""
    yes, no = _WORDS.get(_primary(language), _ENGLISH)
    return yes[0], no[0]


def read_answer(first_word: str, language: str) -> Answer:
    """What the first word of a reply means: in the language of its writer, or in English."""
    word = unicodedata.normalize("NFC", first_word).strip(" \t.,;:!?…\"'*_()“”„’").casefold()
    for yes, no in (_WORDS.get(_primary(language), _ENGLISH), _ENGLISH):
        if word in yes:
            return Answer.YES
        if word in no:
            return Answer.NO
    return Answer.UNCLEAR


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
