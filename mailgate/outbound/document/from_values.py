"""PDFs of the values that a mail keeps, where there is no document: receipts, statements."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from mailgate.language.telling import speaking, speech
from mailgate.outbound.document.layouts import words_of
from mailgate.outbound.document.page import on_every_page
from mailgate.outbound.document.parties import address, named
from mailgate.outbound.document.pdf import Pdf

Shown = Callable[[tuple[Path, ...]], Mapping[str, object]]
Draw = Callable[[str, Shown, date], Pdf]
"""Draws a layout with what is shown, as `PdfMaker` has it, of a date."""

Body = Callable[[Mapping[str, Any], Mapping[str, str]], Mapping[str, object]]
"""What a layout shows of values beside what stands on every page, in these words."""


def pdf_of_values(draw: Draw, layout: str, body: Body, *, paper: str, values: Mapping[str, Any]) -> Pdf:
    """The PDF of values that name their language, the day that they were made on, seller and buyer.

    The same values make the same bytes. All that a layout is given is text but the parts of `made`: year, month, day.
    """
    made = date.fromisoformat(values["made_on"])

    def shown(directories: tuple[Path, ...]) -> dict[str, object]:
        language, words = words_of(directories, values["language"])
        with speaking(language, "UTC"):
            return {
                **on_every_page(values["seller"], words, paper),
                "made": [made.year, made.month, made.day],
                "to": [*named(values["buyer"]), *address(values["buyer"], speech().locale)],
                **body(values, words),
            }

    return draw(layout, shown, made)
