"""How a customer is billed, as `mailgate customer` writes it down, shows it, and has its VAT id checked."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import Result

from tests.program import Program, configured
from tests.servers.process import LOOPBACK, free_port
from tests.servers.vies import Register, vies

NOTHING = {
    "contact": "anne@customer.example",
    "billing_contact": None,
    "organisation": "",
    "street": "",
    "postcode": "",
    "city": "",
    "region": "",
    "country": None,
    "vat_id": "",
    "tax_exempt": None,
    "bill_day": None,
    "billed_elsewhere": False,
    "monthly_statement": False,
    "parked_because": None,
    "proof": None,
}


@pytest.fixture
def register() -> Iterator[Register]:
    """A VIES that knows ATU12345675."""
    with vies() as running:
        yield running


@pytest.fixture
def program(tmp_path: Path, register: Register) -> Program:
    """A gate of a German company with Anne as its only customer, and Bart as a contact of hers."""
    program = configured(tmp_path, {"billing": {"vies_url": register.url}})
    program.prints("customer", "add", "Anne Miller", "anne@customer.example")
    program.prints("contact", "add", "1", "Bart Jones", "bart@customer.example", "--role", "support")
    return program


@pytest.fixture
def austrian(program: Program) -> Program:
    """The same, and Anne's is a company in Vienna."""
    program.prints("customer", "edit", "1", "--country", "AT", "--vat-id", "ATU12345675")
    return program


def billing_of(program: Program) -> Any:
    return program.ask("customer", "show", "1")["billing"]


def error_of(done: Result, code: int = 65) -> Any:
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    assert done.stderr.count("\n") == 1
    return json.loads(done.stdout)["error"]


def test_of_a_new_customer_nothing_is_known(program: Program) -> None:
    assert billing_of(program) == NOTHING


def test_what_is_edited_is_shown(program: Program) -> None:
    address = ("--street", "Ring 1", "--postcode", "1010", "--city", "Wien", "--region", "W", "--country", "at")
    more = ("--organisation", "Miller & Söhne", "--vat-id", "at u 123 456 75", "--tax-exempt", "Embassy, note 4711")
    who = ("--billing-contact", "Bart@customer.example")
    rest = ("--bill-day", "31", "--billed-elsewhere", "--monthly-statement", *who)

    edited = program.ask("customer", "edit", "1", *address, *more, *rest, "--name", "Anne M.")

    assert (edited["name"], edited["country"]) == ("Anne M.", "AT")
    assert edited["billing"] == NOTHING | {
        "contact": "bart@customer.example", "billing_contact": "bart@customer.example",
        "organisation": "Miller & Söhne", "street": "Ring 1", "postcode": "1010", "city": "Wien", "region": "W",
        "country": "AT", "vat_id": "ATU12345675", "tax_exempt": "Embassy, note 4711", "bill_day": 31,
        "billed_elsewhere": True, "monthly_statement": True,
    }  # fmt: skip
    assert billing_of(program) == edited["billing"]


def test_what_was_written_down_is_taken_away_again(program: Program) -> None:
    first = ("--organisation", "M", "--tax-exempt", "E", "--bill-day", "3", "--billed-elsewhere")
    program.prints("customer", "edit", "1", *first, "--billing-contact", "bart@customer.example", "--monthly-statement")

    back = ("--organisation", "", "--no-tax-exempt", "--no-bill-day", "--not-billed-elsewhere", "--no-billing-contact")
    program.prints("customer", "edit", "1", *back, "--no-monthly-statement")

    assert billing_of(program) == NOTHING


def test_one_thing_is_edited_and_the_rest_stays(austrian: Program) -> None:
    austrian.prints("customer", "edit", "1", "--city", "Wien")
    austrian.prints("customer", "edit", "1", "--name", "Anne M.")

    assert (billing_of(austrian)["city"], billing_of(austrian)["vat_id"]) == ("Wien", "ATU12345675")


def test_without_json_only_what_is_known_is_shown(austrian: Program) -> None:
    austrian.prints("customer", "check-vat", "1")

    shown = austrian.prints("customer", "show", "1").decode()

    assert "billing vat id   ATU12345675\n" in shown
    assert "billing proof    ATU12345675 valid, 2026-03-02, vies WAPIAAAAX1\n" in shown
    assert "billing street" not in shown


