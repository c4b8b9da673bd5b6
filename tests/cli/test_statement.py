"""`mailgate statement`: a month as text, JSON, PDF and mail; its sums are the ledger's."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.selling import add, refused, selling
from tests.program import Program
from tests.servers.fixtures import needed
from tests.servers.process import find_program


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """April of Anne's: an invoice, a payment that is too much, and credit that pays the next one."""
    program = selling(tmp_path_factory.mktemp("statement") / "gate")
    program.set(
        "seller", name="Example Hosting GmbH", street="Ring 1", city="Berlin", country="DE", vat_id="DE123456788"
    )
    add(program, on="2026-04-01")
    program.ask(
        "payment",
        "record",
        numbers(program)[0],
        "20.00",
        "--method",
        "transfer",
        "--reference",
        "No. 7",
        "--on",
        "2026-04-14",
    )
    add(program, "large", on="2026-04-20")
    program.ask("credit", "add", "1", "3.100", "--currency", "KWD", "--reason", "sorry", "--on", "2026-04-21")
    return program


def numbers(program: Program) -> list[str]:
    return [one["number"] for one in program.rows("invoice", "list", "--customer", "1")]


def text_of(pdf: Path) -> str:
    with needed():
        found = find_program("pdftotext")
    return subprocess.run([found, "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout


def of(told: Any, currency: str) -> Any:
    return next(one for one in told["currencies"] if one["currency"] == currency)


def test_a_month_is_told_by_currency(shop: Program) -> None:
    told = shop.ask("statement", "1", "2026-04")

    assert (told["customer"], told["month"], told["first_on"], told["last_on"]) == (
        1,
        "2026-04",
        "2026-04-01",
        "2026-04-30",
    )
    euro = of(told, "EUR")
    assert [(one["on"], one["kind"], one["amount_minor"]) for one in euro["entries"]][:2] == [
        ("2026-04-01", "invoice", 1190), ("2026-04-14", "payment", -2000),
    ]  # fmt: skip
    assert (euro["entries"][1]["method"], euro["entries"][1]["words"]) == ("transfer", "No. 7")
    assert euro["opening_minor"] + sum(one["amount_minor"] for one in euro["entries"]) == euro["closing_minor"]
    assert euro["to_pay_minor"] - euro["credit_minor"] == euro["closing_minor"]
    assert (of(told, "KWD")["closing_minor"], of(told, "KWD")["credit_minor"]) == (-3100, 3100)


def test_what_is_open_in_the_end_is_what_the_invoices_and_the_credit_say(shop: Program) -> None:
    euro = of(shop.ask("statement", "1", "2026-05"), "EUR")

    open_now = sum(one["open_minor"] for one in shop.rows("invoice", "list", "--customer", "1", "--state", "issued"))
    assert (euro["opening_minor"], euro["closing_minor"]) == (open_now, open_now)
    assert euro["entries"] == []


def test_people_read_it_as_tables(shop: Program) -> None:
    printed = shop.prints("statement", "1", "2026-04").decode()

    assert "2026-04-14  payment" in printed
    assert "-20.00" in printed
    assert "3.100 KWD" in printed


@pytest.mark.server
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Statement of account, April 2026", "Balance before", "Payment, thank you", "No. 7", "is to be paid.")),
        ("de", ("Kontoauszug April 2026", "Saldo davor", "Zahlung, vielen Dank", "No. 7", "sind zu zahlen.")),
    ],
)
def test_the_pdf_says_all_of_it(shop: Program, tmp_path: Path, language: str, words: tuple[str, ...]) -> None:
    shop.prints("customer", "edit", "1", "--language", language)
    path = tmp_path / "statement.pdf"

    written = shop.ask("statement", "1", "2026-04", "-o", str(path))
    text = text_of(path)

    assert of(written, "EUR")["currency"] == "EUR"
    assert all(one in text for one in (*words, *numbers(shop), "Example Hosting GmbH", "KWD"))
    assert path.read_bytes() == shop.prints("statement", "1", "2026-04", "-o", "-")


@pytest.mark.server
def test_a_sign_that_no_font_has_is_named_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    program = selling(tmp_path / "gate")
    program.prints("credit", "add", "1", "5.00", "--reason", "Sorry 株", "--on", "2026-04-21")

    program.prints("statement", "1", "2026-04", "-o", str(tmp_path / "statement.pdf"))

    assert "Sorry \ufffd" in text_of(tmp_path / "statement.pdf")
    assert [one.getMessage() for one in caplog.records if "株" in one.getMessage()]


@pytest.mark.server
def test_the_pdf_of_nothing_says_so(shop: Program, tmp_path: Path) -> None:
    path = tmp_path / "statement.pdf"
    shop.prints("statement", "2", "2026-04", "-o", str(path))

    assert "Nothing happened in this time, and nothing is open." in text_of(path)


def test_it_is_sent_on_request(shop: Program) -> None:
    shop.ask("contact", "add", "1", "Cris", "cris@customer.example", "--role", "invoice")

    told = shop.ask("statement", "1", "2026-04", "--mail")

    assert told["sent_to"] == ["cris@customer.example"]
    mails = [one for one in shop.rows("queue", "list") if one["template"] == "statement"]
    assert [one["to"] for one in mails] == [["cris@customer.example"]] * 2  # euro and dinar


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("1", "April"), "BadMonth", "'April' is no month, such as 2027-03"),
        (("1", "2100-01"), "StillToCome", "2100-01 is still to come"),
        (("7", "2026-04"), "error", "there is no customer 7"),
        (("2", "2026-04", "--mail"), "NothingToTell", "customer 2 has nothing in 2026-04: there is nothing to send"),
    ],
)
def test_what_cannot_be_told_is_said(shop: Program, arguments: tuple[str, ...], code: str, words: str) -> None:
    error = refused(shop, "statement", *arguments)

    assert (error["code"], words in error["message"]) == (code, True)


def test_a_file_that_is_there_stays(shop: Program, tmp_path: Path) -> None:
    path = tmp_path / "statement.pdf"
    path.write_text("mine")

    assert f"{path} is there already" in refused(shop, "statement", "1", "2026-04", "-o", str(path), code=73)["message"]
    assert path.read_text() == "mine"
