"""The PDF of a document: the same bytes every time, read back by Debian's programs, whatever its words are."""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.billing.document.home_tax import HomeTax
from mailgate.billing.document.invoice import DocumentKind
from mailgate.outbound.document.glyphs import MISSING, Glyphs
from mailgate.outbound.document.pdf import PdfMaker
from tests.outbound.document.models import BUYER, DIRECTORY, SELLER, charge, model, setup
from tests.servers.fixtures import needed
from tests.servers.process import find_program

A4, LETTER = ("a4", "595"), ("us-letter", "612")


def made(text: str, paper: str = "a4") -> bytes:
    return PdfMaker(DIRECTORY, paper=paper).make(text).content


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def run(name: str, *arguments: str) -> str:
    with needed():
        program = find_program(name)
    done = subprocess.run([program, *arguments], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def words_of(pdf: bytes, directory: Path) -> str:
    """As pdftotext reads them, each run of blanks as one."""
    path = directory / "document.pdf"
    path.write_bytes(pdf)
    return re.sub(r"[\s\u00ad]+", " ", run("pdftotext", "-layout", str(path), "-"))


def test_the_same_model_makes_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys; from pathlib import Path; from mailgate.outbound.document.pdf import PdfMaker\n"
        "maker = PdfMaker(Path(sys.argv[1]), paper='a4')\n"
        "for text in sys.argv[2:]: pdf = maker.make(text).content\n"
        "sys.stdout.buffer.write(pdf)"
    )
    text, other = model([charge(), setup()]), model(language="de")

    # Another hash seed, and another document before it: neither may be seen in the bytes.
    command = [sys.executable, "-c", program, str(DIRECTORY), other, text]
    theirs = subprocess.run(command, capture_output=True, check=True, timeout=60, env={"PYTHONHASHSEED": "7"}).stdout

    assert theirs == made(text)
    assert made(other) != theirs


def test_it_says_that_it_is_pdf_a_3b_tagged_and_in_which_language() -> None:
    pdf = made(model(language="de"))

    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"/StructTreeRoot" in pdf
    assert re.search(rb"/Lang ?\(de\)", pdf)
    assert re.search(rb"/CreationDate ?\(D:20261120", pdf)


@pytest.mark.parametrize(("paper", "width"), [A4, LETTER])
@pytest.mark.parametrize("language", ["en", "de"])
def test_twelve_items_with_all_ways_to_pay_fit_on_one_page(paper: str, width: str, language: str) -> None:
    pdf = made(model([charge()] * 11 + [setup()], language=language), paper)

    assert pages(pdf) == 1
    assert re.search(rf"/MediaBox ?\[ ?0 0 {width}".encode(), pdf)


@pytest.mark.parametrize(
    "text",
    [
        '#panic("no") #sys.inputs #read("/etc/passwd") $x$ *b* _i_ `c` <l> @r = h',
        "\\u{0} \\ // comment /* open",
        '"]} ${total} {{ number }} <script>alert(1)</script>',
        "x" * 500,
        "مرحبا بكم שלום Ελληνικά Кириллица čšž ₹ ₿",
    ],
)
def test_words_are_words_and_run_nothing(text: str) -> None:
    assert pages(made(model([charge(text)], buyer=replace(BUYER, organisation=text[:100])))) == 1


def test_a_character_that_no_font_has_is_replaced_and_named() -> None:
    done = PdfMaker(DIRECTORY, paper="a4").make(model(buyer=replace(BUYER, organisation="株式 Ltd 😀", name="Zoë")))

    assert done.missing == frozenset("株式😀")


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\u202e", "\u200b", "\ufeff", "\ue000", "\U000e0001"])
def test_what_shows_nothing_is_left_out(sign: str) -> None:
    glyphs = Glyphs(lambda one: False)

    assert glyphs.drawable(f"Exa{sign}mple") == ("Example", frozenset())


def test_a_character_is_tried_once() -> None:
    asked: list[str] = []

    def is_drawn(sign: str) -> bool:
        asked.append(sign)
        return sign == "é"

    glyphs = Glyphs(is_drawn)

    assert glyphs.drawable("é ア\té") == (f"é {MISSING} é", frozenset("ア"))
    assert glyphs.drawable("アé")[0] == f"{MISSING}é"
    assert sorted(asked) == ["é", "ア"]


@pytest.mark.server
class TestReadBack:
    """Programs of others read the PDF."""

    def test_pdftotext_finds_all_that_the_document_says(self, tmp_path: Path) -> None:
        found = words_of(made(model([charge(), setup()])), tmp_path)

        for words in (
            "Invoice 2026-0042", "Example Hosting GmbH", "Hauptstraße 5", "Müller & Söhne", "SW1A 1AA London",
            "Business Linux, example.org", "1 Dec 2026 – 31 Dec 2026", "VAT of 19% on EUR 1,234.56", "EUR 234.57",
            "EUR 1,479.13", "Exempt by § 19 of the VAT act", "DE89 3704 0044 0532 0130 00", "RF88 2026 0042",
            "VAT id DE123456788",
        ):  # fmt: skip
            assert words in found

    def test_tax_in_another_currency_stands_in_that_of_the_company_as_well(self, tmp_path: Path) -> None:
        found = words_of(made(model(currency="USD", home=HomeTax("EUR", 21_667, "1.0826"))), tmp_path)

        assert "VAT: EUR 216.67 (1 EUR = 1.0826 USD)" in found

    def test_pages_are_numbered_when_there_are_several(self, tmp_path: Path) -> None:
        found = words_of(made(model([charge(f"Site {number}") for number in range(150)])), tmp_path)

        assert "Page 1 of 6" in found
        assert "Page 6 of 6" in found
        assert [int(number) for number in re.findall(r"Site (\d+)", found)] == list(range(150))
        assert "Page" not in words_of(made(model()), tmp_path)

    @pytest.mark.parametrize("text", [model([charge(), setup()]), model(kind=DocumentKind.CREDIT_NOTE)])
    def test_qpdf_finds_nothing_wrong(self, text: str, tmp_path: Path) -> None:
        path = tmp_path / "document.pdf"
        path.write_bytes(made(text))

        assert "No syntax or stream encoding errors found" in run("qpdf", "--check", str(path))

    @pytest.mark.parametrize(("minor", "amount"), [(1_000, "EUR11.9"), (123_456, "EUR1469.13"), (84, "EUR1")])
    def test_a_banking_app_scans_the_transfer(self, minor: int, amount: str, tmp_path: Path) -> None:
        path = tmp_path / "document.pdf"
        path.write_bytes(made(model([charge(minor=minor)], seller=replace(SELLER, name="Größe & Söhne"))))
        run("pdftoppm", "-r", "150", "-png", str(path), str(tmp_path / "page"))
        [page] = tmp_path.glob("page*.png")

        scanned: Sequence[str] = run("zbarimg", "-q", "--raw", "--oneshot", "-Sbinary", str(page)).splitlines()

        assert scanned == [
            "BCD", "002", "1", "SCT", "COBADEFFXXX", "Größe & Söhne", "DE89370400440532013000", amount, "",
            "RF8820260042",
        ]  # fmt: skip
