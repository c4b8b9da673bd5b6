"""The files of a document: made when they are first wanted, kept from then on, and given out as they were kept.

The PDF and the e-invoice inside it are made and kept together, so that they are the same for whoever has which.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, Engine

from mailgate.billing.document.einvoice import Lacking
from mailgate.errors import Permanent
from mailgate.log_events import LogEvent
from mailgate.outbound.document.pdf import Pdf
from mailgate.outbound.document.xml import Syntax, make_xml
from store.archive import Archive, Blob
from store.billing import einvoice_gaps, files
from store.billing.files import Format
from store.billing.invoices import Issued
from store.engine import reading, transaction

log = logging.getLogger(__name__)

WHY: Mapping[Lacking, str] = MappingProxyType(
    {
        Lacking.CURRENCY: "EN 16931 has no amounts in {currency}: its list lacks it, or it has more than two decimals",
        Lacking.SELLER_COUNTRY: "seller.country is empty: set it, and the next documents have one",
        Lacking.SELLER_ID: "it names the company by neither a VAT id nor a register: set seller.register_id",
        Lacking.SELLER_TAX_ID: "it names tax, and seller.vat_id and seller.tax_number are empty: set one of them",
        Lacking.SELLER_VAT_ID: "a reverse charge needs the VAT ids of both, and seller.vat_id is empty",
        Lacking.BUYER_COUNTRY: "the customer had no country: mailgate customer edit gives one to the next documents",
        Lacking.BUYER_VAT_ID: "a reverse charge needs the VAT ids of both, and the customer's says no country",
        Lacking.MIXED: "what is not subject to tax must stand on a document of its own, and here it stands beside tax",
        Lacking.CATEGORY: "it has a category of tax that EN 16931 does not know, or not at this rate",
    }
)
"""In words for whoever asks for one, and what to do about it where something can be done."""


class WordsErased(Permanent):
    """The customer was erased: nobody can say any more what the document said."""


class NoEinvoice(Permanent):
    """There can be no e-invoice of a document; `because` says why."""

    def __init__(self, document: Issued, because: Lacking) -> None:
        why = WHY[because].format(currency=document.currency)
        super().__init__(f"there is no e-invoice of {document.number}: {why}")
        self.because = because


class LayoutFailed(Permanent):
    """The operator's own layout cannot be used, and whoever asks is told so in place of having the shipped one."""


def pdf_of(
    engine: Engine,
    archive: Archive,
    make: Callable[[str], Pdf],
    document: Issued,
    *,
    now: datetime,
    own_layout: bool = False,
) -> bytes:
    """Its bytes. Two who want it first at the same time get the same.

    An own layout that fails is logged, and the shipped one takes its place; with `own_layout` it is an error.
    Raises WordsErased, LayoutFailed, MissingBlob, ArchiveUnavailable, and OSError when the disk does not take it.
    """
    kept = _kept(engine, archive, document, Format.PDF)
    if kept is not None:
        return kept
    made = make(_words(document))
    if made.problem:
        if own_layout:
            raise LayoutFailed(f"your own layout cannot be used: {made.problem}")
        log.warning(LogEvent.WORDS_PROBLEM(problem=made.problem))
    if made.missing:
        signs = "".join(sorted(made.missing))
        log.warning(LogEvent.NO_GLYPH(document=document.number, signs=signs))
    pdf, xml = archive.prepare(made.content), archive.prepare(made.xml) if made.xml else None
    with transaction(engine) as conn:
        blob = _keep(conn, archive, document, Format.PDF, pdf, now=now, missing=made.missing)
        if xml is not None:
            _keep(conn, archive, document, Format.CII, xml, now=now)
        if made.lacking is not None:
            einvoice_gaps.note(conn, made.lacking.value, _about(document, made.lacking), document.id, now=now)
    return archive.read(blob)


def xml_of(
    engine: Engine, archive: Archive, make: Callable[[str], Pdf], document: Issued, syntax: Syntax, *, now: datetime
) -> bytes:
    """The e-invoice of it: as CII the one that is inside its PDF, unless that was kept before there were any.

    Raises NoEinvoice, and what `pdf_of` raises.
    """
    form = Format(syntax.value)
    kept = _kept(engine, archive, document, form)
    if kept is not None:
        return kept
    found = make_xml(json.loads(_words(document)), syntax)
    if isinstance(found, Lacking):
        raise NoEinvoice(document, found)
    if syntax is Syntax.CII:
        pdf_of(engine, archive, make, document, now=now)
    prepared = archive.prepare(found)
    with transaction(engine) as conn:
        blob = _keep(conn, archive, document, form, prepared, now=now)
    return archive.read(blob)


def _kept(engine: Engine, archive: Archive, document: Issued, form: Format) -> bytes | None:
    with reading(engine) as conn:
        digest = files.digest(conn, document.id, form)
        blob = archive.find(conn, digest) if digest else None
    return archive.read(blob) if blob is not None else None


def _keep(
    conn: Connection,
    archive: Archive,
    document: Issued,
    form: Format,
    prepared: Blob,
    *,
    now: datetime,
    missing: frozenset[str] = frozenset(),
) -> Blob:
    archive.add(conn, prepared)
    return archive.find(conn, files.keep(conn, document.id, form, prepared.sha256, now=now, missing=missing))


def _words(document: Issued) -> str:
    if not document.model:
        raise WordsErased(f"{document.number} has no words any more: its customer was erased")
    return document.model


def _about(document: Issued, because: Lacking) -> str:
    """What else has the same reason, so that it need not be told again."""
    if because.is_of_buyer:
        return str(document.customer_id)
    return document.currency if because is Lacking.CURRENCY else ""
