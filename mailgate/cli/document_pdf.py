"""`mailgate invoice pdf` and `credit-note pdf`: a document into a file, or on standard output."""

import hashlib
import sys
from pathlib import Path

import click

from mailgate.billing.document.invoice import DocumentKind
from mailgate.cli.backup import told_disk_errors
from mailgate.cli.billing_words import document_of
from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_CANTCREAT, fail, print_object
from mailgate.flows.billing.paper import pdf_of
from store.engine import reading

_STANDARD_OUTPUT = Path("-")

pdf_option = click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to make; - for standard output.",
)


def write_pdf(number: str, kind: DocumentKind, path: Path) -> None:
    """Write it, and say where; on standard output nothing else is said. A file that is there stays as it is."""
    if path != _STANDARD_OUTPUT and path.exists():
        fail(f"{path} is there already", code=EX_CANTCREAT, hint="name another file")
    with gate() as parts, told_disk_errors():
        with reading(parts.engine) as conn:
            document = document_of(conn, number, kind)
        content = pdf_of(parts.engine, parts.archive, parts.make_pdf, document, now=now())
        if path == _STANDARD_OUTPUT:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        with path.open("xb") as file:
            file.write(content)
    print_object(
        {
            "number": document.number,
            "file": str(path),
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    )
