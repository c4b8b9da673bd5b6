"""The PDF of an issued document: PDF/A-3b, tagged, and of the same bytes on every machine and each time.

Only the fonts that come with typst are used, and those of the folder that the settings name; what the machine has
installed is ignored. Source: https://typst.app/docs/reference/pdf/ for what PDF/A asks of a document.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from mailgate.outbound.document.glyphs import Glyphs
from mailgate.outbound.document.shown import Model, shown

if TYPE_CHECKING:
    import typst

_STANDARD: Final = "a-3b"  # ISO 19005-3: the only one of them into which the e-invoice may be put


@dataclass(frozen=True, slots=True)
class Pdf:
    """A PDF, and the characters of the document that no font has; each shows as the sign for a missing one."""

    content: bytes
    missing: frozenset[str]


class PdfMaker:
    """Makes them of frozen models; one at a time, since typst keeps what it has compiled."""

    def __init__(self, directory: Path, *, paper: str, fonts: Path | None = None) -> None:
        """`directory` has `document.typ` and its words, `paper` is a name of typst's: `a4`, `us-letter`."""
        self._directory, self._paper, self._fonts = directory, paper, fonts
        self._lock, self._glyphs = Lock(), Glyphs(self._is_drawn)
        self._compilers: dict[str, typst.Compiler] = {}

    def make(self, model: str) -> Pdf:
        """The PDF of a frozen document, which it says all of."""
        said: Model = json.loads(model)
        missing: set[str] = set()
        with self._lock:
            words = self._drawable(shown(said, paper=self._paper, directory=self._directory), missing)
            issued = datetime.combine(date.fromisoformat(said["issued_on"]), time(), UTC)
            made = self._compiler("document.typ").compile(
                format="pdf", sys_inputs={"document": json.dumps(words)}, pdf_standards=[_STANDARD], timestamp=issued
            )
        assert isinstance(made, bytes)
        return Pdf(made, frozenset(missing))

    def _compiler(self, name: str) -> "typst.Compiler":
        """Made of a path, for one that was made of bytes fails at its second input."""
        import typst  # 80 MB, which a gate that makes no PDF need not hold

        if name not in self._compilers:
            folders = [self._fonts] if self._fonts else []
            self._compilers[name] = typst.Compiler(
                self._directory / name, root=self._directory, font_paths=folders, ignore_system_fonts=True
            )
        return self._compilers[name]

    def _is_drawn(self, sign: str) -> bool:
        probe = self._compiler("probe.typ")
        try:
            probe.compile(format="pdf", sys_inputs={"sign": sign}, pdf_standards=[_STANDARD], timestamp=0)
        except RuntimeError:  # typst.TypstError is one
            return False
        return True

    def _drawable(self, value: Any, missing: set[str]) -> Any:
        if isinstance(value, str):
            text, lacking = self._glyphs.drawable(value)
            missing |= lacking
            return text
        if isinstance(value, Mapping):
            return {name: self._drawable(one, missing) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._drawable(one, missing) for one in value]
        return value
