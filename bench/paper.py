"""Invoices on paper: the time of one PDF, against reportlab with an embedded font, and the memory that many take."""

import json
import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

from bench.peer import Unavailable, interpreter
from bench.program import Failed
from bench.results import PAPER, PAPER_MEMORY, PAPER_WITH_XML, Result, left_out
from bench.run import Run, tell
from bench.usage import has_proc, mebibytes
from mailgate.outbound.document.pdf import PdfMaker
from mailgate.outbound.document.shown import shown
from mailgate.outbound.templates import built_in_directory

PART = "paper"
MANY = 500
IN_A_ROW = 10_000
LOCK = Path(__file__).with_name("reportlab.lock")
DIRECTORY = built_in_directory() / "documents"
ROOT = Path(__file__).parents[1]
_WHAT = "PDF of an invoice / reportlab with an embedded font, time"
_WITH_XML = "the same with the e-invoice inside / reportlab, time"


def paper(run: Run) -> Iterator[Result]:
    """Both make the same invoice of five lines, by turns; ours is PDF/A and tagged."""
    maker, many = PdfMaker(DIRECTORY, paper="a4"), run.much(MANY)
    file = run.room(PART) / "invoice.json"
    file.write_text(json.dumps(shown(json.loads(_model(0)), paper="a4", directories=(DIRECTORY,))))
    try:
        python = interpreter(run.peers / "reportlab", LOCK, install=run.install)
    except Unavailable as error:
        yield left_out(PART, _WHAT, f"reportlab {error}")
    else:
        tell(f"{PART}: {many} invoices, {run.rounds} rounds")
        for what, is_whole, goal in ((_WHAT, False, PAPER), (_WITH_XML, True, PAPER_WITH_XML)):
            ours = partial(_ours, maker, many, is_whole)
            turns = run.in_turns(ours, lambda _: _theirs(python, file, many))
            yield Result(PART, what, turns.words(" ms", "reportlab"), turns.ratio, goal, turns.as_details())
    if has_proc():
        yield _memory(maker, run.much(IN_A_ROW))


def _ours(maker: PdfMaker, many: int, is_whole: bool, _turn: int) -> float:
    assert bool(maker.make(_model(0, is_whole=is_whole)).xml) is is_whole
    begin = perf_counter()
    for number in range(many):
        maker.make(_model(number, is_whole=is_whole))
    return (perf_counter() - begin) / many * 1000


def _theirs(python: Path, file: Path, many: int) -> float:
    command = [str(python), "-m", "bench.reportlab_worker", str(file), str(many)]
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=ours, timeout=600)
    if done.returncode:
        raise Failed(f"reportlab: {done.stderr.strip().splitlines()[-1]}")
    return float(json.loads(done.stdout)["seconds"]) / many * 1000


def _memory(maker: PdfMaker, many: int) -> Result:
    tell(f"{PART}: {many:,} invoices in a row")
    for number in range(many // 10):
        maker.make(_model(number))
    before = mebibytes(os.getpid(), "VmRSS")
    for number in range(many):
        maker.make(_model(number))
    more = mebibytes(os.getpid(), "VmRSS") - before
    return Result(PART, f"memory after {many:,} PDFs in a row", f"{more:+.0f} MiB", more, PAPER_MEMORY)


def _model(number: int, *, is_whole: bool = True) -> str:
    """Each its own, as invoices are; one that is not whole has a tax of which there is no e-invoice."""
    line = {"period_start": "2026-12-01", "period_end": "2026-12-31", "tax_rate": "19", "tax_category": "S"}
    lines = [
        {**line, "text": f"Business Linux, example{number}-{place}.org", "net_minor": 1990 + number, "tax_minor": 378}
        for place in range(5)
    ]
    seller = {"name": "Example Hosting", "street": "Hauptstraße 5", "postcode": "10115", "city": "Berlin"}
    known = {"country": "DE", "vat_id": "DE123456788", "email": "billing@hosting.example"}
    bank = {"iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}
    net = sum(int(str(one["net_minor"])) for one in lines)
    tax = {
        "category": "S" if is_whole else "?",
        "rate": "19",
        "name": "VAT",
        "reason": "",
        "net_minor": net,
        "tax_minor": 1890,
    }
    return json.dumps(
        {
            "kind": "invoice",
            "number": f"2026-{number:04}",
            "reference": "RF8820260042",
            "currency": "EUR",
            "issued_on": "2026-11-20",
            "due_on": "2026-12-01",
            "language": "en",
            "originals": [],
            "seller": {**seller, **known, **bank},
            "buyer": {"customer_id": number, "name": "Anne Miller", "city": "London", "country": "GB"},
            "lines": lines,
            "taxes": [tax],
            "net_minor": net,
            "tax_minor": 1890,
            "total_minor": net + 1890,
        }
    )
