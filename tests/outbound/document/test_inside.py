"""The e-invoice inside the PDF: put there as Factur-X asks, said in the one bag of extensions, found by others."""

import io
import json
import re
import shutil
from pathlib import Path

import facturx
import pikepdf
import pikepdf.pdfa
import pytest

from mailgate.billing.document.einvoice import Lacking
from mailgate.billing.document.invoice import DocumentKind
from mailgate.outbound.document.pdf import PdfMaker
from mailgate.outbound.document.xml import Syntax
from mailgate.outbound.document.xmp import NothingInside, StrangeXmp, with_factur_x
from tests.outbound.document.models import DIRECTORY, charge, model, setup
from tests.outbound.document.rules import broken
from tests.outbound.document.test_einvoice import xml

NOTE = model(kind=DocumentKind.CREDIT_NOTE, originals=("2026-0042",))
WITHOUT = model(currency="KWD")

ABOUT_EXTENSIONS = {
    *(
        f"XMP namespace {name} is not permitted"
        for name in (
            "pdfaExtension=http://www.aiim.org/pdfa/ns/extension/",
            "pdfaProperty=http://www.aiim.org/pdfa/ns/property#",
            "pdfaSchema=http://www.aiim.org/pdfa/ns/schema#",
            "xmpTPg=http://ns.adobe.com/xap/1.0/t/pg/",
            "fx=urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
        )
    ),
    *(
        f"XMP property {name} is not permitted"
        for name in (
            "pdfaExtension:schemas", "xmpTPg:NPages", "fx:ConformanceLevel", "fx:DocumentFileName", "fx:DocumentType",
            "fx:Version",
        )
    ),
}  # fmt: skip
KNOWN = {
    *(("ISO_19005_3:6.6.2.3.1-1", message) for message in ABOUT_EXTENSIONS),
    ("ISO_19005_3:6.6.2.3.1-2", "the content of structured XMP property xmpMM:History is not checked"),
    ("pikepdf:font-program", "CIDFontType0: CFF FDArray FontMatrix is not supported"),
    ("pikepdf:schema-OutlineItem", "'# 0 R' is not valid under any of the given schemas"),
}
"""What pikepdf's checker finds that is no fault: it knows no extensions of XMP, although PDF/A has them, and neither
typst's fonts nor destinations by reference. Anything else that it finds is new."""


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def made(text: str) -> bytes:
    return PdfMaker(DIRECTORY, paper="a4").make(text).content


def layouts(folder: Path, old: str, new: str) -> PdfMaker:
    """With an own layout, which is the shipped one changed in one place."""
    shipped = (DIRECTORY / "document.typ").read_text("utf-8")
    assert shipped.count(old) == 1
    folder.mkdir(exist_ok=True)
    (folder / "document.typ").write_text(shipped.replace(old, new), "utf-8")
    return PdfMaker(DIRECTORY, paper="a4", own=folder)


@pytest.mark.parametrize("text", [model([charge(), setup()]), NOTE], ids=["invoice", "credit note"])
def test_another_program_finds_it_and_the_rules_pass(text: str) -> None:
    name, found = facturx.get_facturx_xml_from_pdf(made(text), check_xsd=True)

    assert name == "factur-x.xml"
    assert found == xml(text)
    assert broken([(Syntax.CII, found)]) == [[]]


def test_it_is_the_alternative_of_the_document() -> None:
    with opened(made(model(language="de"))) as pdf:
        [file] = pdf.Root.AF

        assert (str(file.AFRelationship), str(file.EF.F.Subtype)) == ("/Alternative", "/text/xml")
        assert (str(file.UF), str(file.Desc)) == ("factur-x.xml", "Rechnung 2026-0042")


def test_there_is_one_bag_of_extensions_and_it_describes_all_that_is_said() -> None:
    with opened(made(model())) as pdf:
        said = pdf.Root.Metadata.read_bytes().decode()
        metadata = pdf.open_metadata()

    assert said.count("<pdfaExtension:schemas>") == 1
    assert said.count("<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#<") == 1
    names = ("DocumentFileName", "DocumentType", "Version", "ConformanceLevel")
    described = said.partition("Factur-X PDFA Extension Schema")[2]
    assert re.findall(r"<pdfaProperty:name>(\w+)<", described) == list(names)
    assert [metadata[f"{{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}}{name}"] for name in names] == [
        "factur-x.xml", "INVOICE", "1.0", "EN 16931",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", [model([charge(), setup()]), NOTE, WITHOUT, model([charge()] * 80)], ids=["invoice", "note", "bare", "long"]
)
def test_the_checker_of_pdf_a_finds_nothing_new(text: str) -> None:
    with opened(made(text)) as pdf:
        found = pikepdf.pdfa.check(pdf, "3b").findings

    assert {(one.rule, re.sub(r"'\d+ 0 R'", "'# 0 R'", one.message)) for one in found} - KNOWN == set()


