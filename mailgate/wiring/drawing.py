"""What is drawn as the settings say: PDFs, files of documents for the pages, the look of mails."""

import json
from collections.abc import Callable

from mailgate.config import Settings
from mailgate.config.settings import Paper
from mailgate.outbound.document.layouts import DOCUMENTS
from mailgate.outbound.document.pdf import Pdf, PdfMaker
from mailgate.outbound.document.xml import Syntax, make_xml
from mailgate.outbound.frame import Frame
from mailgate.outbound.templates import built_in_directory
from store.billing.files import Format

SHEETS = {Paper.A4: "a4", Paper.LETTER: "us-letter"}
"""What typst calls each."""


def pdf_maker(settings: Settings) -> PdfMaker:
    """What makes PDFs, by the operator's own layouts where there are any."""
    documents, own = settings.documents, settings.templates.directory
    return PdfMaker(
        built_in_directory() / DOCUMENTS,
        paper=SHEETS[documents.paper],
        fonts=documents.fonts,
        own=own and own / DOCUMENTS,
    )


def drawer(make_pdf: Callable[[str], Pdf]) -> Callable[[str, str], bytes | None]:
    """Makes a file of a frozen document for the pages, which keep nothing: pdf, cii or ubl; None: there can be none."""

    def draw(model: str, form: str) -> bytes | None:
        if form == Format.PDF:
            return make_pdf(model).content
        found = make_xml(json.loads(model), Syntax(form))
        return found if isinstance(found, bytes) else None

    return draw


def frame_of(settings: Settings) -> Frame:
    """The look of mails. Raises OSError and BadLogo for a logo that was there when the settings were read."""
    return Frame.read(settings.letterhead.colour, settings.letterhead.logo)
