"""Mistakes in the operator's own layouts of documents and their words: each language draws a sample."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from mailgate.language.tags import FALLBACK
from mailgate.outbound.document.layouts import DOCUMENTS
from mailgate.outbound.document.pdf import PdfMaker
from mailgate.outbound.samples.documents import SAMPLES
from mailgate.setup.words.library import Library


def document_mistakes(library: Library) -> Iterator[str]:
    """What is wrong with them, a line for each; nothing where there are none."""
    own = library.own / DOCUMENTS if library.own else None
    if own is None or not own.is_dir():
        return
    built_in = library.shipped / DOCUMENTS
    known = set(tomllib.loads((built_in / "words" / f"{FALLBACK}.toml").read_text("utf-8")))
    maker = PdfMaker(built_in, paper="a4", own=own)
    for language in sorted({FALLBACK, *(path.stem for path in own.glob("words/*.toml"))}):
        yield from _unknown(own / "words" / f"{language}.toml", known)
        for sample in SAMPLES:
            problem = maker.make(sample(language)).problem
            if problem:
                yield f"{problem} (in {language!r})"


def _unknown(path: Path, known: set[str]) -> Iterator[str]:
    try:
        words = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return  # drawing says so
    for name in sorted(set(words) - known):
        yield f"{DOCUMENTS}/words/{path.name}: no document has {name!r}"
