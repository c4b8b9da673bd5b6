"""What the ladder has done about an invoice, and what it will do, on the command line."""

from pathlib import Path

import pytest

from tests.cli.selling import add, selling
from tests.program import Program

AT = "2099-04-20T10:00:00Z"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that sells, without a smarthost; Anne has an invoice that is due on 1 April 2099."""
    program = selling(tmp_path / "gate")
    add(program, on="2099-04-01")
    return program


def test_an_invoice_says_which_steps_are_ahead(program: Program) -> None:
    shown = program.ask("invoice", "show", "2099-0001")

    created, *steps = shown["steps"]
    assert (created["step"], created["outcome"]) == ("created", "ahead")
    assert shown["next_step_on"] == created["on"]
    assert [(one["step"], one["on"]) for one in steps] == [
        ("-3", "2099-03-29"),
        ("0", "2099-04-01"),
        ("+3", "2099-04-04"),
        ("+7", "2099-04-08"),
        ("+14", "2099-04-15"),
        ("suspend", "2099-04-15"),
        ("end-warning", "2099-05-24"),
        ("end", "2099-05-31"),
    ]


def test_steps_that_are_done_have_their_instant_and_their_mails(program: Program) -> None:
    [due] = [one for one in program.ask("due", "--at", AT) if one["kind"] == "ladder"]
    done = program.ask("due", "run", "--at", AT)
    again = program.ask("due", "run", "--at", AT)

    steps = {one["step"]: one for one in program.ask("invoice", "show", "2099-0001")["steps"]}
    [warning] = [one["id"] for one in program.ask("queue", "list") if one["template"] == "service-suspend-warning"]
    assert due["object"] == 1
    assert done["ladder"] == 1
    assert "ladder" not in again
    assert [steps[name]["outcome"] for name in ("created", "-3", "0", "+3", "+7", "+14", "suspend")] == [
        "skipped", "skipped", "skipped", "skipped", "skipped", "warned", "ahead",
    ]  # fmt: skip
    assert steps["+14"] == {
        "step": "+14", "on": "2099-04-15", "done_at": "2099-04-20T10:00:00.000000Z", "outcome": "warned",
        "mails": [warning],
    }  # fmt: skip


def test_what_is_paid_has_nothing_ahead(program: Program) -> None:
    program.ask("due", "run", "--at", AT)
    [row] = program.rows("invoice", "list")

    program.ask("payment", "record", "2099-0001", "11.90", "--method", "transfer", "--reference", "1")

    shown = program.ask("invoice", "show", "2099-0001")
    assert row["open_minor"] == 1190
    assert shown["state"] == "paid"
    assert shown["next_step_on"] is None
    assert all(one["done_at"] for one in shown["steps"])


def test_people_read_the_steps_as_a_table(program: Program) -> None:
    text = program.prints("invoice", "show", "2099-0001").decode()

    [table] = [part for part in text.split("\n\n") if part.startswith("steps:")]
    assert ["suspend", "2099-04-15", "ahead"] in [line.split() for line in table.splitlines()]
