"""Translations: read from files, and what makes one unfit for a page: other values or tags, or words that are HTML."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from babel import UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

UNREADABLE = (OSError, ValueError, PoFileError, UnknownLocaleError)
"""What `read_catalogue` raises."""

_VALUE = re.compile(r"%\((\w+)\)s")
_TAG = re.compile(r"</?[a-z][^<>]*>")
_LOOSE = re.compile(r'[<>"]|&(?!\w+;)|%(?!\(\w+\)s)')


def read_catalogue(path: Path) -> Catalog:
    """A file of messages; its language is its name. Raises UNREADABLE."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem.replace("-", "_"), abort_invalid=True)


def first_form(message: str | Sequence[str]) -> str:
    """What a message is called: a plural by its singular."""
    return message if isinstance(message, str) else message[0]


def forms_of(message: str | Sequence[str] | None) -> tuple[str, ...]:
    """All forms of a message or of its translation."""
    return (message,) if isinstance(message, str) else tuple(message or ())


def is_whole(text: str | Sequence[str] | None) -> bool:
    """A translation is there, in each of its forms."""
    return bool(text) and all(text or ())


def unfit(catalogue: Catalog, wanted: Catalog) -> Iterator[tuple[Message, str]]:
    """The messages that cannot be used, each with the reason; `wanted` has all that pages say."""
    known = [first_form(one.id) for one in wanted if one.id]
    for message in catalogue:
        if not message.id:
            continue
        said, meant = first_form(message.id), wanted.get(message.id)
        if meant is None:
            near = get_close_matches(said, known, 1)
            yield message, f"no page says {said!r}" + (f"; did you mean {near[0]!r}?" if near else "")
        elif fault := fault_of([text for text in forms_of(message.string) if text], meant):
            yield message, f"{said!r}: {fault}"


def fault_of(texts: Sequence[str], wanted: Message) -> str | None:
    """Why these forms cannot stand for a message."""
    forms = forms_of(wanted.id)
    values, tags = {name for form in forms for name in _VALUE.findall(form)}, sorted(_TAG.findall(forms[0]))
    for text in texts:
        named = set(_VALUE.findall(text))
        if named - values:
            return f"there is no %({min(named - values)})s here"
        if len(forms) == 1 and values - named:
            return f"%({min(values - named)})s is missing"
        if sorted(_TAG.findall(text)) != tags:
            return f"its tags must be {' '.join(tags) or 'none'}"
        if loose := _LOOSE.search(_TAG.sub("", text)):
            return f"{loose[0]!r} cannot stand here"
    return None
