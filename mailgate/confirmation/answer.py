"""What an answer says: yes, no or neither, in its writer's language or in English."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What a reply says."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"
    EDIT = "edit"  # of what is asked, read by its kind's own reader


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
