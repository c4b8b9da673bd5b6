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


@dataclass(frozen=True, slots=True)
class _Words:
    """What answers begin with in one language, and what may stand beside a yes. The first of each is asked for."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    courtesies: str


_WORDS: Mapping[str, _Words] = {
    "en": _Words(("yes", "y", "yep", "yeah"), ("no", "n", "nope"), "please pls thanks thank you many thx ok okay"),
    "da": _Words(("ja",), ("nej",), "tak mange"),
    "de": _Words(("ja",), ("nein",), "bitte danke gern gerne vielen dank"),
    "es": _Words(("sí", "si"), ("no",), "por favor gracias muchas"),
    "fr": _Words(("oui",), ("non",), "merci s'il vous te plaît plait svp beaucoup"),
    "it": _Words(("sì", "si"), ("no",), "per favore grazie mille prego"),
    "nl": _Words(("ja",), ("nee", "neen"), "graag hoor bedankt dank je u wel alsjeblieft alstublieft"),
    "pl": _Words(("tak",), ("nie",), "proszę prosze dziękuję dziekuje"),
    "pt": _Words(("sim",), ("não", "nao"), "por favor obrigado obrigada"),
    "sv": _Words(("ja",), ("nej",), "tack gärna"),
}
_ENGLISH = _WORDS["en"]
_AROUND = " \t.,;:!…\"'*_()“”„’‘-\N{EN DASH}\N{EM DASH}"  # no question mark: “Yes?” asks
_SIGNS = frozenset({"", "👍", "🙂", "🙏"})


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
    words = _WORDS.get(_primary(language), _ENGLISH)
    return words.yes[0], words.no[0]


def read_answer(line: str, language: str) -> Answer:
    """What the first line of a reply means: in the language of its writer, or in English.

    A yes may have courtesies beside it and nothing else: “yes but monthly” is no yes to what was asked. A no ends the
    question whatever follows.
    """
    first, *others = [_bare(word) for word in line.split()] or [""]
    ours = (_WORDS.get(_primary(language), _ENGLISH), _ENGLISH)
    for words in ours:
        if first in words.yes:
            beside = {*_SIGNS, *words.yes, *(one for each in ours for one in each.courtesies.split())}
            return Answer.YES if beside.issuperset(others) else Answer.UNCLEAR
        if first in words.no:
            return Answer.NO
    return Answer.UNCLEAR


def _bare(word: str) -> str:
    return unicodedata.normalize("NFC", word).replace("’", "'").strip(_AROUND).casefold()


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
