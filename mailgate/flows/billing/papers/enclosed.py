"""The file that a mail about an invoice brings along: the document's own, as everybody else gets it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Engine

from mailgate.errors import Permanent
from mailgate.flows.billing.papers.paper import pdf_of
from mailgate.letters.notice import Maker
from mailgate.outbound.document.pdf import Pdf
from store.archive import Archive
from store.billing import invoices
from store.engine import reading


class NoSuchDocument(Permanent):
    """A mail names a document that there is none of."""


def document_maker(engine: Engine, archive: Archive, make: Callable[[str], Pdf]) -> Maker:
    """Makes what `document_file` names: the kept bytes, which are made and kept where nobody wanted them before."""

    def bytes_of(values: Mapping[str, object]) -> bytes:
        number, at = int(str(values["document"])), datetime.fromisoformat(str(values["at"]))
        with reading(engine) as conn:
            found = invoices.several(conn, (number,))
        if not found:
            raise NoSuchDocument(f"there is no document {number}")
        return pdf_of(engine, archive, make, found[0], now=at)

    return bytes_of
