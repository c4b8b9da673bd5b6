"""The PDF of an issued document: PDF/A-3b, tagged, and of the same bytes on every machine and each time.

Where there can be an e-invoice of it, that is inside, as Factur-X (ZUGFeRD) has it. Only the fonts that come with typst
are used, and those of the folder that the settings name; what the machine has installed is ignored. An operator's own
layout stands in front of the one that is built in, which takes its place where it fails.
Source: https://typst.app/docs/reference/pdf/ for what PDF/A asks of a document.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from mailgate.billing.document.einvoice import Lacking, Model
from mailgate.outbound.document.glyphs import Glyphs
from mailgate.outbound.document.layouts import folders
from mailgate.outbound.document.shown import shown
from mailgate.outbound.document.xml import Syntax, make_xml
from mailgate.outbound.document.xmp import FILE_NAME, with_factur_x

if TYPE_CHECKING:
    import typst

_STANDARD: Final = "a-3b"  # ISO 19005-3: the only one of them into which the e-invoice may be put
_DOCUMENT: Final = "document.typ"


@dataclass(frozen=True, slots=True)
class Pdf:
    """A PDF, the characters that no font has, and the e-invoice inside it.

    Each of those characters shows as the sign for a missing one. `xml` is b"" where there is no e-invoice, and
    `lacking` why, for an invoice or credit note. `problem`: what is wrong with the operator's layout, in whose place
    the built-in one was used.
    """

    content: bytes
    missing: frozenset[str]
    xml: bytes = b""  # CII
    lacking: Lacking | None = None
    problem: str = ""


class PdfMaker:
    """Makes them of frozen models; one at a time, since typst keeps what it has compiled."""

    def __init__(self, directory: Path, *, paper: str, fonts: Path | None = None, own: Path | None = None) -> None:
        """`directory` has the layouts and their words, `own` some of them in front; `paper` is a name of typst's."""
        self._folders, self._built_in = folders(directory, own), directory
        self._paper, self._fonts = paper, fonts
        self._lock, self._glyphs = Lock(), Glyphs(self._is_drawn)
        self._compilers: dict[Path, typst.Compiler] = {}

    def make(self, model: str) -> Pdf:
        """The PDF of a frozen document, which it says all of."""
        said: Model = json.loads(model)
        xml = make_xml(said, Syntax.CII)
        lacking = xml if isinstance(xml, Lacking) else None
        inside = xml if isinstance(xml, bytes) else b""
        issued = date.fromisoformat(said["issued_on"])

        def words(directories: tuple[Path, ...]) -> Mapping[str, object]:
            return shown(said, paper=self._paper, directories=directories)

        made, missing, problem = self._drawn(_DOCUMENT, words, issued, inside.decode())
        return Pdf(made, missing, inside, lacking, problem)

    def draw(self, layout: str, words: Callable[[tuple[Path, ...]], Mapping[str, object]], on: date) -> Pdf:
        """The PDF of something else than a document: `layout` is its file, `words` what that is given.

        `words` gets the folders in which words stand, the first that counts first.
        """
        made, missing, problem = self._drawn(layout, words, on, "")
        return Pdf(made, missing, problem=problem)

    def _drawn(
        self, layout: str, words: Callable[[tuple[Path, ...]], Mapping[str, object]], on: date, xml: str
    ) -> tuple[bytes, frozenset[str], str]:
        """By the first folder that has the layout and whose layout and words can be used."""
        problem = ""
        with self._lock:
            for folder in self._folders:
                missing: set[str] = set()
                try:
                    content = self._drawable(words(folder.words), missing)
                    given = {"document": json.dumps(content), **({"xml": xml, "xml-name": FILE_NAME} if xml else {})}
                    made = self._compiler(folder.file(layout)).compile(
                        format="pdf",
                        sys_inputs=given,
                        pdf_standards=[_STANDARD],
                        timestamp=datetime.combine(on, time(), UTC),
                    )
                    assert isinstance(made, bytes)
                    return (with_factur_x(made) if xml else made), frozenset(missing), problem
                except (RuntimeError, OSError, ValueError, LookupError) as error:  # typst.TypstError is the first
                    if folder.is_built_in:
                        raise
                    problem = folder.blamed(layout, error)
        raise AssertionError("the built-in folder is the last")

    def _compiler(self, path: Path) -> "typst.Compiler":
        """Made of a path, for one that was made of bytes fails at its second input."""
        import typst  # 80 MB, which a gate that makes no PDF need not hold

        if path not in self._compilers:
            fonts = [self._fonts] if self._fonts else []
            self._compilers[path] = typst.Compiler(path, root=path.parent, font_paths=fonts, ignore_system_fonts=True)
        return self._compilers[path]

    def _is_drawn(self, sign: str) -> bool:
        probe = self._compiler(self._built_in / "probe.typ")
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
