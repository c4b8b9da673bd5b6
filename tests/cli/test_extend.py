"""`mailgate invoice extend`: an invoice has time to pay."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.program import Program, configured

CATALOGUE = Path(__file__).parents[2] / "docs" / "catalogue.toml"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Anne has an open invoice."""
    program = configured(tmp_path)
    program.prints("catalogue", "import", str(CATALOGUE))
    program.prints("customer", "add", "Anne Miller", "anne@customer.example", "--country", "DE")
    program.prints("service", "add", "--customer", "1", "--sku", "web-l", "--cycle", "monthly", "--on", "2026-03-02")
    return program


@pytest.mark.parametrize(
    ("time", "until"),
    [("7d", "2026-03-09"), ("2w", "2026-03-16"), ("2026-03-20", "2026-03-20"), ("until 20 March", "2026-03-20")],
)
def test_it_has_time_by_a_span_or_until_a_day(program: Program, time: str, until: str) -> None:
    extended = program.ask("invoice", "extend", "2026-0001", time, "--on", "2026-03-02")

    assert extended["extended_until"] == until
    assert (extended["number"], extended["due_on"], extended["state"]) == ("2026-0001", "2026-03-02", "issued")


def test_without_a_day_it_counts_from_today(program: Program) -> None:
    today = datetime.now(UTC).date()

    until = program.ask("invoice", "extend", "2026-0001", "30d")["extended_until"]

    assert str(until) in {f"{today + timedelta(days=days)}" for days in (29, 30, 31)}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2026-0001", "soon"), "'soon' is no time to pay: write 7d, 2w, or a day such as 2026-03-09"),
        (("2026-0001", "0"), "366 days at most"),
        (("2026-0001", "400"), "366 days at most"),
        (("2026-0001", "2026-03-01"), "is no time to pay"),
        (("2026-0009", "7d"), "invoice 2026-0009"),
    ],
)
def test_what_cannot_be_done_is_said(program: Program, words: tuple[str, ...], said: str) -> None:
    refused = program.run("invoice", "extend", *words, "--on", "2026-03-02")

    assert refused.exit_code != 0
    assert said in refused.stderr


def test_a_paid_invoice_needs_no_time(program: Program) -> None:
    open_minor = program.ask("invoice", "show", "2026-0001")["open_minor"]
    amount = f"{int(str(open_minor)) // 100}.{int(str(open_minor)) % 100:02}"
    program.prints("payment", "record", "2026-0001", amount, "--method", "transfer", "--reference", "1")

    refused = program.run("invoice", "extend", "2026-0001", "7d")

    assert refused.exit_code == 65
    assert "nothing is open of invoice 2026-0001" in refused.stderr
