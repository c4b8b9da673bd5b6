"""One table of a catalogue, read key by key: what is missing, unknown or unusable is noted, and reading goes on."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from mailgate.billing.catalogue.findings import Findings
from mailgate.toml_text.positions import KeyPath
from mailgate.toml_text.problems import BadValue

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Given:
    """One value of the file, and how it stands there."""

    value: Any
    written: str  # "" for a table or list with a header of its own


class Unknown(BadValue):
    """A word that is none of those that are known; the nearest are looked for where there is a bound on that."""

    def __init__(self, reason: str, word: str, known: Collection[str]) -> None:
        super().__init__(reason)
        self.word = word
        self.known = known


Kind = Callable[[Given], T]
"""Makes a value of ours, or raises BadValue, whose reason goes on after the name of the key."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that the file has."""

    findings: Findings
    path: KeyPath
    raw: Mapping[str, Any]

    def has(self, name: str) -> bool:
        """The key is there, right or wrong."""
        return name in self.raw

    def take(self, name: str, kind: Kind[T], default: T) -> T:
        """A key that may be left out; the default also stands in for a value that is wrong."""
        if name not in self.raw:
            return default
        return self.read((*self.path, name), self.raw[name], kind, default)

    def need(self, name: str, kind: Kind[T], default: T, *, example: str) -> T:
        """A key that must be there."""
        if name not in self.raw:
            self.findings.lacks(self.path, name, example)
            return default
        return self.take(name, kind, default)

    def read(self, path: KeyPath, raw: object, kind: Kind[T], default: T) -> T:
        """One value by its kind."""
        try:
            return kind(Given(raw, self.findings.written(path)))
        except BadValue as bad:
            self.refuse(path, bad)
            return default

    def refuse(self, path: KeyPath, bad: BadValue) -> None:
        """Note why a value cannot be, with the nearest that can."""
        near = self.findings.nearest(bad.word, bad.known) if isinstance(bad, Unknown) else bad.nearest
        self.findings.at_value(path, bad.reason, near)

    def inner(self, name: str, example: str) -> "Table":
        """A table inside this one; empty when it is left out, or no table."""
        raw = self.raw.get(name, {})
        path = (*self.path, name)
        if isinstance(raw, Mapping):
            return Table(self.findings, path, raw)
        self.findings.at_value(path, f"must be a table, such as {example}, not {told(self.given(name))}")
        return Table(self.findings, path, {})

    def texts(self, name: str, kind: Kind[T]) -> tuple[tuple[KeyPath, T], ...]:
        """A list, each item with its path; items that are wrong, or there already, are noted and left out."""
        raw, path = self.raw.get(name, []), (*self.path, name)
        if not isinstance(raw, list):
            self.findings.at_value(path, f"must be a list in brackets, not {told(self.given(name))}")
            return ()
        items: dict[T, KeyPath] = {}
        for index, one in enumerate(raw):
            here = (*path, index)
            try:
                value = kind(Given(one, self.findings.written(here)))
            except BadValue as bad:
                self.refuse(here, bad)
                continue
            if value in items:
                self.findings.at_value(here, f'"{value}" is there twice')
            items.setdefault(value, here)
        return tuple((here, value) for value, here in items.items())

    def entries(self, name: str) -> Iterator["Table"]:
        """The tables of a list of tables."""
        raw, path = self.raw.get(name, []), (*self.path, name)
        if not isinstance(raw, list) or not all(isinstance(one, Mapping) for one in raw):
            header = ".".join(str(step) for step in path if isinstance(step, str))
            self.findings.at_key(path, f"must be a list of tables: begin each with [[{header}]]")
            return
        for index, one in enumerate(raw):
            yield Table(self.findings, (*path, index), one)

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Note every key that means nothing here."""
        for name in self.raw:
            if name not in known:
                near = self.findings.nearest(name, known)
                others = "" if near else f": {', '.join(known)}"
                self.findings.at_key((*self.path, name), f"is no key that is known here{others}", near)

    def given(self, name: str) -> Given:
        """A value, and how it stands in the file."""
        return Given(self.raw[name], self.findings.written((*self.path, name)))


def told(given: Given) -> str:
    """What stands in the file, in words or as it stands there."""
    match given.value:
        case Mapping():
            return "a table"
        case list():
            return "a list"
        case str() if not given.value:
            return "an empty text"
        case date():
            return f"the date {given.written}"
        case _:
            return given.written or "something else"
