"""docs/billing.md, followed to the letter: command after command, in an empty store with the sample catalogue."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import Program, configured

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "billing.md"

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ELSEWHERE = "check-vat"
"""It asks the Commission's register."""


def commands() -> Iterator[list[str]]:
    for block in _BLOCK.findall(PAGE.read_text()):
        for line in block.replace("\\\n", " ").splitlines():
            program, *words = shlex.split(line)
            assert program == "mailgate", line
            if _ELSEWHERE not in words:
                yield words


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A gate whose operator has done all that the page says."""
    program = configured(tmp_path)
    shutil.copy(ROOT / "docs" / "catalogue.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    for words in commands():
        program.prints(*words)
    return program


def test_who_follows_the_page_gets_the_invoices_that_it_tells_of(followed: Program) -> None:
    documents = followed.ask("invoice", "list") + followed.ask("credit-note", "list")

    told = [(one["number"], one["customer"], one["issued_on"], one["total_minor"]) for one in documents]
    assert told == [
        ("2026-0001", 1, "2026-03-02", 17_88),  # Web M and its set-up, with Austria's 20 %
        ("2026-0002", 1, "2026-03-23", 11_88),  # its renewal, given back when it was cancelled
        ("2026-0003", 1, "2026-03-24", 14_90),  # from here on without tax: the VAT id is proven
        ("2026-0004", 1, "2026-03-24", 79_00),
        ("2026-0005", 2, "2026-03-25", 285_60),  # of the run that was undone
        ("2026-0006", 2, "2026-03-25", 285_60),
        ("2026-0007", 1, "2026-03-27", 14_47),  # from Web M, taxed, to Web L, by reverse charge
        ("2026-0008", 2, "2026-03-27", 1_79),  # Web S at half its price, for the days up to the bill day
        ("CN-2026-0001", 2, "2026-03-25", 285_60),
        ("CN-2026-0002", 1, "2026-03-30", 104_02),
    ]
    assert [one["number"] for one in documents if one["open_minor"]] == ["2026-0006", "2026-0008"]
    back = [(one["customer"], one["amount_minor"], one["state"]) for one in followed.ask("refund", "list")]
    assert back == [(1, 79_00, "task"), (1, 13_14, "task")]
    assert followed.ask("credit", "show", "1")["balances"] == [
        {"currency": "EUR", "balance_minor": 1_00 + 10_00 + 50_00 + 104_02 - 11_88 - 14_47 - 92_14}
    ]
    assert followed.ask("ledger", "verify")["wrong"] == 0