def test_the_checker_finds_what_is_wrong() -> None:
    with opened(made(model())) as pdf:
        del pdf.Root.OutputIntents

        found = pikepdf.pdfa.check(pdf, "3b").findings

    assert {one.rule for one in found} - {rule for rule, _ in KNOWN}


def test_where_there_can_be_none_the_pdf_goes_without_and_tells_why() -> None:
    done = PdfMaker(DIRECTORY, paper="a4").make(WITHOUT)

    assert (done.xml, done.lacking) == (b"", Lacking.CURRENCY)
    with opened(done.content) as pdf:
        assert not pdf.attachments
        assert b"factur-x" not in pdf.Root.Metadata.read_bytes()


def test_xmp_that_is_not_as_typst_writes_it_is_refused() -> None:
    pdf = opened(made(model()))
    pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(b"pdfaExtension:schemas", b"pdfaExtension:other"))
    changed = io.BytesIO()
    pdf.save(changed)

    with pytest.raises(StrangeXmp):
        with_factur_x(changed.getvalue())


class TestOwnLayout:
    """The operator's stands in front of the shipped one, and gives way to it where it fails."""

    def test_it_is_drawn_by_with_its_own_pictures(self, tmp_path: Path) -> None:
        (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
        logo = '#image("logo.svg", alt: "Logo")\n#heading(level: 1, doc.title)'

        done = layouts(tmp_path, "#heading(level: 1, doc.title)", logo).make(model())

        assert (done.problem, done.xml) == ("", xml(model()))
        assert done.content != made(model())

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("#heading(level: 1, doc.title)", "#doc.titel", ':40: dictionary does not contain key "titel"'),
            ("#heading(level: 1, doc.title)", "#heading(level: 1, doc.title", ":40: unclosed delimiter"),
            ("#heading(level: 1, doc.title)", "株", "PDF/A"),
            ('#if "xml" in sys.inputs {', "#if false {", "the e-invoice is not inside"),
        ],
        ids=["field", "syntax", "no font has it", "nothing inside"],
    )  # fmt: skip
    def test_one_that_fails_is_told_and_the_shipped_one_used(
        self, tmp_path: Path, old: str, new: str, told: str
    ) -> None:
        done = layouts(tmp_path, old, new).make(model())

        assert re.match(r"documents/document\.typ(:\d+)?: ", done.problem)
        assert told in done.problem
        assert done.content == made(model())

    def test_own_words_need_not_be_all(self, tmp_path: Path) -> None:
        words = tmp_path / "words"
        words.mkdir()
        (words / "en.toml").write_text('invoice = "Bill {number}"\n')
        (words / "fr.toml").write_text('invoice = "Facture {number}"\n')
        maker = PdfMaker(DIRECTORY, paper="a4", own=tmp_path)

        titles = []
        for language in ("en", "de", "fr", "fr-CA"):
            done = maker.make(model(language=language))
            assert done.problem == ""
            with opened(done.content) as pdf:
                titles.append((str(pdf.docinfo.Title), str(pdf.Root.Lang).partition("-")[0]))

        assert titles == [
            ("Bill 2026-0042", "en"), ("Rechnung 2026-0042", "de"), ("Facture 2026-0042", "fr"),
            ("Facture 2026-0042", "fr"),
        ]  # fmt: skip

    @pytest.mark.parametrize("words", ['invoice = "Bill {nummer}"', "invoice = ", 'invoice = "Bill {number"'])
    def test_own_words_that_fail_are_told(self, tmp_path: Path, words: str) -> None:
        (tmp_path / "words").mkdir()
        (tmp_path / "words" / "en.toml").write_text(words)

        done = PdfMaker(DIRECTORY, paper="a4", own=tmp_path).make(model())

        assert done.problem.startswith("documents/words: ")
        assert done.content == made(model())

    def test_a_folder_that_is_not_there_is_none(self, tmp_path: Path) -> None:
        assert PdfMaker(DIRECTORY, paper="a4", own=tmp_path / "documents").make(model()).content == made(model())

    def test_a_copy_of_the_shipped_folder_makes_the_same_bytes(self, tmp_path: Path) -> None:
        shutil.copytree(DIRECTORY, tmp_path / "documents")
        done = PdfMaker(DIRECTORY, paper="a4", own=tmp_path / "documents").make(model())

        assert (done.problem, done.content) == ("", made(model()))


def test_a_layout_that_leaves_it_out_is_refused() -> None:
    bare = made(WITHOUT)

    with pytest.raises(NothingInside):
        with_factur_x(bare)


def test_the_model_says_all_of_it() -> None:
    """What is inside is made of the frozen model and of nothing else."""
    text = model([charge(), setup()])

    assert PdfMaker(DIRECTORY, paper="us-letter").make(json.dumps(json.loads(text))).xml == xml(text)
