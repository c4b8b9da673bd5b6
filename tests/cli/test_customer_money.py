"""A customer with documents: forgotten late, exported whole, moved to another currency or bill day, found by number."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.billing.shop import product, tax
from tests.cli.copies import beside, mail, receive
from tests.outbound.sink import Sink, running
from tests.program import Program

DAY = ("--on", "2016-03-02")


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """Anne has a web service since 2 March and owes its first invoice; Bart is her contact, Cris is staff."""
    with running(Sink()) as sink:
        program = beside(tmp_path / "gate", sink)
        program.set("billing", keep_documents_years=100)
        begin(program)
        yield program


def begin(program: Program) -> None:
    shop = program.directory / "shop.toml"
    prices = 'prices = { EUR = { monthly = "10.00" }, USD = { monthly = "12.00" } }'
    shop.write_text(product("web", prices=prices) + tax())
    program.prints("catalogue", "import", str(shop))
    program.prints("customer", "add", "Anne Miller", "anne@customer.example", "--country", "DE")
    program.prints("contact", "add", "1", "Bart Jones", "bart@customer.example", "--role", "support")
    program.prints("staff", "add", "Cris Young", "cris@hosting.example")
    program.prints(
        *("service", "add", "--customer", "1", "--sku", "web", "--cycle", "monthly"),
        *("--domain", "anne.example", *DAY),
    )


def pay(program: Program, number: str = "2016-0001", amount: str = "11.90") -> None:
    program.prints("payment", "record", number, amount, "--method", "transfer", "--reference", f"b{number}", *DAY)


def test_a_customer_with_services_and_documents_is_not_forgotten_and_they_are_named(program: Program) -> None:
    refused = program.run("customer", "forget", "1", "--yes")
    program.prints("service", "cancel", "1", "--now", *DAY)
    later = program.run("customer", "forget", "1", "--yes")

    assert (refused.exit_code, later.exit_code) == (65, 65)
    assert "service 1 is active: cancel it first; invoice 2016-0001 until 2116-12-31 must be kept" in refused.stderr
    assert "credit note CN-2016-0001 until 2116-12-31 must be kept" in later.stderr
    assert program.ask("customer", "show", "1")["name"] == "Anne Miller"


def test_a_customer_with_services_is_not_removed_before_they_are_cancelled(program: Program) -> None:
    refused = program.run("customer", "remove", "1", "--force")
    program.prints("service", "cancel", "1", "--now", *DAY)

    assert refused.exit_code == 65
    assert "customer 1 has services that have not ended, 1: cancel them first" in refused.stderr
    assert program.ask("customer", "remove", "1")["removed"]


def test_when_nothing_must_be_kept_the_words_go_and_the_numbers_stay(program: Program) -> None:
    pay(program)
    program.prints("service", "cancel", "1", "--now", "--reason", "moved to Miller", *DAY)
    program.prints("credit", "add", "1", "5.00", "--reason", "for Anne", *DAY)
    program.set("billing", keep_documents_years=1)
    program.prints("invoice", "pdf", "2016-0001", "-o", str(program.directory / "invoice.pdf"))
    before = program.ask("ledger", "verify")

    program.prints("customer", "forget", "1", "--yes")

    shown = json.dumps([program.ask("invoice", "show", "2016-0001"), program.ask("service", "show", "1")])
    assert not any(word in shown for word in ("anne", "Anne", "Miller", "b2016-0001"))
    assert '"total_minor": 1190' in shown
    assert b"Miller" not in program.database.read_bytes()
    assert program.ask("ledger", "verify") == {**before, "wrong": 0}
    assert (program.directory / "invoice.pdf").read_bytes() not in program.database.read_bytes()
    assert "no words any more" in program.run("invoice", "pdf", "2016-0001", "-o", "-").stderr


def exported(program: Program) -> dict[str, Any]:
    path = program.directory / "anne.zip"
    program.prints("customer", "export", "1", "-o", str(path))
    with ZipFile(path) as file:
        return {name: json.loads(file.read(name)) for name in file.namelist() if name.endswith(".json")}


def test_an_export_has_services_documents_payments_promises_and_the_journal(program: Program) -> None:
    program.prints("invoice", "extend", "2016-0001", "7d", "--on", "2016-03-02")
    pay(program)

    told = exported(program)

    (document,) = told["documents.json"]
    assert (document["number"], document["state"], document["total_minor"]) == ("2016-0001", "paid", 1190)
    assert told[document["document"]]["number"] == "2016-0001"
    (service,) = told["services.json"]
    assert (service["domain"], service["billed"]) == (
        "anne.example",
        [{"period_start": "2016-03-02", "period_end": "2016-04-01", "price_minor": 1000}],
    )
    assert [one["reference"] for one in told["payments.json"]] == ["b2016-0001"]
    (promise,) = told["promises.json"]
    assert (promise["invoice"], promise["kind"], promise["until_on"]) == ("2016-0001", "extended", "2016-03-09")
    assert (promise["said_by"], promise["outcome"]) == ("the command line", "kept")
    assert [one["kind"] for one in told["journal.json"]] == ["invoice", "payment"]
    assert all(sum(entry["amount_minor"] for entry in one["entries"]) == 0 for one in told["journal.json"])


def test_the_currency_stays_while_something_is_open_or_left_in_it(program: Program) -> None:
    opened = program.run("customer", "edit", "1", "--currency", "USD")
    pay(program, amount="12.00")
    left = program.run("customer", "edit", "1", "--currency", "USD")

    assert (opened.exit_code, left.exit_code) == (65, 65)
    assert "invoice 2016-0001 is open" in opened.stderr
    assert "0.10" in left.stderr
    assert program.ask("customer", "show", "1")["currency"] == "EUR"


def test_the_currency_is_that_of_services_to_come_and_the_old_ones_keep_theirs(program: Program) -> None:
    pay(program)

    program.prints("customer", "edit", "1", "--currency", "USD")
    added = program.ask("service", "add", "--customer", "1", "--sku", "web", "--cycle", "monthly", *DAY)

    assert (added["currency"], added["amount_minor"]) == ("USD", 1200)
    assert program.ask("service", "show", "1")["currency"] == "EUR"


def test_a_new_bill_day_moves_what_is_not_billed_yet(program: Program) -> None:
    program.prints("customer", "edit", "1", "--bill-day", "15")

    first = program.ask("bill", "run", "--at", "2016-03-23")["invoices"][0]
    second = program.ask("bill", "run", "--at", "2016-04-05")["invoices"][0]

    days = [
        (line["period_start"], line["period_end"], line["net_minor"])
        for number in (first, second)
        for line in program.ask("invoice", "show", number)["lines"]
    ]
    assert days == [("2016-04-02", "2016-04-14", 419), ("2016-04-15", "2016-05-14", 1000)]  # 13 of 31 days


def test_a_document_is_found_by_its_number(program: Program) -> None:
    program.prints("invoice", "void", "2016-0001", *DAY)

    found = program.ask("search", "2016-0001")
    note = program.ask("search", "cn-2016-0001", "--kind", "credit-note")

    assert [(one["kind"], one["title"], one["state"]) for one in found] == [
        ("invoice", "2016-0001, Anne Miller", "void")
    ]
    assert [one["title"] for one in note] == ["CN-2016-0001, Anne Miller"]


def test_staff_are_told_of_services_balance_and_what_is_due(program: Program) -> None:
    receive(program, mail("No mail since Monday"))
    program.prints("due", "run")

    told = next(one for one in program.ask("mail", "list") if "cris@hosting.example" in str(one["to"]))
    text = program.ask("mail", "show", str(told["id"]))["text"]
    assert "Services: anne.example" in text
    assert "Balance: owes EUR\xa011.90 (1 open)" in text
    assert "Due: invoice 2016-0001 on 2 Mar 2016" in text
