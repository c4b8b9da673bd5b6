"""`mailgate import services` and `import balances` as an operator gives them."""

from pathlib import Path

import pytest

from tests.cli.selling import selling
from tests.program import Program

SERVICES = """customer,external_id,sku,name,price,cycle,paid_through,domain,state
C-1,S-1,small,,,monthly,2026-04-14,one.example,Active
C-1,S-2,,Old Plan Plus,"7,50",Annually,2026-09-30,two.example,active
C-1,S-3,small,,,monthly,2026-04-14,gone.example,Cancelled
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that sells, to which Dora was moved."""
    made = selling(tmp_path / "gate")
    table = tmp_path / "customers.csv"
    table.write_text(
        "external_id,name,email,country,billed_elsewhere\nC-1,Dora,d@x.example,DE,\nC-2,Erik,e@x.example,,yes\n"
    )
    made.ask("import", "customers", str(table), "--apply")
    return made


def written(directory: Path, text: str) -> str:
    (directory / "table.csv").write_text(text)
    return str(directory / "table.csv")


def test_services_are_planned_and_then_moved_in_and_a_second_time_nothing_happens(
    program: Program, tmp_path: Path
) -> None:
    table = written(tmp_path, SERVICES)

    plan = program.ask("import", "services", table, "--on", "2026-04-01")
    tried = program.ask("import", "services", table, "--on", "2026-04-01", "--dry-run")
    before = program.ask("service", "list")
    done = program.ask("import", "services", table, "--on", "2026-04-01", "--apply")
    again = program.ask("import", "services", table, "--on", "2026-04-02", "--apply")

    assert plan == tried
    assert (plan["applied"], plan["add"], plan["ended"], before) == (False, 2, 1, [])
    assert plan["totals"] == [
        {"currency": "EUR", "cycle": "monthly", "services": 1, "list_minor": 1000},
        {"currency": "EUR", "cycle": "yearly", "services": 1, "list_minor": 750},
    ]
    assert [(row["line"], row["id"], row["first_until_on"], row["first_minor"]) for row in plan["services"]] == [
        (2, None, "2026-05-14", 1000),
        (3, None, "2026-10-14", 29),  # 14 of 365 days
    ]
    assert (done["applied"], done["add"], again["same"]) == (True, 2, 2)
    shown = program.ask("service", "show", "S-2")
    assert (shown["sku"], shown["amount_minor"], shown["cycle"]) == ("moved-old-plan-plus", 750, "yearly")


def test_people_get_tables_with_amounts_and_what_is_to_be_done_next(program: Program, tmp_path: Path) -> None:
    done = program.run("import", "services", written(tmp_path, SERVICES), "--on", "2026-04-01")

    assert done.exit_code == 0
    assert "moved-old-plan-plus" in done.stdout
    assert "0.29" in done.stdout
    assert "nothing was written (--apply does it)" in done.stderr


def test_one_bad_line_keeps_all_out_unless_that_is_meant(program: Program, tmp_path: Path) -> None:
    table = written(tmp_path, SERVICES + "C-7,S-7,small,,,monthly,soon,,\nC-7,S-8,small,,,monthly,2026-04-14,,\n")

    refused = program.run("import", "services", table, "--on", "2026-04-01", "--apply")
    before = program.ask("service", "list")
    partly = program.run("import", "services", table, "--on", "2026-04-01", "--apply", "--skip-bad")

    assert (refused.exit_code, partly.exit_code, before) == (65, 65, [])
    assert "line 5, paid_through 'soon': it is no day" in refused.stderr
    assert "line 6, customer 'C-7': no customer has this external id" in refused.stderr
    assert "nothing was written (there are bad rows; --skip-bad takes the others)" in refused.stderr
    assert len(program.ask("service", "list")) == 2


def test_whoever_is_billed_elsewhere_gets_no_service_no_plan_and_no_credit(program: Program, tmp_path: Path) -> None:
    services = program.run(
        "import", "services", written(tmp_path, "customer,sku,cycle,paid_through\nC-2,small,monthly,2026-04-14\n"),
        "--on", "2026-04-01", "--apply", "--skip-bad",
    )  # fmt: skip
    balances = program.run(
        "import", "balances", written(tmp_path, "customer,currency,amount\nC-2,EUR,5.00\n"), "--apply", "--skip-bad"
    )

    assert (services.exit_code, balances.exit_code) == (65, 65)
    assert "is billed elsewhere" in services.stderr
    assert program.ask("service", "list") == []
    assert program.ask("bill", "plan", "--at", "2026-04-14")["items"] == []
    assert program.ask("credit", "show", "e@x.example")["balances"] == []


