"""The figures of money on the command line, against the invoices, the ledger, and what hledger makes of it."""

import csv
import io
import re
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.selling import add, selling
from tests.cli.test_ledger_export import counted, exported, says
from tests.program import Program, Row

BLOCKS = "▏▎▍▌▋▊▉█"
AGES = ("not_due_minor", "late_1_30_minor", "late_31_60_minor", "late_61_90_minor", "late_over_90_minor")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Half a year of Anne's and of Bart's, who pays in yen."""
    program = selling(tmp_path_factory.mktemp("figures") / "gate")
    sold = add(program, on="2026-04-01", cycle="quarterly")
    program.ask("service", "add", "--customer", "2", "--sku", "small", "--cycle", "monthly", "--on", "2026-04-05")
    add(program, "large", on="2026-04-11")
    first, second = (one["number"] for one in program.rows("invoice", "list", "--customer", "1"))
    program.ask("payment", "record", first, "5.00", "--method", "transfer", "--reference", "1", "--on", "2026-04-20")
    program.ask("invoice", "credit", second, "1.00", "--on", "2026-04-21")
    program.ask("bill", "run", "--at", "2026-05-05")
    program.ask("service", "cancel", str(sold["id"]), "--now", "--reason", "moved", "--on", "2026-05-20")
    program.ask("bill", "run", "--at", "2026-07-05")
    return program


def totals(rows: list[Row], key: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for one in rows:
        found[one["currency"]] += one[key]
    return {currency: minor for currency, minor in found.items() if minor}


def of_hledger(shop: Program, account: str, day: date, tmp_path: Path) -> dict[str, int]:
    """What hledger finds on an account and those below it at the end of a day."""
    file = exported(shop, "hledger", None, None, tmp_path / f"{day}.journal")
    said = says(
        "hledger", "balance", account, "-f", file, "--end", str(day + timedelta(days=1)), "--flat", "--no-total",
        "--depth=2", "--layout=bare", "-O", "csv",
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(said)))
    found: dict[str, int] = defaultdict(int)
    for (_, currency), minor in counted((row["account"], row["balance"], row["commodity"]) for row in rows).items():
        found[currency] += minor
    return dict(found)


@pytest.mark.server
@pytest.mark.parametrize("day", ["2026-04-01", "2026-04-20", "2026-05-20", "2026-08-31"])
def test_all_that_is_owed_is_what_hledger_finds_receivable(shop: Program, day: str, tmp_path: Path) -> None:
    rows = shop.rows("report", "aging", "--at", day)

    assert all(sum(one[age] for age in AGES) == one["total_minor"] for one in rows)
    assert totals(rows, "total_minor") == of_hledger(shop, "assets:receivable", date.fromisoformat(day), tmp_path)


@pytest.mark.server
def test_all_that_was_invoiced_is_the_income_that_hledger_finds(shop: Program, tmp_path: Path) -> None:
    rows = shop.rows("report", "revenue", "--at", "2026-07-31", "--months", "4")

    income = of_hledger(shop, "income", date(2026, 7, 31), tmp_path)
    taxes = of_hledger(shop, "liabilities:tax", date(2026, 7, 31), tmp_path)
    assert totals(rows, "issued_minor") == {currency: -minor for currency, minor in income.items()}
    assert totals(rows, "tax_minor") == {currency: -minor for currency, minor in taxes.items()}
    assert [one["month"] for one in rows if one["currency"] == "JPY"] == ["2026-04", "2026-05", "2026-06", "2026-07"]


def test_who_owes_is_told_by_customer_and_in_all(shop: Program) -> None:
    said, _, table = shop.prints("report", "aging", "--at", "2026-06-15").decode().partition("\n\n")

    head, *rows = table.splitlines()
    assert said.startswith("EUR\u00a0")
    assert " are to be paid, of which " in said
    assert head.split()[:3] == ["CUSTOMER", "NAME", "CURRENCY"]
    assert [row.split()[:3] for row in rows[:2]] == [["1", "Anne", "EUR"], ["2", "Bart", "JPY"]]
    assert [row.split()[:3] for row in rows[2:]] == [["all", "together", "EUR"], ["all", "together", "JPY"]]


def test_what_is_open_now_is_what_the_invoices_say(shop: Program) -> None:
    rows = shop.rows("report", "aging")

    open_now: dict[str, int] = defaultdict(int)
    for one in shop.rows("invoice", "list", "--state", "issued"):
        open_now[one["currency"]] += one["open_minor"]
    assert totals(rows, "total_minor") == dict(open_now)


def test_what_recurs_falls_when_a_service_ends(shop: Program) -> None:
    months = [
        one for one in shop.rows("report", "mrr", "--at", "2026-06-30", "--months", "3") if one["currency"] == "EUR"
    ]

    # 30.00 for a quarter and 30.00 a month; the first was cancelled in May.
    assert [(one["month"], one["mrr_minor"], one["services"]) for one in months] == [
        ("2026-04", 4000, 2), ("2026-05", 3000, 1), ("2026-06", 3000, 1),
    ]  # fmt: skip
    assert (months[0]["new_minor"], months[1]["lost_minor"]) == (4000, -1000)


def as_csv(shop: Program, *arguments: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(shop.prints("report", *arguments, "--csv").decode())))


@pytest.mark.parametrize("report", ["aging", "revenue", "mrr"])
def test_csv_has_the_rows_of_json(shop: Program, report: str) -> None:
    rows = shop.rows("report", report, "--at", "2026-06-30")

    assert as_csv(shop, report, "--at", "2026-06-30") == [{key: str(one) for key, one in row.items()} for row in rows]
    assert len(rows) >= 2


def test_a_name_is_no_formula_to_a_spreadsheet(tmp_path: Path) -> None:
    program = selling(tmp_path / "gate")
    program.prints("customer", "edit", "1", "--name", "=1+1")
    add(program, on="2026-04-01")

    assert [one["name"] for one in as_csv(program, "aging", "--at", "2026-04-01")] == ["'=1+1"]
    assert [one["name"] for one in program.rows("report", "aging", "--at", "2026-04-01")] == ["=1+1"]


def test_a_company_without_customers_has_nothing_to_report(tmp_path: Path) -> None:
    program = selling(tmp_path / "gate")

    for report in ("aging", "revenue", "mrr"):
        assert program.rows("report", report) == []
        assert program.run("report", report).stderr == "none\n"
        assert as_csv(program, report) == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("aging", "--at", "1.4.2026"), 65, "'1.4.2026' is no day: write it as 2026-12-31"),
        (("mrr", "--at", "1066-10-14"), 65, "1066-10-14 is not between 2000-01-01 and 2199-12-31"),
        (("revenue", "--json", "--csv"), 64, "--csv and --json contradict each other"),
        (("revenue", "--months", "0"), 2, "0 is not in the range 1<=x<=120"),
    ],
)
def test_what_cannot_be_reported_is_said(shop: Program, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = shop.run("report", *arguments)

    assert done.exit_code == code
    assert words in done.stderr


REPORTS = (("aging", "total_minor"), ("revenue", "earned_minor"), ("mrr", "mrr_minor"))


@pytest.mark.parametrize(("name", "key"), REPORTS)
def test_drawn_it_says_the_same_and_each_currency_has_its_own_longest_bar(shop: Program, name: str, key: str) -> None:
    words = ("report", name, "--at", "2026-06-30")
    plain = shop.prints(*words).decode().splitlines()

    drawn = shop.prints(*words, "--plot").decode().splitlines()

    assert [re.sub(rf" *[{BLOCKS}]+", "", line).split() for line in drawn] == [line.split() for line in plain]
    most: dict[str, int] = {}
    for row in shop.rows(*words):
        most[row["currency"]] = max(most.get(row["currency"], 0), row[key])
    longest = max(line.count("█") for line in drawn)
    full = [line for line in drawn if line.count("█") == longest]
    assert longest >= 10
    assert {currency for currency, minor in most.items() if minor > 0} == {
        currency for currency in most for line in full if currency in line.split()
    }


@pytest.mark.parametrize("name", [name for name, _ in REPORTS])
def test_a_picture_of_each_currency_is_written_and_data_stay_as_they_are(
    shop: Program, name: str, tmp_path: Path
) -> None:
    words = ("report", name, "--at", "2026-06-30")

    assert shop.prints(*words, "--json", "--plot") == shop.prints(*words, "--json")
    assert shop.prints(*words, "--csv", "--plot") == shop.prints(*words, "--csv")
    assert shop.prints(*words, "--csv", "--plot", str(tmp_path / "figures.svg")) == shop.prints(*words, "--csv")

    currencies = {row["currency"] for row in shop.rows(*words)}
    assert {one.name for one in tmp_path.iterdir()} == {f"figures-{one}.svg" for one in currencies}
    for currency in currencies:
        root = ElementTree.parse(tmp_path / f"figures-{currency}.svg").getroot()
        assert root.tag.endswith("}svg")
        assert currency in " ".join(root.itertext())
        assert not list(root.iter("{http://www.w3.org/2000/svg}a"))
