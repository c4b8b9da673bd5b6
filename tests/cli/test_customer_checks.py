"""What `customer` and `contact` refuse to write down about somebody, and what they say of it."""

import json
from pathlib import Path

import pytest

from tests.program import Program, configured


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with Anne as its only customer."""
    program = configured(tmp_path)
    program.prints("customer", "add", "Anne Miller", "anne@customer.example")
    return program


WRONG = [
    (("--currency", "EURO"), "'EURO' is no currency code of ISO 4217: did you mean EUR?"),
    (("--currency", "XTS"), "'XTS' is no currency code of ISO 4217"),
    (("--currency", ""), "the currency is empty"),
    (("--language", "german"), "'german' is no language, such as en or pt-BR"),
    (("--language", "xx"), "'xx' is no language, such as en or pt-BR"),
    (("--timezone", "Europe/Berlni"), "'Europe/Berlni' is no time zone: did you mean Europe/Berlin?"),
    (("--timezone", "Europe"), "'Europe' is no time zone"),
    (("--country", "D"), "'D' is no country code"),
    (("--country", "ZZ"), "'ZZ' is no country code of ISO 3166-1, such as DE"),
    (("--country", "uk"), "'uk' is no country code of ISO 3166-1: did you mean GB?"),
]


@pytest.mark.parametrize(("option", "message"), WRONG)
@pytest.mark.parametrize("command", [("add", "Bo", "bo@other.example"), ("edit", "1")])
def test_an_unknown_currency_language_or_zone_is_refused_and_nothing_is_written(
    program: Program, command: tuple[str, ...], option: tuple[str, str], message: str
) -> None:
    before = program.rows("customer", "list")

    refused = program.run("customer", *command, *option, "--json")

    assert refused.exit_code == 65
    error = json.loads(refused.stdout)["error"]
    assert error["code"] == "BadDetails"
    assert message in error["message"]
    assert refused.stderr == f"mailgate: {error['message']}\n"
    assert program.rows("customer", "list") == before


def test_all_wrong_values_of_one_command_are_named_in_one_line(program: Program) -> None:
    wrong = ("--currency", "EURO", "--timezone", "Berlin", "--language", "xx")

    refused = program.run("customer", "add", "Bo", "bo@other.example", *wrong)

    assert refused.exit_code == 65
    assert all(value in refused.stderr for value in ("'EURO'", "'Berlin'", "'xx'"))
    assert refused.stderr.count("\n") == 1


def test_codes_are_kept_in_their_usual_case(program: Program) -> None:
    changed = program.ask("customer", "edit", "1", "--country", "br", "--currency", "brl", "--language", "PT_br")

    assert (changed["country"], changed["currency"], changed["language"]) == ("BR", "BRL", "pt-BR")


def test_what_is_not_said_of_a_customer_is_as_the_gate_has_it(tmp_path: Path) -> None:
    home = {"timezone": "America/Sao_Paulo", "currency": "BRL", "language": "pt-BR"}
    program = configured(tmp_path, {"gate": home})

    added = program.ask("customer", "add", "Anne Miller", "anne@customer.example")

    assert {name: added[name] for name in home} == home


@pytest.mark.parametrize(
    "command",
    [
        ("customer", "add", "Bo\nBcc: x@y.example", "bo@other.example"),
        ("customer", "edit", "1", "--name", "Bo\nBcc: x@y.example"),
        ("contact", "add", "1", "Bo\nBcc: x@y.example", "bo@other.example", "--role", "support"),
        ("contact", "edit", "1", "--name", "Bo\nBcc: x@y.example"),
    ],
)
def test_a_name_is_one_line(program: Program, command: tuple[str, ...]) -> None:
    before = program.rows("customer", "list")

    refused = program.run(*command)

    assert refused.exit_code == 65
    assert "contains a line break or control character" in refused.stderr
    assert program.rows("customer", "list") == before


@pytest.mark.parametrize("address", ["anne@customer.example", "Anne@Customer.example"])
def test_an_address_that_is_a_contact_already_is_no_second_customer_by_mistake(program: Program, address: str) -> None:
    refused = program.run("customer", "add", "Anne's Shop", address, "--json")

    assert refused.exit_code == 65
    error = json.loads(refused.stdout)["error"]
    assert error == {
        "code": "AlreadyContact",
        "message": f"{address} is a contact of customer 1 (Anne Miller) already",
        "hint": "--also makes a second account for it",
    }
    assert refused.stderr == f"mailgate: {error['message']} ({error['hint']})\n"
    assert [one["id"] for one in program.rows("customer", "list")] == [1]


def test_a_second_account_for_an_address_is_made_on_purpose(program: Program) -> None:
    second = program.ask("customer", "add", "Anne's Shop", "anne@customer.example", "--also")

    assert (second["id"], second["email"]) == (2, "anne@customer.example")
    refused = program.run("customer", "add", "Third", "anne@customer.example")
    assert "customer 1 (Anne Miller) and customer 2 (Anne's Shop)" in refused.stderr


def test_the_address_of_a_customer_who_was_removed_is_free(program: Program) -> None:
    program.prints("customer", "remove", "1")

    back = program.ask("customer", "add", "Anne Miller", "anne@customer.example")

    assert back["id"] == 2


def test_a_contact_of_another_customer_is_taken_and_the_other_is_named(program: Program) -> None:
    program.prints("customer", "add", "Bo", "bo@other.example")

    added = program.run("contact", "add", "2", "Anne", "anne@customer.example", "--role", "support", "--json")
    edited = program.run("contact", "edit", "1", "--email", "bo@other.example", "--json")
    alone = program.run("contact", "add", "1", "Eric", "eric@customer.example", "--role", "support", "--json")

    assert [done.exit_code for done in (added, edited, alone)] == [0, 0, 0]
    assert json.loads(added.stdout)["customer"] == 2
    assert added.stderr == "mailgate: anne@customer.example is a contact of customer 1 (Anne Miller) too\n"
    assert edited.stderr == "mailgate: bo@other.example is a contact of customer 2 (Bo) too\n"
    assert alone.stderr == ""
