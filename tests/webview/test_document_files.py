"""Files of documents from their pages: PDF, e-invoice and due date, for whoever may see them; nothing is written."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import facturx
import httpx
import pikepdf

from mailgate.billing.document.invoice import DocumentKind
from mailgate.flows.billing.papers.paper import pdf_of, xml_of
from mailgate.outbound.document.xml import Syntax
from store.billing import invoices
from store.engine import reading
from tests.gate import BeginGate
from tests.webview.company import ON_BOTH, Company
from tests.webview.story import tell
from tests.webview.trade import pay
from tests.webview.web import running_web
from webview.calendar import Event, as_calendar


def fields(content: bytes) -> dict[str, str]:
    """Of a calendar with one event, its lines unfolded."""
    text = content.decode().replace("\r\n ", "")
    assert text.endswith("\r\n")
    return dict(line.split(":", 1) for line in text.splitlines() if not line.startswith(("BEGIN", "END")))


@ON_BOTH
def test_a_pdf_is_made_without_a_trace_and_is_what_is_kept_later(begin: BeginGate) -> None:
    gate = begin()
    story = tell(gate)
    number = story.trade.paid
    with running_web(gate) as web:
        browser, before = web.signed_in(story.anne), web.digest()

        made, xml = browser.get(f"/invoices/{number}.pdf"), browser.get(f"/invoices/{number}.xml")
        ubl = browser.get(f"/invoices/{number}.ubl.xml")

        assert web.digest() == before
        with reading(gate.parts.engine) as conn:
            document = invoices.find(conn, number)
        assert document is not None
        parts = gate.parts
        kept = pdf_of(parts.engine, parts.archive, parts.make_pdf, document, now=gate.now)
        assert (made.content, made.headers["content-type"]) == (kept, "application/pdf")
        assert facturx.get_facturx_xml_from_pdf(kept, check_xsd=False)[1] == xml.content
        cii, second = (
            xml_of(parts.engine, parts.archive, parts.make_pdf, document, syntax, now=gate.now) for syntax in Syntax
        )
        assert (xml.content, ubl.content) == (cii, second)
        assert xml.headers["content-type"] == "application/xml"
        again = browser.get(f"/invoices/{number}.pdf", headers={"If-None-Match": made.headers["etag"]})
        assert again.status_code == 304


def test_what_is_kept_is_given_out_and_not_made_anew(begin: BeginGate) -> None:
    gate = begin()
    story = tell(gate)
    number = story.trade.paid
    with reading(gate.parts.engine) as conn:
        document = invoices.find(conn, number)
    assert document is not None
    parts = gate.parts
    older = replace(parts.make_pdf(document.model), content=b"%PDF-1.7 of an older version")
    pdf_of(parts.engine, parts.archive, lambda _: older, document, now=gate.now)

    with running_web(gate) as web:
        given = web.signed_in(story.anne).get(f"/invoices/{number}.pdf").content

    assert given == older.content


def test_files_are_saved_under_a_name_that_says_what_they_are(company: Company) -> None:
    browser, trade = company.web.signed_in(company.story.anne), company.story.trade

    for path, name in (
        (f"/invoices/{trade.paid}.pdf", f"Example-Hosting_invoice_{trade.paid}.pdf"),
        (f"/invoices/{trade.paid}.xml", f"Example-Hosting_invoice_{trade.paid}.xml"),
        (f"/invoices/{trade.paid}.ics", f"Example-Hosting_invoice_{trade.paid}.ics"),
        (f"/credit-notes/{trade.note}.pdf", f"Example-Hosting_credit-note_{trade.note}.pdf"),
    ):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert f'attachment; filename="{name}"' in answer.headers["content-disposition"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_they_are_for_whoever_sees_the_document(company: Company) -> None:
    story, web = company.story, company.web
    number = story.trade.paid

    for ending in ("pdf", "xml", "ubl.xml", "ics"):
        paths = [f"/invoices/{number}.{ending}", f"/staff/invoices/{number}.{ending}"]
        assert [_status(web.signed_in(story.anne), path) for path in paths] == [200, 404]
        assert [_status(web.signed_in(story.paul), path) for path in paths] == [404, 404]
        assert _status(web.signed_in(story.bart), paths[1]) == 200
        assert [_status(web.browser(), path) for path in paths] == [303, 303]
        assert _status(web.signed_in(story.anne), f"/credit-notes/{number}.{ending}") == 404
        assert _status(web.signed_in(story.anne), f"/invoices/{story.trade.foreign_invoice}.{ending}") == 404
        assert web.signed_in(story.anne).post(paths[0]).status_code == 405


def _status(browser: httpx.Client, path: str) -> int:
    return browser.get(path).status_code


def test_pages_link_what_there_is(company: Company) -> None:
    story, trade = company.story, company.story.trade

    page = company.web.signed_in(story.anne).get(f"/invoices/{trade.issued}").text
    note = company.web.signed_in(story.anne).get(f"/credit-notes/{trade.note}").text
    staffs = company.web.signed_in(story.bart).get(f"/staff/invoices/{trade.issued}").text

    for ending in ("pdf", "xml", "ics"):
        assert f'href="/invoices/{trade.issued}.{ending}"' in page
        assert f'href="/staff/invoices/{trade.issued}.{ending}"' in staffs
    assert f'href="/credit-notes/{trade.note}.xml"' in note
    assert ".ics" not in note


def test_the_due_date_goes_out_of_a_calendar_when_it_is_paid(begin: BeginGate) -> None:
    gate = begin()
    story = tell(gate)
    number = story.trade.issued
    with running_web(gate) as web:
        browser = web.signed_in(story.anne)
        first = browser.get(f"/invoices/{number}.ics")
        open_minor, due_on = _open(gate.parts.engine, number)
        pay(gate, number, gate.now.date(), 100)
        part = fields(browser.get(f"/invoices/{number}.ics").content)
        pay(gate, number, gate.now.date(), open_minor - 100, method="cash")
        last = browser.get(f"/invoices/{number}.ics")

    before, after = fields(first.content), fields(last.content)
    assert first.headers["content-type"] == "text/calendar; method=PUBLISH; charset=utf-8"
    assert last.headers["content-type"] == "text/calendar; method=CANCEL; charset=utf-8"
    assert (before["METHOD"], before["STATUS"]) == ("PUBLISH", "CONFIRMED")
    assert (after["METHOD"], after["STATUS"]) == ("CANCEL", "CANCELLED")
    assert before["UID"] == part["UID"] == after["UID"] == f"invoice-{number}@support.example"
    assert before["DTSTART;VALUE=DATE"] == f"{due_on:%Y%m%d}"
    assert int(before["SEQUENCE"]) < int(part["SEQUENCE"]) < int(after["SEQUENCE"])
    assert before["SUMMARY"].startswith(f"Example Hosting: pay invoice {number}\\, EUR ")


def _open(engine: object, number: str) -> tuple[int, date]:
    with reading(engine) as conn:  # type: ignore[arg-type]
        found = invoices.find(conn, number)
    assert found is not None
    return found.open_minor, found.due_on


def test_a_credit_note_has_no_due_date(company: Company) -> None:
    browser = company.web.signed_in(company.story.anne)

    assert browser.get(f"/credit-notes/{company.story.trade.note}.ics").status_code == 404


def test_the_pdf_of_a_page_opens(company: Company) -> None:
    content = company.web.signed_in(company.story.bart).get(f"/staff/invoices/{company.story.trade.issued}.pdf").content

    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 1


def test_lines_of_a_calendar_are_folded_between_characters_and_words_are_escaped() -> None:
    words = "Größe; 100,00\\x\nzweite Zeile\x07 " + "ä" * 100
    made = as_calendar(
        Event("u", date(2026, 12, 31), 3, datetime(2026, 1, 2, tzinfo=UTC), words, words, "https://x.example/", False)
    )

    assert max(len(line) for line in made.split(b"\r\n")) <= 75
    assert b"\n" not in made.replace(b"\r\n", b"")
    found = fields(made)
    assert found["SUMMARY"] == "Größe\\; 100\\,00\\\\x\\nzweite Zeile " + "ä" * 100
    assert (found["DTSTART;VALUE=DATE"], found["DTEND;VALUE=DATE"]) == ("20261231", "20270101")
    assert found["DTSTAMP"] == "20260102T000000Z"


def test_both_kinds_have_the_same_addresses() -> None:
    assert {kind.value for kind in DocumentKind} == {"invoice", "credit-note"}
