"""`mailgate bill`: what a run would do, doing it, and taking it back, as operators and programs see it."""

from datetime import date
from pathlib import Path

import pytest

from tests.program import Program, configured
from tests.servers.process import LOOPBACK

CATALOGUE = """
[[product]]
sku = "web"
kind = "hosting"
name = "Web"
prices = { EUR = { monthly = "10.00" } }

[[tax]]
country = "DE"
rate = "19"
name = "VAT"
"""
RUN = "2026-02-05"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with a catalogue, and Anne, who has a service since 15 January."""
    made = configured(tmp_path / "gate", {"smarthost": {"address": f"{LOOPBACK}:9"}})
    file = tmp_path / "shop.toml"
    file.write_text(CATALOGUE)
    made.prints("catalogue", "import", str(file))
    customer(made, "Anne")
    return made


def customer(program: Program, name: str, *, country: str = "DE") -> None:
    """Somebody with a service."""
    added = program.ask("customer", "add", name, f"{name.lower()}@customer.example", "--country", country)
    number = str(added["id"])
    program.ask("service", "add", "--customer", number, "--sku", "web", "--cycle", "monthly", "--on", "2026-01-15")


def test_a_plan_says_what_would_be_issued_and_a_run_issues_it(program: Program) -> None:
    planned = program.ask("bill", "plan", "--at", RUN)
    done = program.ask("bill", "run", str(planned["plan"]))
    again = program.ask("bill", "run", "--at", RUN)

    assert planned["items"] == [
        {
            "customer": 1,
            "services": [1],
            "period_start": "2026-02-15",
            "period_end": "2026-03-14",
            "due_on": "2026-02-15",
            "total_minor": 1190,
            "currency": "EUR",
        }
    ]
    assert (planned["left_out"], planned["totals"], planned["fuse"]) == ([], {"EUR": 1190}, None)
    assert done == {"run": done["run"], "invoices": ["2026-0002"], "left_out": []}
    assert again == {"run": None, "invoices": [], "left_out": []}
    assert program.ask("invoice", "show", "2026-0002")["issued_on"] == RUN


def test_what_has_changed_since_the_plan_is_not_issued_with_it(program: Program) -> None:
    planned = program.ask("bill", "plan", "--at", RUN)
    program.ask("service", "suspend", "1", "--on", RUN)
    program.ask("service", "restore", "1", "--on", RUN)
    program.ask("service", "cancel", "1", "--now", "--on", RUN)

    done = program.ask("bill", "run", str(planned["plan"]))

    assert done["invoices"] == []


def test_another_count_than_expected_is_refused_with_the_way_out(program: Program) -> None:
    refused = program.run("bill", "run", "--at", RUN, "--expect", "2")

    assert refused.exit_code == 65
    assert refused.stderr.startswith("mailgate: 1 invoices are due, and 2 were expected")
    assert "mailgate bill plan" in refused.stderr
    assert len(program.rows("invoice", "list")) == 1


def test_the_fuse_ends_with_65_and_names_the_way_out(program: Program) -> None:
    program.set("billing", fuse_least=2)
    for month in ("02", "03", "04"):
        program.ask("bill", "run", "--at", f"2026-{month}-05")
    for name in ("Bart", "Cris"):
        number = str(program.ask("customer", "add", name, f"{name.lower()}@b.example", "--country", "DE")["id"])
        service = ("--sku", "web", "--cycle", "monthly", "--on", "2026-04-15")
        program.ask("service", "add", "--customer", number, *service)

    planned = program.ask("bill", "plan", "--at", "2026-05-05")
    refused = program.run("bill", "run", "--at", "2026-05-05")
    status = program.run("status")
    done = program.ask("bill", "run", "--at", "2026-05-05", "--expect", "3")

    assert "3 invoices" in planned["fuse"]
    assert planned["difference"] == {"invoices": 2, "totals": {"EUR": 2380}}
    assert refused.exit_code == 65
    assert "mailgate bill run --at 2026-05-05 --expect 3" in refused.stderr
    assert "the last run was stopped" in status.stderr
    assert len(done["invoices"]) == 3


def test_a_run_by_hand_waits_for_no_go_and_says_so(tmp_path: Path) -> None:
    waits = {"preview_hour": 17, "wait_for_go": True}
    made = configured(tmp_path / "gate", {"smarthost": {"address": f"{LOOPBACK}:9"}, "billing": waits})
    file = tmp_path / "shop.toml"
    file.write_text(CATALOGUE)
    made.prints("catalogue", "import", str(file))
    customer(made, "Anne")

    done = made.run("bill", "run", "--at", RUN)

    assert (done.exit_code, done.stdout.split()) == (0, ["2026-0002"])
    assert "a run by hand waits for nobody" in done.stderr


def test_who_has_no_tax_rule_is_named_by_the_run_and_the_status(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text(CATALOGUE.replace('"DE"', '"FR"'))
    program.prints("catalogue", "import", str(file))

    done = program.run("bill", "run", "--at", RUN)
    status = program.run("status", "--json")

    assert done.exit_code == 0
    assert "left out: Anne (customer 1): no [[tax]] of the catalogue is for DE" in done.stderr
    assert '"billing_left_out"' in status.stdout


def test_a_run_is_undone_once(program: Program) -> None:
    done = program.ask("bill", "run", "--at", RUN)
    undone = program.ask("bill", "undo", str(done["run"]), "--at", RUN)
    again = program.run("bill", "undo", str(done["run"]), "--at", RUN)
    anew = program.ask("bill", "run", "--at", RUN)

    assert undone == {"run": done["run"], "credit_notes": ["CN-2026-0001"]}
    assert (again.exit_code, again.stderr.count("\n")) == (65, 1)
    assert anew["invoices"] == ["2026-0003"]
    assert [row["state"] for row in program.rows("bill", "list")] == ["done", "undone"]


def test_a_clock_set_back_a_year_ends_with_65_and_nothing_is_issued(program: Program) -> None:
    customer(program, "Bart")
    program.ask("bill", "run", "--at", "2027-01-10")
    program.ask(
        "service",
        "add",
        "--customer",
        "2",
        "--sku",
        "web",
        "--cycle",
        "monthly",
        "--paid-through",
        "2025-12-31",
        "--on",
        "2025-12-31",
    )

    refused = program.run("bill", "run", "--at", RUN)

    assert refused.exit_code == 65
    assert "2027-01-10" in refused.stderr
    assert len(program.rows("invoice", "list")) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "7"), "there is no plan 7"),
        (("undo", "7"), "there is no run 7"),
        (("run", "--at", "2026-02-30"), "'2026-02-30' is no day"),
        (("unpark", "1"), "customer 1 is not kept out of runs"),
        (("unpark", "99"), "customer 99"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_65(program: Program, arguments: tuple[str, ...], said: str) -> None:
    refused = program.run("bill", *arguments)

    assert refused.exit_code == 65
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_run_is_no_plan(program: Program) -> None:
    done = program.ask("bill", "run", "--at", RUN)

    refused = program.run("bill", "run", str(done["run"]))

    assert refused.exit_code == 65
    assert "is a run and no plan" in refused.stderr


def test_due_run_bills_at_an_instant(program: Program) -> None:
    due = program.rows("due", "--at", "2026-02-05T12:00:00Z")
    done = program.ask("due", "run", "--at", "2026-02-05T12:00:00Z")

    assert [row["kind"] for row in due if row["kind"] == "bill"] == ["bill"]
    assert done["bill"] == 1
    assert [row["issued_on"] for row in program.rows("invoice", "list")] == [date(2026, 1, 15).isoformat(), RUN]