WRONG = [
    (("--bill-day", "32"), "'32' is no day of a month: 1 to 31"),
    (("--bill-day", "-1"), "'-1' is no day of a month"),
    (("--bill-day", "99999999999999999999"), "is no day of a month"),
    (("--vat-id", "ATU12345675", "--country", "DE"), "'ATU12345675' is no VAT id of DE: those begin with DE"),
    (("--vat-id", "DE123456789", "--country", "DE"), "its length or check digits are wrong"),
    (("--vat-id", "ATU12345675"), "'ATU12345675' belongs to a country: give the country first"),
    (("--billing-contact", "dora@other.example"), "'dora@other.example' is no contact of customer 1"),
    (("--city", "Wien\nBcc: x@y.example"), "contains a line break or control character"),
    (("--organisation", "a\x07b"), "contains a line break or control character"),
    (("--tax-exempt", " "), "the reason of the exemption is empty"),
    (("--street", "x" * 201), "is longer than 200 characters"),
]


@pytest.mark.parametrize(("options", "message"), WRONG)
def test_what_cannot_be_is_refused_by_its_value_and_nothing_is_written(
    program: Program, options: tuple[str, ...], message: str
) -> None:
    before = program.ask("customer", "show", "1")

    refused = program.run("customer", "edit", "1", "--name", "Anne M.", "--postcode", "1010", *options, "--json")

    error = error_of(refused)
    assert error["code"] == "BadDetails"
    assert message in error["message"]
    assert program.ask("customer", "show", "1") == before


def test_what_is_wrong_with_customer_and_profile_is_named_in_one_line(program: Program) -> None:
    refused = program.run("customer", "edit", "1", "--currency", "EURO", "--bill-day", "32", "--json")

    message = error_of(refused)["message"]
    assert "'EURO'" in message
    assert "'32'" in message


def test_a_customer_who_moves_abroad_needs_another_vat_id(austrian: Program) -> None:
    refused = austrian.run("customer", "edit", "1", "--country", "DE", "--json")

    assert "'ATU12345675' is no VAT id of DE" in error_of(refused)["message"]
    assert billing_of(austrian)["country"] == "AT"
    austrian.prints("customer", "edit", "1", "--country", "DE", "--vat-id", "DE111111125")


@pytest.mark.parametrize(
    "options",
    [
        ("--bill-day", "3", "--no-bill-day"),
        ("--tax-exempt", "x", "--no-tax-exempt"),
        ("--billing-contact", "bart@customer.example", "--no-billing-contact"),
        ("--bill-day", "third"),
    ],
)
def test_options_that_contradict_each_other_are_a_usage_error(program: Program, options: tuple[str, ...]) -> None:
    refused = program.execute("customer", "edit", "1", *options)

    assert refused.returncode == 64
    assert billing_of(program) == NOTHING


def test_vies_is_asked_in_the_sellers_name_and_its_answer_kept(austrian: Program, register: Register) -> None:
    found = austrian.ask("customer", "check-vat", "1")

    kept = {
        "vat_id": "ATU12345675", "valid": True, "checked_at": "2026-03-02T11:22:33.444000Z", "number": "WAPIAAAAX1",
        "source": "vies",
    }  # fmt: skip
    assert found == {"customer": 1, **kept}
    assert billing_of(austrian)["proof"] == kept
    assert register.questions[0]["requesterNumber"] == "123456788"


def test_a_no_of_vies_is_kept_too(austrian: Program, register: Register) -> None:
    register.valid = frozenset()

    found = austrian.ask("customer", "check-vat", "1")

    assert found["valid"] is False
    assert billing_of(austrian)["proof"]["valid"] is False


def test_vies_away_is_for_later_and_the_last_proof_stays(austrian: Program, register: Register) -> None:
    before = austrian.ask("customer", "check-vat", "1")
    register.error = "MS_UNAVAILABLE"

    refused = austrian.run("customer", "check-vat", "1", "--json")

    assert error_of(refused, 75)["message"] == "VIES cannot check ATU12345675 just now: MS_UNAVAILABLE"
    assert billing_of(austrian)["proof"]["number"] == before["number"]


