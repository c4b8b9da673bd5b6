"""The PDF of a document: made when it is first wanted, kept from then on, and given out as it was kept."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from mailgate.errors import Permanent
from mailgate.log_events import LogEvent
from mailgate.outbound.document.pdf import Pdf
from store.archive import Archive
from store.billing import files
from store.billing.files import Format
from store.billing.invoices import Issued
from store.engine import reading, transaction

log = logging.getLogger(__name__)


class WordsErased(Permanent):
    """The customer was erased: nobody can say any more what the document said."""


def pdf_of(engine: Engine, archive: Archive, make: Callable[[str], Pdf], document: Issued, *, now: datetime) -> bytes:
    """Its bytes. Two who want it first at the same time get the same.

    Raises WordsErased, MissingBlob, ArchiveUnavailable, and OSError when the disk does not take it.
    """
    with reading(engine) as conn:
        kept = files.digest(conn, document.id, Format.PDF)
        blob = archive.find(conn, kept) if kept else None
    if blob is not None:
        return archive.read(blob)
    if not document.model:
        raise WordsErased(f"{document.number} has no words any more: its customer was erased")
    made = make(document.model)
    if made.missing:
        signs = "".join(sorted(made.missing))
        log.warning(LogEvent.NO_GLYPH(document=document.number, signs=signs))
    prepared = archive.prepare(made.content)
    with transaction(engine) as conn:
        archive.add(conn, prepared)
        kept = files.keep(conn, document.id, Format.PDF, prepared.sha256, now=now)
        blob = archive.find(conn, kept)
    return archive.read(blob)
