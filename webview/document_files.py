"""Files of a document: its PDF, its e-invoice, and its due date for a calendar.

What is kept in the archive is given out; else the same bytes are made, and nothing is written.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from urllib.parse import quote

from starlette.responses import Response

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.money.words import amount
from mailgate.language.telling import full_date, speaking
from store.archive import MissingBlob
from store.views import document_files
from store.views.document_files import Paper
from store.views.visitors import ContactVisitor, StaffVisitor
from webview.calendar import Event, as_calendar, method_of
from webview.files import download, safe_name
from webview.site import NoSuchPage, Visit


class Ending(StrEnum):
    """Which file is asked for: the last part of its address."""

    PDF = "pdf"
    XML = "xml"  # CII, as it is inside the PDF
    UBL = "ubl.xml"
    CALENDAR = "ics"


_FORMS = {Ending.PDF: "pdf", Ending.XML: "cii", Ending.UBL: "ubl"}
_TYPES = {"pdf": "application/pdf", "cii": "application/xml", "ubl": "application/xml"}

ContactFile = Callable[[Visit[ContactVisitor]], Response]
StaffFile = Callable[[Visit[StaffVisitor]], Response]


def for_customer(kind: DocumentKind, ending: Ending) -> ContactFile:
    """`/invoices/<number>.<ending>`, or of a credit note: for whoever may see money."""

    def page(visit: Visit[ContactVisitor]) -> Response:
        if not visit.visitor.sees_money:
            raise NoSuchPage
        return _file(visit, kind, ending, customer_id=visit.visitor.customer_id)

    return page


def for_staff(kind: DocumentKind, ending: Ending) -> StaffFile:
    """`/staff/invoices/<number>.<ending>`, or of a credit note."""
    return lambda visit: _file(visit, kind, ending, customer_id=None)


def _file(
    visit: Visit[ContactVisitor] | Visit[StaffVisitor], kind: DocumentKind, ending: Ending, *, customer_id: int | None
) -> Response:
    found = document_files.find(visit.conn, visit.request.path_params["number"], kind, customer_id=customer_id)
    if found is None:
        raise NoSuchPage
    if ending is Ending.CALENDAR:
        return _calendar(visit, found)
    form = _FORMS[ending]
    content = _kept(visit, found, form) or (visit.site.draw(found.model, form) if found.model else None)
    if content is None:
        raise NoSuchPage
    return _given(visit, found, content, ending.value, _TYPES[form])


def _kept(visit: Visit[ContactVisitor] | Visit[StaffVisitor], found: Paper, form: str) -> bytes | None:
    if form not in found.kept:
        return None
    try:
        return visit.site.archive.load(visit.conn, found.kept[form])
    except MissingBlob:
        raise NoSuchPage from None


def _calendar(visit: Visit[ContactVisitor] | Visit[StaffVisitor], found: Paper) -> Response:
    """The day on which it is due; taken out again once nothing is open of it."""
    if found.kind is not DocumentKind.INVOICE:
        raise NoSuchPage
    gate, public_url, words = visit.site.settings.gate, visit.site.settings.web.public_url, visit.words
    with speaking(visit.reader.language, str(visit.zone)):
        left = amount(found.open_minor or found.total_minor, found.currency)
        due = full_date(found.due_on)
    path = "/staff/invoices/" if isinstance(visit.visitor, StaffVisitor) else "/invoices/"
    event = Event(
        uid=f"invoice-{found.number}@{gate.domain}",
        day=found.due_on,
        # Each change raises it, and so does what settles it without one, such as a credit note for all of it.
        revision=found.changes + (found.open_minor == 0),
        changed_at=found.settled_at or found.issued_at,
        summary=words.gettext(
            "%(company)s: pay invoice %(number)s, %(amount)s", company=gate.company, number=found.number, amount=left
        ),
        description=words.gettext(
            "Due on %(on)s. Reference for the transfer: %(reference)s", on=due, reference=found.reference
        ),
        url=public_url.rstrip("/") + path + quote(found.number) if public_url else "",
        is_cancelled=found.open_minor == 0,
    )
    return _given(visit, found, as_calendar(event), "ics", f"text/calendar; method={method_of(event)}; charset=utf-8")


def _given(
    visit: Visit[ContactVisitor] | Visit[StaffVisitor], found: Paper, content: bytes, ending: str, content_type: str
) -> Response:
    name = safe_name(
        f"{_in_ascii(visit.site.settings.gate.company)}_{found.kind.value}_{found.number.replace('/', '-')}.{ending}",
        fallback=f"{found.kind.value}.{ending}",
    )
    digest = hashlib.sha256(content).hexdigest()
    return download(visit.request, content, name=name, digest=digest, content_type=content_type)


def _in_ascii(company: str) -> str:
    """Its name as part of a file's: "Example-Hosting"."""
    plain = unicodedata.normalize("NFKD", company).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-") or "document"
