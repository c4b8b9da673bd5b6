"""`mailgate invoice pdf`, `invoice xml` and the same of credit notes."""

import hashlib
import json
import re
import sqlite3
from pathlib import Path

import facturx
import pytest

from tests.cli.selling import add, refused, selling
from tests.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that has sold something, and taken it back."""
    program = selling(tmp_path / "gate")
    add(program)
    program.prints("invoice", "credit", "2026-0001", "1.00", "--on", "2026-04-02")
    return program


def test_the_file_is_written_and_is_the_same_each_time(program: Program, tmp_path: Path) -> None:
    path, again = tmp_path / "invoice.pdf", tmp_path / "again.pdf"

    row = program.ask("invoice", "pdf", "2026-0001", "-o", str(path))
    program.prints("invoice", "pdf", "2026-0001", "-o", str(again))

    content = path.read_bytes()
    assert content.startswith(b"%PDF-1.7")
    assert again.read_bytes() == content
    assert row == {
        "number": "2026-0001", "file": str(path), "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip


def test_on_standard_output_there_is_nothing_else(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "note.pdf"
    program.prints("credit-note", "pdf", "CN-2026-0001", "-o", str(path))

    assert program.prints("credit-note", "pdf", "CN-2026-0001", "-o", "-") == path.read_bytes()


def test_the_sheet_is_that_of_the_settings(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    program.set("documents", paper="letter")

    program.prints("invoice", "pdf", "2026-0001", "-o", str(path))

    assert re.search(rb"/MediaBox ?\[ ?0 0 612 792", path.read_bytes())


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_the_e_invoice_is_written_and_is_the_same_each_time(program: Program, tmp_path: Path, syntax: str) -> None:
    path = tmp_path / "invoice.xml"

    row = program.ask("invoice", "xml", "2026-0001", "--format", syntax, "-o", str(path))
    again = program.prints("invoice", "xml", "2026-0001", "--format", syntax, "-o", "-")

    content = path.read_bytes()
    assert again == content
    assert (row["bytes"], row["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert (b"CrossIndustryInvoice" if syntax == "cii" else b"oasis:names:specification:ubl") in content


def test_what_is_inside_the_pdf_is_what_the_command_writes(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "note.pdf"
    written = program.prints("credit-note", "xml", "CN-2026-0001", "-o", "-")
    program.prints("credit-note", "pdf", "CN-2026-0001", "-o", str(path))

    _, inside = facturx.get_facturx_xml_from_pdf(path.read_bytes(), check_xsd=False)

    assert inside == written


def test_where_there_can_be_none_it_says_why_and_what_helps(tmp_path: Path) -> None:
    program = selling(tmp_path / "gate")
    program.set("seller", register_id="", vat_id="", tax_number="")
    add(program)

    error = refused(program, "invoice", "xml", "2026-0001", "-o", str(tmp_path / "x.xml"))

    assert error["code"] == "NoEinvoice"
    assert error["message"] == (
        "there is no e-invoice of 2026-0001: it names the company by neither a VAT id nor a register: "
        "set seller.register_id"
    )
    assert not (tmp_path / "x.xml").exists()
    program.prints("invoice", "pdf", "2026-0001", "-o", str(tmp_path / "x.pdf"))


def test_an_own_layout_that_fails_is_told_where_it_fails(program: Program, tmp_path: Path) -> None:
    layout = tmp_path / "words" / "documents" / "document.typ"
    layout.parent.mkdir(parents=True)
    layout.write_text("#let doc = (\n")
    program.set("templates", directory=str(tmp_path / "words"))

    error = refused(program, "invoice", "pdf", "2026-0001", "-o", str(tmp_path / "x.pdf"))

    assert error["message"] == "your own layout cannot be used: documents/document.typ:1: unclosed delimiter"


def test_a_file_that_is_there_stays(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_text("mine")

    error = refused(program, "invoice", "pdf", "2026-0001", "-o", str(path), code=73)

    assert error["message"] == f"{path} is there already"
    assert path.read_text() == "mine"


def test_a_number_that_is_not_there_or_of_the_other_kind_is_named(program: Program, tmp_path: Path) -> None:
    path = str(tmp_path / "x.pdf")

    assert "2026-0009" in refused(program, "invoice", "pdf", "2026-0009", "-o", path)["message"]
    error = refused(program, "invoice", "pdf", "CN-2026-0001", "-o", path)
    assert error["message"] == "CN-2026-0001 is a credit note and not an invoice"
    assert not Path(path).exists()


def test_a_folder_that_is_not_there_is_one_line(program: Program, tmp_path: Path) -> None:
    done = program.run("invoice", "pdf", "2026-0001", "-o", str(tmp_path / "no" / "x.pdf"))

    assert done.exit_code == 73
    assert done.stderr.count("\n") == 1


def test_a_damaged_file_is_named_with_its_document(program: Program, tmp_path: Path) -> None:
    row = program.ask("invoice", "pdf", "2026-0001", "-o", str(tmp_path / "x.pdf"))
    conn = sqlite3.connect(program.database)
    conn.execute("UPDATE blobs SET content = ? WHERE sha256 = ?", (b"x" * row["bytes"], row["sha256"]))
    conn.commit()
    conn.close()

    done = program.run("verify", "--json")

    assert done.exit_code == 65
    [damaged] = json.loads(done.stdout)["damaged"]
    assert (damaged["sha256"], damaged["documents"]) == (row["sha256"], ["2026-0001"])
    assert f"{row['sha256']}: its bytes have another digest (document 2026-0001)" in done.stderr
