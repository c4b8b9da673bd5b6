"""Words: what pages say, by language; from `web/<language>.po`, read at the start, the operator's before ours.

English stands in the templates themselves, and where a language lacks a message.
"""

import gettext
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from mailgate.language.tags import FALLBACK, accepted, chain
from mailgate.language.telling import number
from webview.translation import UNREADABLE, read_catalogue, unfit


@dataclass(frozen=True, slots=True)
class Words:
    """Those of one language. As in templates, messages take their values by name."""

    language: str  # that in which most is said: of this or the nearest language
    messages: gettext.NullTranslations

    def gettext(self, message: str, **values: object) -> str:
        """One message."""
        return self.messages.gettext(message) % values

    def ngettext(self, one: str, many: str, num: int, **values: object) -> str:
        """The form for a count, which the message may show as `%(num)s`."""
        return self.messages.ngettext(one, many, num) % {"num": number(num), **values}


class Catalogues:
    """The words of every language that there is; `directories` best first, the last of which has `en.po`.

    A file that cannot be read is left out, and so is a translation that does not fit its message.
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        self.problems: list[str] = []
        self._read: dict[str, list[gettext.GNUTranslations]] = {}
        wanted = read_catalogue(directories[-1] / f"{FALLBACK}.po")
        for path in (file for directory in directories for file in sorted(directory.glob("*.po"))):
            try:
                catalogue = read_catalogue(path)
            except UNREADABLE as error:
                self.problems.append(f"web/{path.name}: {error}")
                continue
            for message, problem in list(unfit(catalogue, wanted)):
                self.problems.append(f"web/{path.name}: {problem}")
                catalogue.delete(message.id)
            self._read.setdefault(path.stem, []).append(_compiled(catalogue))
        self._words: Mapping[str, Words] = {
            language: Words(language, self._in_turn(language)) for language in {FALLBACK, *self._read}
        }

    @property
    def languages(self) -> tuple[str, ...]:
        """All that pages can be read in."""
        return tuple(sorted(self._words))

    def of(self, locale: str) -> Words:
        """Those of a language tag (BCP 47): of its region, of its language, or English."""
        return next(self._words[one] for one in chain(locale) if one in self._words)

    def wanted(self, accept_language: str) -> str | None:
        """The best of the languages that there are for an Accept-Language field; None when it wants none of them."""
        return accepted(accept_language, self.languages)

    def _in_turn(self, language: str) -> gettext.NullTranslations:
        return _InTurn([one for name in chain(language) for one in self._read.get(name, ())])


class _InTurn(gettext.NullTranslations):
    """Several catalogues: the first that has a message translates it."""

    def __init__(self, catalogues: Sequence[gettext.GNUTranslations]) -> None:
        super().__init__()
        self._catalogues = catalogues
        self._said: dict[str, str] = {}

    def gettext(self, message: str) -> str:
        """The message, as the first has it that says it otherwise."""
        said = self._said.get(message)
        if said is None:
            found = (catalogue.gettext(message) for catalogue in self._catalogues)
            said = self._said[message] = next((text for text in found if text != message), message)
        return said

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form for a count."""
        forms = (msgid1, msgid2)
        found = (catalogue.ngettext(msgid1, msgid2, n) for catalogue in self._catalogues)
        return next((text for text in found if text not in forms), msgid1 if n == 1 else msgid2)


def _compiled(catalogue: Catalog) -> gettext.GNUTranslations:
    file = BytesIO()
    write_mo(file, catalogue)
    file.seek(0)
    return gettext.GNUTranslations(file)
