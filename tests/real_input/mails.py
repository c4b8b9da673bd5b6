"""Mails of a folder as a mail server sends them, and which of them must follow each other."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailgate.mail.address import Mailbox, address_key
from mailgate.mail.digest import content_digest
from mailgate.mail.parse import parse
from mailgate.mail.sender.evidence import from_rule

CUSTOMERS = slice(0, None, 2)
STAFF = slice(5, None, 60)  # few: each of them is told of every ticket

_RETURN_PATH = re.compile(rb"(?im)^return-path:[ \t]*<([^<>\s]*)>")
_SENDABLE = re.compile(r"[!-~]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """One file, by its path below the folder; `raw` is what goes over the wire."""

    name: str
    raw: bytes

    @property
    def author(self) -> str:
        """The key of its author's address; empty when its From names nobody."""
        path = author_of(self.raw)
        return address_key(path) if path else ""

    @property
    def reverse_path(self) -> str:
        """What its Return-Path says, else its author's address; the null path when no server would take that."""
        found = _RETURN_PATH.search(self.raw.partition(b"\r\n\r\n")[0])
        path = found[1].decode("latin-1") if found else author_of(self.raw)
        return path if _SENDABLE.fullmatch(path) else ""


def mails_of(folder: Path) -> tuple[Mail, ...]:
    """All `.eml` files in the folder and below, in the order of their names."""
    return tuple(
        Mail(str(path.relative_to(folder)), on_the_wire(path.read_bytes())) for path in sorted(folder.rglob("*.eml"))
    )


def on_the_wire(file: bytes) -> bytes:
    """A mail as a mail server would send it.

    A line feed that ends a line of a file becomes CRLF, and the last line gets its end, without which the final dot
    would not stand alone (RFC 5321 §4.1.1.4). A bare CR ends no line of a file and stays.
    """
    lines = re.sub(rb"(?<!\r)\n", b"\r\n", file)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def author_of(mail: bytes) -> str:
    """The author's address; the null path for a mail whose From names nobody."""
    author = from_rule(mail)
    return author.address if isinstance(author, Mailbox) else ""


@dataclass(frozen=True, slots=True)
class People:
    """Addresses of some of the mails' authors; all others are strangers."""

    customers: tuple[str, ...]
    staff: tuple[str, ...]


def people_of(mails: Iterable[Mail]) -> People:
    """Every second author is a customer, and a few of the others are staff."""
    authors = sorted({mail.author: author_of(mail.raw) for mail in mails if mail.author}.items())
    customers = [address for _, address in authors[CUSTOMERS]]
    staff = [address for _, address in authors[STAFF]]
    return People(tuple(customers), tuple(staff))


def threads_of(mails: Sequence[Mail], people: People) -> tuple[tuple[Mail, ...], ...]:
    """Mails of which one may change what becomes of another, parents before their answers; most stand alone.

    They share the id of a mail, or they are the same but for their trace fields, or the same member of staff wrote
    them: what is said to him once is not said again.
    """
    ids = {mail: _ids(mail) for mail in mails}
    staff = {address_key(address) for address in people.staff}
    groups = _Groups()
    for mail in mails:
        of_staff = [f"staff {mail.author}"] if mail.author in staff else []
        for name in (f"digest {content_digest(mail.raw)}", *of_staff, *(f"id {one}" for one in ids[mail].all)):
            groups.join(mail.name, name)
    together: dict[str, list[Mail]] = {}
    for mail in mails:
        together.setdefault(groups.of(mail.name), []).append(mail)
    return tuple(tuple(_parents_first(thread, ids)) for thread in together.values())


@dataclass(frozen=True, slots=True)
class _Ids:
    own: str | None
    answers: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.answers | ({self.own} if self.own else set())


def _ids(mail: Mail) -> _Ids:
    message = parse(mail.raw, render_html=False)
    return _Ids(message.message_id, frozenset({*message.in_reply_to, *message.references}))


def _parents_first(thread: Iterable[Mail], ids: Mapping[Mail, _Ids]) -> Iterator[Mail]:
    left = sorted(thread, key=lambda mail: mail.name)
    while left:
        to_come = {ids[mail].own for mail in left}
        ready = [mail for mail in left if not (ids[mail].answers - {ids[mail].own}) & to_come]
        first = (ready or left)[0]  # where each answers another, the name decides
        left.remove(first)
        yield first


class _Groups:
    """Names that belong together, by what they were joined with."""

    def __init__(self) -> None:
        self._next: dict[str, str] = {}

    def of(self, name: str) -> str:
        while (one := self._next.setdefault(name, name)) != name:
            name = one
        return name

    def join(self, one: str, other: str) -> None:
        self._next[self.of(one)] = self.of(other)
