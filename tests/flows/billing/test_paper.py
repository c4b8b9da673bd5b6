"""The files of a document are made when they are first wanted, and are the same ever after."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import facturx
import pytest

from mailgate.flows.billing.papers.paper import LayoutFailed, NoEinvoice, WordsErased, pdf_of, xml_of
from mailgate.outbound.document.pdf import Pdf
from mailgate.outbound.document.xml import Syntax
from mailgate.wiring.drawing import pdf_maker
from store.archive import Archive, Directory
from store.billing import einvoice_gaps, files
from store.billing.invoices import Issued
from store.billing.kept import erase_words
from store.engine import reading, transaction
from tests.flows.billing.trade import Trade, d, noon

AT = noon(d("2026-04-02"))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(Directory(tmp_path / "archive"))


@pytest.fixture
def invoice(trade: Trade, anne: int) -> Issued:
    _, (document,) = trade.add(anne, "small", on="2026-04-01")
    return trade.invoice(document.number)


class _Press:
    """Makes another PDF each time, as a newer version of the program would."""

    def __init__(self, missing: str = "", size: int = 100) -> None:
        self.made = 0
        self._missing, self._size = frozenset(missing), size

    def __call__(self, model: str) -> Pdf:
        self.made += 1
        return Pdf(f"{self.made}: {model}".encode().ljust(self._size), self._missing)


@pytest.mark.parametrize("size", [100, 2 << 20], ids=["small", "large"])
def test_it_is_made_once_and_given_out_as_it_was(trade: Trade, archive: Archive, invoice: Issued, size: int) -> None:
    press = _Press(size=size)

    first = pdf_of(trade.engine, archive, press, invoice, now=AT)
    trade.pay(invoice.number, "11.90", on="2026-04-03")
    again = pdf_of(trade.engine, archive, press, trade.invoice(invoice.number), now=AT)

    assert first.rstrip() == f"1: {invoice.model}".encode()
    assert (again, press.made) == (first, 1)


def test_two_who_want_it_first_get_the_same(trade: Trade, archive: Archive, invoice: Issued) -> None:
    press, both_have_one, got = _Press(), Barrier(2), list[bytes]()

    def make(model: str) -> Pdf:
        done = press(model)
        both_have_one.wait(30)
        return done

    wanting = [
        Thread(target=lambda: got.append(pdf_of(trade.engine, archive, make, invoice, now=AT))) for _ in range(2)
    ]
    for one in wanting:
        one.start()
    for one in wanting:
        one.join(60)

    assert press.made == 2
    assert len(got) == 2
    assert got[0] == got[1] == pdf_of(trade.engine, archive, press, invoice, now=AT)


def test_a_character_without_a_glyph_is_in_the_log(
    trade: Trade, archive: Archive, invoice: Issued, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        pdf_of(trade.engine, archive, _Press(missing="株"), invoice, now=AT)

    assert f"no glyph document={invoice.number} signs='株'" in caplog.text


def test_of_who_was_erased_there_is_none(trade: Trade, archive: Archive, invoice: Issued) -> None:
    with transaction(trade.engine) as conn:
        erase_words(conn, invoice.customer_id, mark="(erased)")

    with pytest.raises(WordsErased, match=invoice.number):
        pdf_of(trade.engine, archive, _Press(), trade.invoice(invoice.number), now=AT)


def _printed(trade: Trade) -> Callable[[str], Pdf]:
    return pdf_maker(trade.settings).make


def test_the_e_invoice_is_kept_with_the_pdf_that_has_it_inside(trade: Trade, archive: Archive, invoice: Issued) -> None:
    make = _printed(trade)
    pdf = pdf_of(trade.engine, archive, make, invoice, now=AT)

    inside = facturx.get_facturx_xml_from_pdf(pdf, check_xsd=False)[1]

    assert xml_of(trade.engine, archive, _Press(), invoice, Syntax.CII, now=AT) == inside


def test_who_wants_the_e_invoice_first_has_the_pdf_kept_as_well(
    trade: Trade, archive: Archive, invoice: Issued
) -> None:
    first = xml_of(trade.engine, archive, _printed(trade), invoice, Syntax.CII, now=AT)
    press = _Press()

    pdf = pdf_of(trade.engine, archive, press, invoice, now=AT)

    assert press.made == 0
    assert facturx.get_facturx_xml_from_pdf(pdf, check_xsd=False)[1] == first


def test_a_pdf_that_was_kept_before_there_were_any_stays_and_the_e_invoice_is_beside_it(
    trade: Trade, archive: Archive, invoice: Issued
) -> None:
    old = pdf_of(trade.engine, archive, _Press(), invoice, now=AT)

    for syntax in Syntax:
        first = xml_of(trade.engine, archive, _printed(trade), invoice, syntax, now=AT)
        assert xml_of(trade.engine, archive, _printed(trade), invoice, syntax, now=AT) == first
        assert invoice.number.encode() in first

    assert pdf_of(trade.engine, archive, _printed(trade), invoice, now=AT) == old


def test_why_there_is_none_is_noted_once(trade: Trade, archive: Archive, anne: int) -> None:
    make = _bare(trade)
    for day in ("2026-04-01", "2026-04-02"):
        _, (document,) = trade.add(anne, "small", on=day)
        pdf_of(trade.engine, archive, make, trade.invoice(document.number), now=AT)

    with reading(trade.engine) as conn:
        [gap] = einvoice_gaps.untold(conn)
    assert (gap.reason, gap.about, gap.number) == ("seller-id", "", "2026-0001")


def test_whoever_asks_is_told_why_there_is_none(trade: Trade, archive: Archive, invoice: Issued) -> None:
    said = json.loads(invoice.model)
    said["seller"] |= {"vat_id": "", "register_id": ""}
    lacking = replace(invoice, model=json.dumps(said))

    for syntax in Syntax:
        with pytest.raises(NoEinvoice, match=r"set seller\.register_id"):
            xml_of(trade.engine, archive, _printed(trade), lacking, syntax, now=AT)


def test_a_layout_that_fails_is_logged_and_is_an_error_for_who_asks_for_it(
    trade: Trade, archive: Archive, invoice: Issued, caplog: pytest.LogCaptureFixture
) -> None:
    def make(model: str) -> Pdf:
        return replace(_Press()(model), problem="documents/document.typ:3: unclosed delimiter")

    with pytest.raises(LayoutFailed, match="unclosed delimiter"):
        pdf_of(trade.engine, archive, make, invoice, now=AT, own_layout=True)
    with caplog.at_level(logging.WARNING):
        pdf_of(trade.engine, archive, make, invoice, now=AT)

    assert "template problem problem='documents/document.typ:3: unclosed delimiter'" in caplog.text


def test_signs_without_a_glyph_are_kept_for_the_doctor(trade: Trade, archive: Archive, invoice: Issued) -> None:
    pdf_of(trade.engine, archive, _Press(missing="株ア"), invoice, now=AT)

    with reading(trade.engine) as conn:
        assert files.without_glyphs(conn, most=5) == ((invoice.number, "ア株"),)


def _bare(trade: Trade) -> Callable[[str], Pdf]:
    """Makes documents of a company that has no number of any kind."""
    make = _printed(trade)

    def bare(model: str) -> Pdf:
        said = json.loads(model)
        return make(json.dumps({**said, "seller": {**said["seller"], "vat_id": "", "register_id": ""}}))

    return bare
