"""`mailgate service`, `invoice`, `credit-note`, `payment` and `credit`: what their options do."""

from pathlib import Path

import pytest

from tests.cli.selling import add, contents, refused, selling
from tests.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that sells."""
    return selling(tmp_path / "gate")


def test_a_service_is_added_listed_and_shown(program: Program) -> None:
    row = add(program, "small", "--domain", "example.com", "--option", "mailboxes=30", "--external-id", "x-7")

    [document] = row.pop("documents")
    assert (document["number"], document["total_minor"], document["currency"]) == ("2026-0001", 1666, "EUR")
    assert row == {
        "id": 1, "customer": 1, "sku": "small", "name": "example.com", "state": "active", "cycle": "monthly",
        "next_due_on": "2026-05-01", "amount_minor": 1400, "currency": "EUR", "list_minor": 1400, "promotion": None,
    }  # fmt: skip
    assert program.rows("service", "list", "--customer", "1", "--state", "active") == [row]
    assert program.rows("service", "list", "--customer", "2") == []
    assert program.rows("service", "list", "--after", "1", "--limit", "1") == []
    shown = program.ask("service", "show", "1")
    assert {key: shown[key] for key in row} == row
    assert shown["options"] == {"mailboxes": 30}
    assert (shown["domain"], shown["external_id"], shown["started_on"]) == ("example.com", "x-7", "2026-04-01")
    assert shown["billed"] == [{"period_start": "2026-04-01", "period_end": "2026-04-30", "price_minor": 1400}]


def test_without_json_it_is_a_line_for_each_value(program: Program) -> None:
    add(program)

    assert ["next", "due", "2026-05-01"] in [
        line.split() for line in program.prints("service", "show", "1").decode().splitlines()
    ]
    assert program.prints("service", "list").decode().splitlines()[1].split()[:5] == [
        "1", "Anne", "small", "Small", "active",
    ]  # fmt: skip
    assert "2026-0001" in program.prints("invoice", "list").decode()


def test_without_json_lines_and_legs_are_tables(program: Program) -> None:
    add(program)

    invoice = program.prints("invoice", "show", "2026-0001").decode().split("\n\n")
    quote = program.prints("service", "cancel", "1", "--now", "--quote", "--on", "2026-04-16").decode()

    assert "{" not in "".join(invoice) + quote
    assert [table.split(maxsplit=1)[0] for table in invoice] == ["number", "lines:", "taxes:", "steps:"]
    assert invoice[1].splitlines()[2].split()[:4] == ["Small", "service", "2026-04-01", "2026-04-30"]
    [*_, leg] = quote.splitlines()
    assert leg.split()[1:] == ["2026-04-16", "2026-04-30", "15", "30", "10.00", "-5.00"]


def test_a_pending_service_is_activated(program: Program) -> None:
    row = add(program, "small", "--pending")
    assert (row["state"], row["next_due_on"], len(row["documents"])) == ("pending", None, 1)

    assert program.ask("service", "activate", "1")["next_due_on"] == "2026-05-01"
    assert refused(program, "service", "activate", "1")["code"] == "NotPossible"


def test_one_that_is_moved_in_begins_where_it_is_paid_to(program: Program) -> None:
    row = add(program, "name", "--start", "2020-06-15", "--paid-through", "2026-06-14", cycle="yearly")

    assert (row["documents"], row["next_due_on"]) == ([], "2026-06-15")


def test_it_rests_and_comes_back(program: Program) -> None:
    add(program)

    suspended = program.ask("service", "suspend", "1", "--on", "2026-04-10", "--reason", "spam")
    shown = program.ask("service", "show", "1")
    restored = program.ask("service", "restore", "1", "--on", "2026-04-12")

    assert (suspended["state"], suspended["next_due_on"]) == ("suspended", None)
    assert (shown["suspended_on"], shown["suspended_for"]) == ("2026-04-10", "spam")
    assert (restored["state"], restored["next_due_on"]) == ("active", "2026-05-01")


def test_a_change_is_quoted_and_then_made_as_quoted(program: Program) -> None:
    add(program)
    before = contents(program)

    quoted = program.ask("service", "change", "1", "--sku", "medium", "--on", "2026-04-21", "--force", "--quote")
    assert contents(program) == before
    made = program.ask("service", "change", "1", "--sku", "medium", "--on", "2026-04-21", "--force")

    assert quoted["legs"] == [
        {
            "text": text, "period_start": "2026-04-21", "period_end": "2026-04-30", "days": 10, "cycle_days": 30,
            "price_minor": price, "amount_minor": amount,
        }
        for text, price, amount in (("Small", 1000, -333), ("Medium", 2000, 667))
    ]  # fmt: skip
    assert (quoted["net_minor"], quoted["tax_minor"], quoted["total_minor"]) == (334, 63, 397)
    assert quoted["document"] == "invoice"
    assert {key: made[key] for key in quoted} == quoted
    assert (made["sku"], made["name"], made["documents"][0]["total_minor"]) == ("medium", "Medium", 397)


def test_while_something_is_late_only_staff_who_force_it_change_anything(program: Program) -> None:
    add(program)

    error = refused(program, "service", "change", "1", "--sku", "medium", "--on", "2026-04-21")

    assert error == {
        "code": "PastDue",
        "message": "invoice 2026-0001 was due on 2026-04-01 and is not paid",
        "hint": "--force changes the service all the same",
    }


@pytest.mark.parametrize(("when", "ends_on"), [("--now", "2026-04-21"), ("--at-end", "2026-05-01")])
def test_an_end_is_quoted_and_then_made_as_quoted(program: Program, when: str, ends_on: str) -> None:
    add(program)
    program.prints(
        "payment", "record", "2026-0001", "11.90", "--method", "cash", "--reference", "1", "--on", "2026-04-02"
    )
    before = contents(program)

    quoted = program.ask("service", "cancel", "1", when, "--on", "2026-04-21", "--quote")
    assert contents(program) == before
    made = program.ask("service", "cancel", "1", when, "--on", "2026-04-21", "--reason", "too dear")

    assert quoted["ends_on"] == ends_on
    assert {key: made[key] for key in quoted} == quoted
    assert program.ask("service", "show", "1")["reason"] == "too dear"
    if when == "--now":
        assert (quoted["total_minor"], quoted["document"], made["state"]) == (-396, "credit-note", "cancelled")
        assert program.ask("credit", "show", "1")["balances"] == []
        assert [one["amount_minor"] for one in program.rows("refund", "list")] == [396] == [made["refund_minor"]]
    else:
        assert (quoted["total_minor"], quoted["document"], made["state"]) == (0, None, "active")


def test_an_invoice_is_listed_and_shown(program: Program) -> None:
    add(program, "medium")
    program.prints(
        "payment", "record", "2026-0001", "5.00", "--method", "cash", "--reference", "r7", "--on", "2026-04-02"
    )

    [row] = program.rows("invoice", "list", "--customer", "1", "--state", "issued")
    shown = program.ask("invoice", "show", "2026-0001")

    assert (row["number"], row["total_minor"], row["open_minor"], row["late"]) == ("2026-0001", 2975, 2475, True)
    assert program.rows("invoice", "list", "--state", "paid") == []
    assert {key: shown[key] for key in row} == row
    assert shown["reference"].startswith("RF")
    assert len(shown["sha256"]) == 64
    assert (shown["credit_notes"], shown["originals"]) == ([], [])
    assert shown["taxes"] == [{"category": "S", "rate": "19", "name": "VAT", "net_minor": 2500, "tax_minor": 475}]
    assert [
        (line["kind"], line["period_start"], line["period_end"], line["net_minor"], line["gross_minor"])
        for line in shown["lines"]
    ] == [("service", "2026-04-01", "2026-04-30", 2000, 2380), ("setup", None, None, 500, 595)]
    [payment] = shown["payments"]
    assert (payment["method"], payment["reference"], payment["amount_minor"]) == ("cash", "r7", 500)


def test_a_void_invoice_has_a_credit_note_that_names_it(program: Program) -> None:
    add(program)

    done = program.ask("invoice", "void", "2026-0001", "--bill-again", "--on", "2026-04-02")

    assert (done["state"], done["open_minor"]) == ("void", 0)
    assert done["documents"][0]["number"] == "CN-2026-0001"
    assert program.ask("invoice", "show", "2026-0001")["credit_notes"] == ["CN-2026-0001"]
    note = program.ask("credit-note", "show", "CN-2026-0001")
    assert (note["kind"], note["originals"], note["total_minor"]) == ("credit-note", ["2026-0001"], 1190)
    assert [one["number"] for one in program.rows("credit-note", "list", "--customer", "1")] == ["CN-2026-0001"]
    assert program.ask("service", "show", "1")["billed"] == []


def test_a_part_is_credited_and_the_rest_given_up(program: Program) -> None:
    add(program)

    credited = program.ask("invoice", "credit", "2026-0001", "5.00", "--reason", "Sorry", "--on", "2026-04-02")
    given_up = program.ask("invoice", "write-off", "2026-0001", "--on", "2026-04-03")

    assert credited["open_minor"] == 690
    assert program.ask("credit-note", "show", "CN-2026-0001")["lines"][0]["text"] == "Sorry"
    assert (given_up["written_off_minor"], given_up["state"]) == (690, "written-off")


def test_money_is_recorded_and_listed(program: Program) -> None:
    add(program)

    done = program.ask(
        "payment", "record", "2026-0001", "20.00", "--method", "Transfer", "--reference", " 4711 ", "--on", "2026-04-02"
    )
    said = program.run("payment", "record", "2026-0001", "1.00", "--method", "check", "--reference", "9", "--as-credit")

    assert (done["state"], done["open_minor"], done["allocated_minor"], done["credit_minor"]) == ("paid", 0, 1190, 810)
    assert said.stderr == "1.00 EUR is more than was open: it is credit now\n"
    listed = program.rows("payment", "list", "--customer", "1")
    assert [(one["method"], one["reference"], one["amount_minor"]) for one in listed] == [
        ("transfer", "4711", 2000),
        ("check", "9", 100),
    ]
    assert listed[0]["received_on"] == "2026-04-02"
    assert program.rows("payment", "list", "--customer", "2") == []


def test_credit_is_given_or_paid_in(program: Program) -> None:
    gift = program.ask("credit", "add", "1", "3.00", "--reason", "Sorry")
    deposit = program.ask("credit", "add", "1", "10.00", "--method", "check", "--reference", "77")
    yen = program.ask("credit", "add", "1", "500", "--currency", "jpy")

    assert (gift["gift"], gift["balance_minor"]) == (1, 300)
    assert (deposit["payment"], deposit["balance_minor"]) == (1, 1300)
    assert (yen["currency"], yen["balance_minor"]) == ("JPY", 500)
    assert program.ask("credit", "show", "1")["balances"] == [
        {"currency": "EUR", "balance_minor": 1300},
        {"currency": "JPY", "balance_minor": 500},
    ]
    assert program.ask("credit", "show", "2")["balances"] == []


def test_another_bill_day_counts_for_what_is_not_billed_yet(program: Program) -> None:
    add(program)
    program.prints("customer", "edit", "1", "--bill-day", "20")

    program.prints("bill", "run", "--at", "2026-04-25")

    assert program.ask("service", "show", "1")["billed"][-1]["period_end"] == "2026-05-19"
