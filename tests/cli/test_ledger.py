"""`mailgate ledger`: is it whole, and what is booked."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from store.engine import connect, transaction
from store.schema import ledger_entries
from tests.cli.books import add_customers, book_some
from tests.program import Program, configured


@pytest.fixture
def booked(tmp_path: Path) -> Program:
    """A gate with Anne and Bart as customers 1 and 2, and some events of theirs."""
    program = configured(tmp_path / "gate")
    add_customers(program)
    book_some(program)
    return program


def tamper(program: Program) -> None:
    engine = connect(f"sqlite:///{program.database}")
    with transaction(engine) as conn:
        conn.execute(update(ledger_entries).where(ledger_entries.c.position == 3).values(amount_minor=-9))
    engine.dispose()


def test_a_whole_ledger_is_said_to_be_so(booked: Program) -> None:
    found = booked.ask("ledger", "verify")

    assert found["faults"] == []
    assert (found["transactions"], found["entries"], found["wrong"]) == (4, 8, 0)
    assert len(found["sha256"]) == 64
    assert "whole, 4 transactions" in booked.run("status").stdout


def test_an_empty_ledger_is_whole(tmp_path: Path) -> None:
    program = configured(tmp_path / "gate")

    assert program.ask("ledger", "verify") == {
        "transactions": 0, "entries": 0, "sha256": "0" * 64, "wrong": 0, "faults": [],
    }  # fmt: skip
    assert program.ask("ledger", "show") == []
    assert json.loads(program.run("status", "--json").stdout)["ledger"] is None


def test_what_is_wrong_is_named_and_status_says_so_until_it_is_mended(booked: Program) -> None:
    tamper(booked)

    words, answer = booked.run("ledger", "verify"), booked.run("ledger", "verify", "--json")
    status = booked.run("status", "--json")

    assert (words.exit_code, answer.exit_code, status.exit_code) == (65, 65, 69)
    assert "mailgate: transaction 1: invoice:7 is not as it was booked" in words.stderr
    assert "mailgate: transaction 1: invoice:7 is out of balance by 181 minor units of EUR" in words.stderr
    found = json.loads(answer.stdout)
    assert found["wrong"] == len(found["faults"]) == 6
    assert found["faults"][0]["transaction"] == 1
    [attention] = [one for one in json.loads(status.stdout)["attention"] if one["code"] == "ledger"]
    assert attention["message"].startswith("the ledger is not as it was booked: transaction 1: invoice:7 ")
    assert attention["message"].endswith(" (and 5 more)")


def test_transactions_are_shown_with_their_entries(booked: Program) -> None:
    shown = booked.ask("ledger", "show")
    of_bart = booked.ask("ledger", "show", "--customer", "2", "--limit", "1")
    table = booked.run("ledger", "show").stdout.splitlines()

    assert [one["key"] for one in shown] == ["invoice:7", "payment:1", "gift:1", "invoice:8"]
    assert shown[0]["document_sha256"] == "a" * 64
    assert shown[1]["entries"] == [
        {"account": "assets:bank", "amount_minor": 1200, "customer": None, "invoice": None},
        {"account": "assets:receivable", "amount_minor": -1190, "customer": 1, "invoice": 7},
        {"account": "liabilities:credit", "amount_minor": -10, "customer": 1, "invoice": None},
    ]
    assert [one["id"] for one in of_bart] == [3]
    assert booked.ask("ledger", "show", "--after", "3")[0]["id"] == 4
    assert table[0].split() == ["ID", "DATE", "KEY", "CUSTOMER", "ACCOUNT", "AMOUNT", "CURRENCY", "INVOICE"]
    assert table[1].split() == ["1", "2026-03-02", "invoice:7", "Anne", "assets:receivable", "11.90", "EUR", "7"]
    assert table[-1].split() == ["4", "2026-03-05", "invoice:8", "Bart"]
    assert len(table) == 1 + 8 + 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "--customer", "99"), 65, "there is no customer 99"),
        (("export",), 64, "--format"),
        (("export", "--format", "excel"), 64, "'excel' is not one of"),
        (("export", "--format", "hledger", "--from", "1.3.2026"), 65, "'1.3.2026' is no day: write it as 2026-12-31"),
        (("export", "--format", "hledger", "--from", "2026-03-02", "--to", "2026-03-01"), 65, "is before --from"),
    ],
)
def test_what_cannot_be_is_refused(booked: Program, words: tuple[str, ...], code: int, said: str) -> None:
    done = booked.execute("ledger", *words)

    assert done.returncode == code
    assert said in done.stderr.decode()
    assert done.stdout == b""
