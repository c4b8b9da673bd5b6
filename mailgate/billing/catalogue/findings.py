"""What is wrong with one catalogue, collected while it is read: each mistake once, at its place, by its name."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mailgate.toml_text.document import Document
from mailgate.toml_text.positions import KeyPath, dotted
from mailgate.toml_text.problems import Place, Problem, nearest

_MOST_COMPARED = 200_000  # names, in one file: what thousands of mistakes among thousands of skus may cost
_MOST_SHOWN = 60  # characters of a value
_MOST_TOLD = 20_000  # mistakes

_NAMES = {"product": "sku", "option": "name", "tax": "country", "promotion": "code"}
"""The key by which people know an entry of each list."""


@dataclass(slots=True)
class Findings:
    """The mistakes of one document so far."""

    document: Document
    problems: list[Problem] = field(default_factory=list)
    broken: set[KeyPath] = field(default_factory=set)  # a key with a mistake: no further check looks at it
    around: set[KeyPath] = field(default_factory=set)  # what has a broken key in it
    left: int = _MOST_COMPARED
    untold: int = 0  # mistakes beyond those that anybody reads

    def at_key(self, path: KeyPath, reason: str, near: tuple[str, ...] = ()) -> None:
        """A key that should not be there, or an entry that lacks one; `reason` goes on after its name."""
        self._add(path, self.document.place_of_key, reason, near)

    def lacks(self, path: KeyPath, name: str, example: str) -> None:
        """A table without a key that it must have."""
        reason = f"lacks {name}: write for example {name} = {example}"
        self._add((*path, name), self.document.place_of_key, reason, (), of=path)

    def at_value(self, path: KeyPath, reason: str, near: tuple[str, ...] = ()) -> None:
        """A value that cannot be."""
        self._add(path, self.document.place_of_value, reason, near)

    def clash(self, path: KeyPath, reason: str, near: tuple[str, ...] = (), *, others: Sequence[KeyPath] = ()) -> None:
        """A value that does not fit others; nothing is said where it, or anything in them, is wrong by itself."""
        if not self.is_broken(path) and not any(map(self.is_touched, others)):
            self.at_value(path, reason, near)

    def is_broken(self, path: KeyPath) -> bool:
        """It, or what it stands in, has a mistake."""
        return any(path[:length] in self.broken for length in range(1, len(path) + 1))

    def is_touched(self, path: KeyPath) -> bool:
        """It, what it stands in, or anything in it has a mistake."""
        return path in self.around or self.is_broken(path)

    def nearest(self, word: str, known: Collection[str]) -> tuple[str, ...]:
        """The known names that look like this one; none any more when very many have been compared."""
        self.left -= len(known)
        return nearest(word, known) if self.left >= 0 else ()

    def written(self, path: KeyPath) -> str:
        """A value as it stands in the file, shortened."""
        span = self.document.positions.values.get(path)
        return "" if span is None else shortened(self.document.text[span.start : span.end])

    def _break(self, path: KeyPath) -> None:
        self.broken.add(path)
        self.around.update(path[:length] for length in range(1, len(path)))

    def _add(
        self,
        path: KeyPath,
        place: Callable[[KeyPath], Place],
        reason: str,
        near: tuple[str, ...],
        *,
        of: KeyPath | None = None,
    ) -> None:
        """Note a mistake of a key; `of`: what it is said of, when the key itself is not there."""
        self._break(path)
        if len(self.problems) >= _MOST_TOLD:
            self.untold += 1
            return
        here = path if of is None else of
        self.problems.append(Problem(place(here), f"{self._name(here)} {reason}", near, dotted(path)))

    def _name(self, path: KeyPath) -> str:
        """What a path is called: `product "web-10" option "mailboxes" prices.EUR.monthly`."""
        words: list[str] = []
        keys: list[str | int] = []
        value: Any = self.document.values
        for step in path:
            value = _inside(value, step)
            if isinstance(step, int) and isinstance(value, Mapping) and keys:
                words.append(_entry(str(keys.pop()), step, value))
            else:
                keys.append(step)
        return " ".join([*words, dotted(keys)] if keys else words)


def shortened(text: str) -> str:
    """So much of a text as an error shows."""
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def _entry(name: str, index: int, value: Mapping[str, Any]) -> str:
    known_by = value.get(_NAMES.get(name, ""))
    return f'{name} "{shortened(known_by)}"' if isinstance(known_by, str) and known_by else f"{name} {index + 1}"


def _inside(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None