def test_vies_that_is_not_there_is_for_later(austrian: Program) -> None:
    austrian.set("billing", vies_url=f"http://{LOOPBACK}:{free_port()}")

    refused = austrian.run("customer", "check-vat", "1", "--json")

    assert error_of(refused, 75)["code"] == "ViesAway"


def test_without_an_address_nobody_is_asked(austrian: Program) -> None:
    austrian.set("billing", vies_url="")

    refused = austrian.run("customer", "check-vat", "1", "--json")

    assert error_of(refused, 69)["hint"] == "mailgate customer proof"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (("--name", "Anne"), "customer 1 has no VAT id: `mailgate customer edit 1 --vat-id`"),
        (("--country", "CH", "--vat-id", "CHE-123.456.788"), "VIES knows VAT ids of the European Union alone"),
    ],
)
def test_there_must_be_a_vat_id_of_the_union_to_ask_about(
    program: Program, register: Register, edit: tuple[str, ...], message: str
) -> None:
    program.prints("customer", "edit", "1", *edit)

    refused = program.run("customer", "check-vat", "1", "--json")

    assert message in error_of(refused)["message"]
    assert register.questions == []


@pytest.mark.parametrize("command", [("check-vat", "9"), ("proof", "9", "--vat-id", "ATU12345675", "--number", "1")])
def test_there_must_be_such_a_customer(program: Program, command: tuple[str, ...]) -> None:
    refused = program.run("customer", *command, "--json")

    assert error_of(refused)["message"] == "there is no customer 9"


def test_staff_record_a_proof_that_they_have_seen(austrian: Program) -> None:
    found = austrian.ask(
        "customer", "proof", "1", "--vat-id", "at u12345675", "--number", "Letter of 2 March", "--on", "2026-03-02"
    )

    assert (found["vat_id"], found["source"], found["valid"]) == ("ATU12345675", "staff", True)
    assert found["checked_at"] == "2026-03-02T12:00:00.000000Z"
    assert billing_of(austrian)["proof"]["number"] == "Letter of 2 March"


def test_staff_record_that_nobody_has_a_vat_id(austrian: Program) -> None:
    austrian.prints("customer", "check-vat", "1")

    austrian.prints("customer", "proof", "1", "--vat-id", "ATU12345675", "--number", "by phone", "--invalid")

    assert billing_of(austrian)["proof"]["valid"] is False


TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--vat-id", "ATU99999902", "--number", "1"), "'ATU99999902' is not the VAT id of customer 1"),
        (("--vat-id", "DE123456788", "--number", "1"), "'DE123456788' is no VAT id of AT"),
        (("--vat-id", "ATU12345675", "--number", "a\nb"), "contains a line break or control character"),
        (("--vat-id", "ATU12345675", "--number", ""), "the number is empty"),
        (("--vat-id", "ATU12345675", "--number", "1", "--on", TOMORROW), f"{TOMORROW} is still to come"),
    ],
)
def test_a_proof_of_something_else_is_refused(austrian: Program, options: tuple[str, ...], message: str) -> None:
    refused = austrian.run("customer", "proof", "1", *options, "--json")

    assert message in error_of(refused)["message"]
    assert billing_of(austrian)["proof"] is None


def test_a_customer_takes_the_profile_along(austrian: Program, tmp_path: Path) -> None:
    austrian.prints("customer", "edit", "1", "--organisation", "Miller & Söhne")
    austrian.prints("customer", "check-vat", "1")

    austrian.prints("customer", "export", "1", "-o", str(tmp_path / "miller.zip"))

    with ZipFile(tmp_path / "miller.zip") as file:
        billing = json.loads(file.read("customer.json"))["billing"]
    assert (billing["organisation"], billing["vat_id"]) == ("Miller & Söhne", "ATU12345675")
    assert billing["vat_id_proof"]["number"] == "WAPIAAAAX1"


def test_a_customer_who_is_forgotten_leaves_no_profile(austrian: Program) -> None:
    austrian.prints("customer", "check-vat", "1")

    austrian.prints("customer", "forget", "1", "--yes")

    assert billing_of(austrian) == NOTHING | {"contact": None}
