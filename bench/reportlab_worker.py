"""Invoices by reportlab, with a font of its package in them: run by its own Python, which has nothing of ours.

    python -m bench.reportlab_worker FILE COUNT

FILE has what stands on the invoice, as JSON; it prints the seconds that COUNT of them took, and the bytes of the last.
"""

import io
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import reportlab
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"


def invoice(said: Any) -> bytes:
    """The same words as ours, as paragraphs and tables; no tags, no PDF/A."""
    style, made = ParagraphStyle("usual", fontName="Vera", fontSize=10), io.BytesIO()
    table = [("FONTNAME", (0, 0), (-1, -1), "Vera")]
    story = [
        *(Paragraph(line, style) for line in (said["seller"]["name"], *said["seller"]["address"])),
        Spacer(1, 20),
        *(Paragraph(line, style) for line in said["to"]["address"]),
        Paragraph(said["title"], style),
        Table(said["facts"], style=table),
        Table(
            [said["columns"], *([f"{words} {period}", *rest] for words, period, *rest in said["items"])], style=table
        ),
        Table([*said["sums"], said["total"]], style=table),
        Paragraph(said["asked"], style),
        *(Table(way["rows"], style=table) for way in said["ways"]),
    ]
    SimpleDocTemplate(made, pagesize=A4).build(story)
    return made.getvalue()


def main() -> None:
    """Time them."""
    said, count = json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2])
    pdfmetrics.registerFont(TTFont("Vera", str(FONT)))
    invoice(said)  # what is made once
    begin = perf_counter()
    for _ in range(count):
        made = invoice(said)
    print(json.dumps({"seconds": perf_counter() - begin, "bytes": len(made)}))


if __name__ == "__main__":
    main()
