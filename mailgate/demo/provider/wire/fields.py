"""The fields of a form as Stripe reads them: `a[b][0][c]=v` is nested, and a name that it does not know is refused."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from mailgate.demo.provider.wire.refusals import malformed

_PART = re.compile(r"\[([^\[\]]*)\]")
_MOST_METADATA, _LONGEST_KEY, _LONGEST_VALUE = 50, 40, 500
_TRUE, _FALSE = ("true", "1"), ("false", "0", "")


class Fields:
    """Some fields, and where they stand in the whole."""

    def __init__(self, tree: Mapping[str, Any], path: str = "") -> None:
        self._tree, self._path = tree, path

    def __contains__(self, name: str) -> bool:
        return name in self._tree

    @property
    def names(self) -> Iterable[str]:
        """What was given."""
        return self._tree.keys()

    def at(self, name: str) -> str:
        """A field's whole name, for refusals."""
        return f"{self._path}[{name}]" if self._path else name

    def only(self, *names: str) -> None:
        """Refuse every other field. `expand` may always be given."""
        for name in self._tree:
            if name not in names and name != "expand":
                path = self.at(name)
                raise malformed(f"Received unknown parameter: {path}", param=path, code="parameter_unknown")

    def text(self, name: str) -> str | None:
        """A field's value; nothing where it is not given, or empty."""
        value = self._tree.get(name)
        if value is not None and not isinstance(value, str):
            raise malformed(f"Invalid string: {value}", param=self.at(name))
        return value or None

    def needed(self, name: str) -> str:
        """A field that must be given."""
        path = self.at(name)
        if name not in self._tree:
            raise malformed(f"Missing required param: {path}.", param=path, code="parameter_missing")
        value = self.text(name)
        if value is None:
            raise malformed(f"You passed an empty string for '{path}'.", param=path, code="parameter_invalid_empty")
        return value

    def number(self, name: str) -> int | None:
        """A whole number."""
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d{1,18}", value):
            raise malformed(f"Invalid integer: {value}", param=self.at(name), code="parameter_invalid_integer")
        return int(value)

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        """Yes or no."""
        value = self._tree.get(name)
        if value is None:
            return default
        if value not in _TRUE + _FALSE:
            raise malformed(f"Invalid boolean: {value}", param=self.at(name))
        return value in _TRUE

    def choice(self, name: str, *options: str) -> str | None:
        """One of some words."""
        value = self.text(name)
        if value is not None and value not in options:
            raise malformed(f"Invalid {self.at(name)}: must be one of {', '.join(options)}", param=self.at(name))
        return value

    def part(self, name: str) -> "Fields":
        """The fields below this one; none where it is not given, or empty."""
        value = self._tree.get(name) or {}
        if not isinstance(value, dict):
            raise malformed(f"Invalid object: {value}", param=self.at(name))
        return Fields(value, self.at(name))

    def parts(self, name: str) -> Sequence["Fields"]:
        """A list of such."""
        return [
            Fields(value, f"{self.at(name)}[{index}]")
            for index, value in enumerate(self._listed(name))
            if isinstance(value, dict)
        ]

    def texts(self, name: str) -> list[str]:
        """A list of values."""
        return [value for value in self._listed(name) if isinstance(value, str)]

    def metadata(self, name: str = "metadata") -> dict[str, str]:
        """Words of the caller's own; a value that is empty takes its key away."""
        words = self._tree.get(name) or {}
        path = self.at(name)
        if not isinstance(words, dict) or not all(isinstance(value, str) for value in words.values()):
            raise malformed("Metadata must be a set of strings", param=path)
        if len(words) > _MOST_METADATA:
            raise malformed(f"Metadata can have at most {_MOST_METADATA} keys", param=path)
        for key, value in words.items():
            if len(key) > _LONGEST_KEY or len(value) > _LONGEST_VALUE:
                raise malformed(
                    f"Metadata keys have at most {_LONGEST_KEY} characters, values {_LONGEST_VALUE}", param=path
                )
        return dict(words)

    def moment(self, name: str) -> Mapping[str, int]:
        """A filter by time: `created[gte]=…`, or one moment, which is `eq`."""
        value = self._tree.get(name)
        if value is None:
            return {}
        if isinstance(value, str):
            return {"eq": self.number(name) or 0}
        part = self.part(name)
        part.only("gt", "gte", "lt", "lte")
        return {word: part.number(word) or 0 for word in part.names}

    def _listed(self, name: str) -> Sequence[Any]:
        value = self._tree.get(name) or {}
        if not isinstance(value, dict):
            raise malformed(f"Invalid array: {value}", param=self.at(name))
        return list(value.values())


def read(encoded: str) -> Fields:
    """The fields of a query or of a form's body."""
    tree: dict[str, Any] = {}
    for number, (name, value) in enumerate(parse_qsl(encoded, keep_blank_values=True)):
        head = name.split("[", 1)[0]
        path = [head, *(part or f"+{number}" for part in _PART.findall(name[len(head) :]))]  # a[]=1&a[]=2
        _put(tree, path, value)
    return Fields(tree)


def _put(tree: dict[str, Any], path: Sequence[str], value: str) -> None:
    for step in path[:-1]:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            raise malformed(f"Invalid object: {below}", param=path[0])
        tree = below
    tree[path[-1]] = value
