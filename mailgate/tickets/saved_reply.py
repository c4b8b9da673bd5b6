"""Saved replies: texts of a folder that staff send by name, with a few places that are filled in."""

import difflib
import re
from collections.abc import Collection, Mapping

from mailgate.errors import Permanent

PLACES = ("name", "ticket", "subject", "staff", "company")
"""What may stand in a saved reply as `{name}`: whom it goes to, about which ticket, from whom."""

MAX_BYTES = 50_000

_PLACE = re.compile(r"\{([A-Za-z_]{1,40})\}")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?\Z")


class NoSavedReply(Permanent):
    """There is no such saved reply, or it cannot be sent as it is; says why."""


def is_name(name: str) -> bool:
    """A file of this name, without its `.md`, is a saved reply: nothing that could lead out of the folder."""
    return bool(_NAME.match(name))


def chosen(name: str, language: str, known: Collection[str]) -> str:
    """Which of the files in the folder, named without `.md`, is sent: `ssl-renewal.de` before `ssl-renewal`.

    Raises NoSavedReply, with the names that there are.
    """
    wanted = name.lower().removesuffix(".md")
    for one in (f"{wanted}.{language.lower()}", f"{wanted}.{language.lower().partition('-')[0]}", wanted):
        if one in known:
            return one
    names = names_of(known)
    if wanted in names:
        raise NoSavedReply(f"the saved reply {wanted} has no text in {language}; {wanted}.md would be for everybody")
    near = difflib.get_close_matches(wanted, names, n=1)
    if near:
        raise NoSavedReply(f"there is no saved reply {name}; did you mean {near[0]}?")
    raise NoSavedReply(f"there is no saved reply {name}; there is {', '.join(names) or 'none'}")


def names_of(known: Collection[str]) -> list[str]:
    """What can be written for these files, in order."""
    return sorted({one.partition(".")[0] for one in known})


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; what is put in is never read again. Raises NoSavedReply for one unknown."""
    unknown = next((name for name in _PLACE.findall(text) if name not in PLACES), None)
    if unknown is not None:
        there = ", ".join(f"{{{name}}}" for name in PLACES)
        raise NoSavedReply(f"it has {{{unknown}}} in it, which nothing fills; there is {there}")
    return _PLACE.sub(lambda place: values[place[1]], text).strip()
