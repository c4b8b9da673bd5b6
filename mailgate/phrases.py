"""The sentences of `history/`, a file a language, shipped and the operator's own: read once, a changed one counts
after a restart.

English stands behind every other language: what one of them lacks is said in English.
"""

import tomllib
from functools import cache
from pathlib import Path

import mailgate
from mailgate.language.tags import FALLBACK, chain
from mailgate.tickets.wording import Sentences, read_sentences


class Phrasebook:
    """The sentences of every language that there is. `own` is the operator's directory, and counts before `shipped`.

    A file of the operator may say a few sentences only; one that cannot be read counts as none, and is a problem.
    """

    def __init__(self, shipped: Path, own: Path | None = None) -> None:
        self._languages: dict[str, Sentences] = {}
        self.problems: list[str] = []
        for path in _english_first(shipped):
            self._take(path, is_whole=True)
        for path in _english_first(own) if own else ():
            self._take(path, is_whole=False)

    def of(self, locale: str) -> Sentences:
        """Those of a language tag (BCP 47): of its region, of its language, or English."""
        return next(self._languages[one] for one in chain(locale) if one in self._languages)

    def _take(self, path: Path, *, is_whole: bool) -> None:
        language = path.stem
        behind = self._languages.get(language) or next(
            (self._languages[one] for one in chain(language) if one in self._languages), None
        )
        try:
            given = tomllib.loads(path.read_text("utf-8"))
            sentences, problems = read_sentences(language, given, behind, is_whole=is_whole)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            # AttributeError, TypeError: a number or a text where the file should have a table of sentences.
            if is_whole:
                raise
            self.problems.append(f"history/{path.name}: {error}")
            return
        self._languages[language] = sentences
        self.problems += [f"history/{path.name}: {problem}" for problem in problems]


@cache
def phrasebook(own: Path | None = None) -> Phrasebook:
    """The shipped sentences, inside the installed package or beside it in a checkout, behind those of a directory."""
    package = Path(mailgate.__file__).parent
    installed = package / "_templates"
    shipped = installed if installed.is_dir() else package.parent / "templates"
    return Phrasebook(shipped / "history", own and own / "history")


def _english_first(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.toml"), key=lambda path: (path.stem != FALLBACK, path.stem))
