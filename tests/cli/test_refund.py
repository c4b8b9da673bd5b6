"""`mailgate refund` and `mailgate dispute`: what goes back, and what a person does about it."""

from pathlib import Path

import pytest

from tests.cli.selling import add, refused, selling
from tests.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that sells."""
    return selling(tmp_path / "gate")


def cancelled(program: Program) -> None:
    """Anne has paid for April by transfer, and has cancelled on the tenth: 8.33 go back."""
    add(program)
    pay = ("payment", "record", "2026-0001", "11.90", "--method", "transfer", "--reference", "1", "--on", "2026-04-01")
    program.ask(*pay)
    quote = program.ask("service", "cancel", "1", "--now", "--quote", "--on", "2026-04-10")
    done = program.ask("service", "cancel", "1", "--now", "--on", "2026-04-10")
    assert (quote["refund_minor"], done["refund_minor"]) == (833, 833)


def test_what_goes_back_by_hand_is_a_task_until_it_is_recorded(program: Program) -> None:
    cancelled(program)

    (row,) = program.rows("refund", "list")
    listed = ("id", "customer", "amount_minor", "currency", "way", "state", "deadline_on")
    assert [row[key] for key in listed] == [1, 1, 833, "EUR", "check-or-transfer", "task", "2026-04-20"]
    assert program.ask("credit", "show", "1")["balances"] == []
    assert program.ask("refund", "show", "1")["address"] == ""
    assert "there is no address on file" in program.run("refund", "show", "1").stderr

    done = program.ask("refund", "record", "1", "--method", "check", "--reference", "4711")

    assert (done["state"], done["method"], done["reference"]) == ("recorded", "check", "4711")
    assert program.rows("refund", "list", "--state", "task") == []
    error = refused(program, "refund", "record", "1", "--method", "check", "--reference", "4712")
    assert "recorded, and no task" in error["message"]
    assert program.ask("ledger", "verify")["faults"] == []


def test_the_address_on_file_is_shown(program: Program) -> None:
    program.ask("customer", "edit", "1", "--street", "Hauptstr. 1", "--postcode", "10115", "--city", "Berlin")
    cancelled(program)

    assert program.ask("refund", "show", "1")["address"] == "Anne, Hauptstr. 1, 10115 Berlin, DE"


def test_no_provider_is_asked_for_what_came_by_hand(program: Program) -> None:
    cancelled(program)

    assert "no provider has" in refused(program, "refund", "retry", "1")["message"]
    assert refused(program, "refund", "show", "2")["hint"] == "mailgate refund list shows them"


def test_a_task_becomes_credit_and_credit_goes_back(program: Program) -> None:
    cancelled(program)

    assert program.ask("refund", "keep", "1")["state"] == "kept"
    assert program.ask("credit", "show", "1")["balances"] == [{"currency": "EUR", "balance_minor": 833}]
    (row,) = program.rows("refund", "give", "3.00", "--invoice", "2026-0001")
    (rest,) = program.rows("refund", "give", "--customer", "1")

    assert (row["amount_minor"], rest["amount_minor"], rest["state"]) == (300, 533, "task")
    assert "has no credit in EUR" in refused(program, "refund", "give", "--customer", "1")["message"]
    refused(program, "refund", "give", code=64)


def test_there_are_no_chargebacks(program: Program) -> None:
    assert program.rows("dispute", "list") == []
    for command in ("show", "accept"):
        assert refused(program, "dispute", command, "1")["message"] == "there is no dispute 1"


def test_what_is_owed_without_an_invoice_is_settled_or_given_up_where_there_is_any(program: Program) -> None:
    cancelled(program)

    assert program.rows("dispute", "owed") == program.rows("dispute", "owed", "--customer", "1") == []
    for command in ("settle", "write-off"):
        assert refused(program, "dispute", command, "1")["message"] == "customer 1 owes nothing without an invoice"
