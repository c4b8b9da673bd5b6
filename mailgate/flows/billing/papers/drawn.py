"""What draws the files of mails by typst, and tells the log what is wrong with them."""

import logging
from collections.abc import Callable, Mapping

from mailgate.letters.notice import Maker
from mailgate.log_events import LogEvent
from mailgate.outbound.document.pdf import Pdf

log = logging.getLogger(__name__)


def drawn_by(make: Callable[[Mapping[str, object]], Pdf], called: Callable[[Mapping[str, object]], str]) -> Maker:
    """A maker of files; `called` names one of them for people, by its values."""

    def made(values: Mapping[str, object]) -> bytes:
        pdf = make(values)
        if pdf.problem:
            log.warning(LogEvent.WORDS_PROBLEM(problem=pdf.problem))
        if pdf.missing:
            log.warning(LogEvent.NO_GLYPH(document=called(values), signs="".join(sorted(pdf.missing))))
        return pdf.content

    return made
