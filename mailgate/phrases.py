"""The sentences of `templates/history/`, a file a language: read once, a changed one counts after a restart.

English stands behind every other language: what one of them lacks is said in English.
"""

import tomllib
from functools import cache
from pathlib import Path

import mailgate
from mailgate.language.tags import FALLBACK, chain
from mailgate.tickets.wording import Sentences, read_sentences


class Phrasebook:
    """The sentences of every language that there is. Those of an earlier directory count before others."""

    def __init__(self, *directories: Path) -> None:
        files = [path for place in reversed(directories) for path in sorted(place.glob("*.toml"))]
        self._languages: dict[str, Sentences] = {}
        self.problems: list[str] = []
        for path in sorted(files, key=lambda one: one.stem != FALLBACK):  # in their order, English first
            language = path.stem
            behind = self._languages.get(language) or self._languages.get(FALLBACK)
            given = tomllib.loads(path.read_text("utf-8"))
            self._languages[language], problems = read_sentences(language, given, behind)
            self.problems += [f"{path.name}: {problem}" for problem in problems]

    def of(self, locale: str) -> Sentences:
        """Those of a language tag (BCP 47): of its region, of its language, or English."""
        return next(self._languages[one] for one in chain(locale) if one in self._languages)


@cache
def built_in() -> Phrasebook:
    """The shipped ones, inside the installed package, or beside it in a checkout."""
    package = Path(mailgate.__file__).parent
    installed = package / "_templates"
    return Phrasebook((installed if installed.is_dir() else package.parent / "templates") / "history")
