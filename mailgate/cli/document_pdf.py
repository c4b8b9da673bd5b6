"""`mailgate invoice pdf`, `invoice xml` and the same of credit notes: a document into a file, or on standard output."""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import click

from mailgate.billing.document.invoice import DocumentKind
from mailgate.cli.backup import told_disk_errors
from mailgate.cli.billing_words import document_of
from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_CANTCREAT, Row, fail, print_object
from mailgate.flows.billing.papers.paper import pdf_of, xml_of
from mailgate.outbound.document.xml import Syntax
from mailgate.wiring import Parts
from store.billing.invoices import Issued
from store.engine import reading

STANDARD_OUTPUT = Path("-")

output_option = click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to make; - for standard output.",
)

syntax_option = click.option(
    "--format",
    "syntax",
    type=click.Choice([one.value for one in Syntax]),
    default=Syntax.CII.value,
    show_default=True,
    help="Which of the two syntaxes of EN 16931; cii is what is inside the PDF.",
)


def write_pdf(number: str, kind: DocumentKind, path: Path) -> None:
    """Write the PDF, and say where."""

    def made(parts: Parts, document: Issued) -> bytes:
        return pdf_of(parts.engine, parts.archive, parts.make_pdf, document, now=now(), own_layout=True)

    _write(number, kind, path, made)


def write_xml(number: str, kind: DocumentKind, syntax: str, path: Path) -> None:
    """Write the e-invoice, and say where."""

    def made(parts: Parts, document: Issued) -> bytes:
        return xml_of(parts.engine, parts.archive, parts.make_pdf, document, Syntax(syntax), now=now())

    _write(number, kind, path, made)


def _write(number: str, kind: DocumentKind, path: Path, made: Callable[[Parts, Issued], bytes]) -> None:
    """Into the file, or on standard output, where nothing else is said. A file that is there stays as it is."""
    must_be_new(path)
    with gate() as parts, told_disk_errors():
        with reading(parts.engine) as conn:
            document = document_of(conn, number, kind)
        written = put(path, made(parts, document))
    if written:
        print_object({"number": document.number, **written})


def must_be_new(path: Path) -> None:
    """A file that is there stays as it is, and ends the command."""
    if path != STANDARD_OUTPUT and path.exists():
        fail(f"{path} is there already", code=EX_CANTCREAT, hint="name another file")


def put(path: Path, content: bytes) -> Row:
    """Write a file, and return what is said of it; {}: it is on standard output, where nothing else is said."""
    if path == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return {}
    with path.open("xb") as file:
        file.write(content)
    return {"file": str(path), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