def test_a_customer_of_a_reseller_is_marked_by_the_table_and_unmarked_again(program: Program, tmp_path: Path) -> None:
    before = program.ask("customer", "show", "e@x.example")["billing"]["billed_elsewhere"]
    table = written(tmp_path, "external_id,name,email,billed_elsewhere\nC-2,Erik,e@x.example,no\n")
    done = program.ask("import", "customers", table, "--apply")

    assert (before, program.ask("customer", "show", "e@x.example")["billing"]["billed_elsewhere"]) == (True, False)
    assert done["changes"][0]["billed_elsewhere"] == {"from": True, "to": False}


def test_balances_become_credit_once(program: Program, tmp_path: Path) -> None:
    table = written(tmp_path, "customer,currency,amount\nC-1,EUR,12.50\n")

    plan = program.ask("import", "balances", table)
    before = program.ask("credit", "show", "d@x.example")["balances"]
    program.ask("import", "balances", table, "--apply")
    again = program.ask("import", "balances", table, "--apply")

    assert (plan["add"], plan["totals"], before) == (1, [{"currency": "EUR", "amount_minor": 1250}], [])
    assert (again["add"], again["same"]) == (0, 1)
    assert program.ask("credit", "show", "d@x.example")["balances"] == [{"currency": "EUR", "balance_minor": 1250}]
    assert program.run("ledger", "verify").exit_code == 0


def test_a_plan_that_is_to_be_done_is_asked_back(program: Program, tmp_path: Path) -> None:
    done = program.run("import", "balances", written(tmp_path, "customer,currency,amount\n"), "--apply", "--dry-run")

    assert done.exit_code == 64
    assert "contradict" in done.stderr


def test_customers_are_told_in_waves_when_that_is_meant(program: Program) -> None:
    plan = program.ask("import", "announce", "--wave", "1")
    before = program.ask("queue", "list")
    first = program.ask("import", "announce", "--wave", "1", "--apply")
    rest = program.ask("import", "announce", "--apply")
    again = program.ask("import", "announce", "--apply")

    assert (plan["applied"], plan["customers"], plan["left"], before) == (False, [3], 1, [])
    assert (first["wave"], first["customers"], first["left"]) == (1, [3], 1)
    assert (rest["wave"], rest["customers"], rest["left"]) == (2, [4], 0)
    assert again["told"] == 0
    assert [row["template"] for row in program.ask("queue", "list")] == ["account-migrated"] * 2


def test_a_table_of_customers_tells_the_first_of_them(program: Program, tmp_path: Path) -> None:
    table = written(
        tmp_path, "external_id,name,email\nC-1,Dora,d@x.example\nC-2,Erik,e@x.example\nC-3,Finn,f@x.example\n"
    )

    first = program.ask("import", "customers", table, "--apply", "--migrated", "--wave", "2")
    second = program.ask("import", "customers", table, "--apply", "--migrated", "--wave", "2")
    alone = program.run("import", "customers", table, "--wave", "2")

    assert (first["welcomed"], second["welcomed"]) == (2, 1)
    assert alone.exit_code == 64


def test_whoever_is_billed_is_listed_as_without_a_card(program: Program, tmp_path: Path) -> None:
    nobody = program.ask("report", "missing-cards")
    program.ask("import", "services", written(tmp_path, SERVICES), "--on", "2026-04-01", "--apply")
    program.ask("service", "add", "--customer", "2", "--sku", "small", "--cycle", "monthly", "--on", "2026-04-02")
    untold = program.ask("report", "missing-cards")
    program.ask("import", "announce", "--wave", "1", "--apply")

    told = program.ask("report", "missing-cards")
    lines = program.prints("report", "missing-cards", "--csv").decode().splitlines()

    assert nobody == []
    assert [(row["customer"], row["services"], row["told_at"], row["next_due_on"]) for row in untold] == [
        (2, 1, None, "2026-04-02"),  # its first invoice is open
        (3, 2, None, "2026-04-15"),
    ]
    assert (told[1]["name"], told[1]["address"], told[1]["external_id"]) == ("Dora", "d@x.example", "C-1")
    assert told[1]["told_at"].endswith("Z")
    assert lines[0] == "customer,name,address,external_id,services,told_at,next_due_on"
    assert lines[1] == "2,Bart,bart@customer.example,,1,,2026-04-02"
    assert lines[2].startswith("3,Dora,d@x.example,C-1,2,20")


def test_whoever_is_billed_elsewhere_misses_no_card(program: Program) -> None:
    program.ask("service", "add", "--customer", "4", "--sku", "small", "--cycle", "monthly", "--on", "2026-04-02")

    assert program.ask("report", "missing-cards") == []
