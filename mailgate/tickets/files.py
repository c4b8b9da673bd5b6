"""Which files of a mail become part of its ticket. What is left out is named, and stays in the mail as it came."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mailgate.mail.message import Attachment

_OF_WINDOWS = ("exe", "dll", "com", "scr", "cpl", "ocx", "sys", "drv", "msi", "efi")
_OF_UNIX = ("elf", "so", "ko", "o", "out", "bin", "run", "appimage", "dylib", "app")
_PROGRAMS = frozenset((*_OF_WINDOWS, *_OF_UNIX, "class", "jar", "war", "apk", "dex"))
"""Endings under which the machine code below is what it says."""

_MACHINE_CODE = (
    b"\x7fELF",
    *(b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf"),  # Mach-O
    b"\xca\xfe\xba\xbe",  # Java, or Mach-O for several machines
    b"dex\n0",  # Android
)

_ENDING = re.compile(r"[A-Za-z0-9_+~-]{1,20}\Z")
_ENDING_OF_TYPE = {
    "application/json": "json",
    "application/octet-stream": "",
    "application/pdf": "pdf",
    "application/pgp-encrypted": "asc",
    "application/pgp-keys": "asc",
    "application/pgp-signature": "asc",
    "application/pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-mime": "p7m",
    "application/x-pkcs7-signature": "p7s",
    "application/zip": "zip",
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/plain": "txt",
    "text/rfc822-headers": "txt",
}
MAX_NAMED = 20
"""Files of one mail that a mail of ours names; further ones are counted."""

_MAX_NAME = 100  # characters of a name that is repeated in a mail or on a page


@dataclass(frozen=True, slots=True)
class FileRules:
    """What is taken from a customer's mail. `allowed` are endings in lower case without the dot; none: all are."""

    allowed: tuple[str, ...]
    max_files: int
    max_bytes: int  # of all files of a mail together


class Unwanted(StrEnum):
    """Why a file is not taken; behind each what its words are given.

    They stand in `templates/mail/<locale>/parts/unwanted.md`.
    """

    ENDING = "ending"  # ending
    NO_ENDING = "no-ending"
    PROGRAM = "program"
    TOO_MANY = "too-many"  # most
    TOO_LARGE = "too-large"  # most: bytes


_ENGLISH: Mapping[Unwanted, str] = {
    Unwanted.ENDING: "files ending in .{ending} are not accepted",
    Unwanted.NO_ENDING: "its kind is not known",
    Unwanted.PROGRAM: "it is a program, whatever its name says",
    Unwanted.TOO_MANY: "more than {most} files in one mail",
    Unwanted.TOO_LARGE: "more than {most:,} bytes of files in one mail",
}
"""For the command line, exports and lists of staff."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that stays in the mail alone, and why; its words are safe to show."""

    name: str
    size: int
    reason: str  # in English
    why: str = ""  # an Unwanted; "": of an older version, which kept the words alone
    given: Mapping[str, str | int] = field(default_factory=dict)


def _left_out(file: Attachment, why: Unwanted, **given: str | int) -> LeftOut:
    return LeftOut(_shown(file), len(file.content), _ENGLISH[why].format(**given), why.value, given)


@dataclass(frozen=True, slots=True)
class Choice:
    """The files of a mail, in its order: by place those that are taken, and those that are not."""

    taken: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    suspects: tuple[LeftOut, ...] = ()  # taken, because all endings are, though they are not what they are named


def choose_files(files: Sequence[Attachment], rules: FileRules) -> Choice:
    """Judge each file by the ending of every name that it has, by what its first bytes are, and by the caps.

    Nothing is unpacked: an archive is judged by its own name (B29).
    """
    taken: list[int] = []
    left_out: list[LeftOut] = []
    suspects: list[LeftOut] = []
    room = rules.max_bytes
    for place, file in enumerate(files):
        size = len(file.content)
        disguise = _left_out(file, Unwanted.PROGRAM) if _is_disguised(file) else None
        missing = _unwanted(file, rules) or (disguise if rules.allowed else None)
        if missing is None and len(taken) >= rules.max_files:
            missing = _left_out(file, Unwanted.TOO_MANY, most=rules.max_files)
        if missing is None and size > room:
            missing = _left_out(file, Unwanted.TOO_LARGE, most=rules.max_bytes)
        if missing is not None:
            left_out.append(missing)
            continue
        taken.append(place)
        room -= size
        if disguise:
            suspects.append(disguise)
    return Choice(tuple(taken), tuple(left_out), tuple(suspects))


def ending_of(name: str) -> str:
    """What stands behind the last dot, in lower case; "" when there is none that a computer would go by.

    Trailing dots and blanks do not count: Windows drops them when it saves the file.
    """
    _, dot, ending = name.rstrip(". ").rpartition(".")
    return ending.lower() if dot and _ENDING.match(ending) else ""


def _endings(file: Attachment) -> tuple[str, ...]:
    """The ending of each name; where a name has none, the one that goes with the type."""
    names = (file.filename or "", *file.other_names)
    return tuple(dict.fromkeys(ending_of(name) or _ending_of_type(file.content_type) for name in names))


def _ending_of_type(content_type: str) -> str:
    if content_type in _ENDING_OF_TYPE:
        return _ENDING_OF_TYPE[content_type]
    kind, _, subtype = content_type.partition("/")
    if kind == "message":
        return "eml"
    return subtype if kind == "image" and _ENDING.match(subtype) else "html" if "html" in subtype else ""


def _unwanted(file: Attachment, rules: FileRules) -> LeftOut | None:
    for ending in _endings(file) if rules.allowed else ():
        if ending not in rules.allowed:
            return _left_out(file, Unwanted.ENDING, ending=ending) if ending else _left_out(file, Unwanted.NO_ENDING)
    return None


def _is_disguised(file: Attachment) -> bool:
    """Machine code under the name of something harmless: nobody sends that by mistake."""
    head = file.content[:64]
    # Two letters may begin a text too; the header of a program for Windows has NULs soon after.
    is_program = head.startswith(_MACHINE_CODE) or (head.startswith(b"MZ") and b"\0" in head)
    return is_program and not any(ending in _PROGRAMS for ending in _endings(file))


def _shown(file: Attachment) -> str:
    name = file.filename or file.content_type
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 21]}…{name[-20:]}"
