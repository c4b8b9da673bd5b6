"""Mails in the files of an older system: mbox, maildir, single files. Found one by one, whatever the size of a file.

The mbox format is read here and not by the standard library, which takes every line that begins with `From ` for the
next mail, also within a text, and leaves the `>` in place that was put before the others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from mailgate.errors import Permanent

_LINE_BYTES = 1 << 16
_CLEAR = re.compile(rb"From \S+ +[A-Z][a-z]{2} +[A-Z][a-z]{2} +\d{1,2} +\d\d:\d\d(?::\d\d)? +(?:\S+ +)?\d{4}")
_LIKELY = re.compile(rb"From .*\d\d:\d\d.*\b\d{4}\b")
_POSTED_AT = re.compile(rb"([A-Z][a-z]{2}) +(\d{1,2}) +(\d\d:\d\d:\d\d)(?: +\S+)?? +(\d{4})")
_FIRST_FIELD = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:|>From ")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_NEVER_SENT = frozenset("DT")  # flags of a maildir: draft, trashed


class Kind(StrEnum):
    """How mails stand in files."""

    MBOX = "mbox"
    MAILDIR = "maildir"
    EML = "eml"


class NoMailbox(Permanent):
    """What was named is no mailbox of the kind that was said."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one mail stands; `length` is None for a file of its own."""

    path: Path
    offset: int = 0
    length: int | None = None
    posted_at: datetime | None = None  # when it was put there, as far as that is known

    def __str__(self) -> str:
        return str(self.path) if self.length is None else f"{self.path} at byte {self.offset}"


def places(kind: Kind, path: Path) -> Iterator[Place]:
    """The mails of one mailbox, in its order. Raises NoMailbox and OSError."""
    if not path.exists():
        raise NoMailbox(f"there is no {path}")
    match kind:
        case Kind.MBOX:
            return _in_mbox(path)
        case Kind.MAILDIR:
            return _in_maildir(path)
        case Kind.EML:
            return _in_files(path)


def read(place: Place) -> bytes:
    """The mail as it was before it was put there. Raises OSError."""
    with place.path.open("rb") as file:
        if place.length is None:
            return file.read()
        file.seek(place.offset)
        raw = file.read(place.length)
    # One `>` was put before each such line, also where there were some already ("mboxrd").
    raw = _QUOTED.sub(rb"\1", raw)
    for blank in (b"\r\n", b"\n"):  # the blank line before the next postmark is none of the mail's
        if raw.endswith(b"\n" + blank):
            return raw[: -len(blank)]
    return raw


def _in_mbox(path: Path) -> Iterator[Place]:
    with path.open("rb") as file:
        begin = 0
        posted_at = None
        for postmark, end, behind in _postmarks(file, path):
            if end > begin or posted_at:  # what stands before the first postmark is a mail, too, if a broken one
                yield Place(path, begin, end - begin, posted_at)
            begin, posted_at = behind, _read_postmark(postmark)


def _postmarks(file: BinaryIO, path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Each postmark with the places where it begins and ends; and at last the end of the file.

    One stands at the beginning or behind a blank line. Where its form is unusual a field must follow it: a text that
    has a line `From ...` unquoted, as careless programs write it, is not cut in two.
    """
    at = 0
    blank = True  # the line before was, or there was none
    whole = True  # the line begins here, and is not the rest of a long one
    likely: tuple[bytes, int, int] | None = None
    seen = False
    while line := file.readline(_LINE_BYTES):
        if likely and _FIRST_FIELD.match(line):
            seen = True
            yield likely
        likely = None
        if whole and blank and line.startswith(b"From "):
            here = (line, at, at + len(line))
            if _CLEAR.match(line):
                seen = True
                yield here
            elif _LIKELY.match(line):
                likely = here
        at += len(line)
        blank = whole and not line.strip()
        whole = line.endswith(b"\n")
    if not seen and at:
        raise NoMailbox(f"{path} is no mbox: there is no postmark (`From ADDRESS DATE`) in it")
    yield b"", at, at


def _read_postmark(line: bytes) -> datetime | None:
    found = _POSTED_AT.search(line)
    if not found:
        return None
    month, day, clock, year = (part.decode("ascii") for part in found.groups())
    try:
        return datetime.strptime(f"{day} {month} {year} {clock}", "%d %b %Y %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _in_maildir(path: Path) -> Iterator[Place]:
    folders = [path / name for name in ("cur", "new")]
    if not all(folder.is_dir() for folder in folders):
        raise NoMailbox(f"{path} is no maildir: it has no cur and new")
    for folder in folders:
        for file in sorted(folder.iterdir()):
            flags = file.name.rpartition(":2,")[2] if ":2," in file.name else ""
            if not file.name.startswith(".") and _NEVER_SENT.isdisjoint(flags):
                yield _own_file(file)


def _in_files(path: Path) -> Iterator[Place]:
    if path.is_file():
        yield _own_file(path)
        return
    yield from (_own_file(file) for file in sorted(path.rglob("*.eml")) if file.is_file())


def _own_file(path: Path) -> Place:
    return Place(path, posted_at=datetime.fromtimestamp(path.stat().st_mtime, UTC))
