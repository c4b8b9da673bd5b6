"""What is not given back twice, and what was paid elsewhere: by `mailgate service`, `bill` and `invoice`."""

from pathlib import Path

import pytest

from tests.program import Program, configured

CATALOGUE = Path(__file__).parents[2] / "docs" / "catalogue.toml"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that sells what the sample has, and Anne as its only customer."""
    program = configured(tmp_path)
    program.prints("catalogue", "import", str(CATALOGUE))
    program.prints("customer", "add", "Anne Miller", "anne@customer.example", "--country", "DE")
    return program


def sold(program: Program, *words: str, on: str = "2026-03-02") -> None:
    program.prints("service", "add", "--customer", "1", "--sku", "web-l", "--cycle", "monthly", *words, "--on", on)


def test_a_service_that_was_paid_elsewhere_ends_when_that_is_used_up(program: Program) -> None:
    sold(program, "--start", "2026-01-15", "--paid-through", "2026-04-14")

    ended = program.ask("service", "cancel", "1", "--at-end", "--on", "2026-03-10")

    assert (ended["state"], ended["ends_on"], ended["documents"]) == ("active", "2026-04-15", [])
    assert program.ask("bill", "run", "--at", "2026-05-20")["invoices"] == []


def test_a_run_whose_days_a_change_has_given_back_is_not_undone(program: Program) -> None:
    sold(program)
    program.prints("bill", "run", "--at", "2026-03-25")
    program.prints("service", "change", "1", "--sku", "web-m", "--force", "--on", "2026-03-26")

    undone = program.run("bill", "undo", "1", "--at", "2026-03-26")

    assert undone.exit_code == 65
    assert "2026-0002" in undone.stderr
    assert [one["number"] for one in program.ask("credit-note", "list")] == ["CN-2026-0001"]


def test_an_invoice_of_a_change_is_made_void_and_its_days_are_not_billed_again(program: Program) -> None:
    program.prints(
        *("service", "add", "--customer", "1", "--sku", "web-s", "--cycle", "monthly", "--on", "2026-03-02"),
    )
    program.prints("service", "change", "1", "--sku", "web-l", "--force", "--on", "2026-03-12")

    again = program.run("invoice", "void", "2026-0002", "--bill-again", "--on", "2026-03-12")
    program.prints("invoice", "void", "2026-0002", "--on", "2026-03-12")

    assert again.exit_code == 65
    assert program.ask("bill", "run", "--at", "2026-03-13")["invoices"] == []
