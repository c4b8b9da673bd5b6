"""Things are named as people write them; what may mean several is refused, and what is nearly right is suggested."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.selling import add, contents, refused, selling
from tests.gate import Person
from tests.program import Program

ANNE = Person("Anne", "anne@customer.example")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Anne, 1, with two services and a ticket; Bart, 2; Erika, a contact of both; Bob and Bob on the staff."""
    program = selling(tmp_path_factory.mktemp("ids") / "gate")
    for customer in ("1", "2"):
        program.prints("contact", "add", customer, "Erika", "erika@tax.example", "--role", "invoice")
    for name, address in (("Bob Jones", "bob@hosting.example"), ("Bob Stone", "stone@hosting.example")):
        program.prints("staff", "add", name, address)
    add(program, "small", "--domain", "anne.example", "--name", "Shop")
    add(program, "small", "--name", "Blog", "--external-id", "hosting-7")
    raw = ANNE.writes("It is broken.")
    program.run("receive", "--sender", "x@y.example", "--recipient", "support@support.example", stdin=raw)
    program.ask("due", "run")
    return program


@pytest.mark.parametrize(
    "words", ["1", "#1", "anne@customer.example", "ANNE@customer.example", "Anne", "anne", "anne.example", "2026-0001"]
)
def test_a_customer_is_named_by_number_address_name_domain_or_invoice(company: Program, words: str) -> None:
    assert company.ask("customer", "show", words)["id"] == 1
    assert {one["customer"] for one in company.rows("service", "list", "--customer", words)} == {1}
    assert [one["customer"] for one in company.rows("ticket", "list", "--customer", words)] == [1]


@pytest.mark.parametrize("words", ["1", "#1", "anne.example", "Anne.Example", "shop"])
def test_a_service_is_named_by_number_domain_or_name(company: Program, words: str) -> None:
    assert company.ask("service", "show", words)["id"] == 1


def test_a_service_is_named_by_its_id_in_an_older_system(company: Program) -> None:
    assert company.ask("service", "show", "hosting-7")["name"] == "Blog"


@pytest.mark.parametrize("words", ["1", "#1"])
def test_a_ticket_is_named_by_its_number(company: Program, words: str) -> None:
    assert company.ask("ticket", "show", words)["number"] == 1


@pytest.mark.parametrize("words", ["2026-0001", "#2026-0001", " 2026-0001"])
def test_an_invoice_is_named_by_its_number(company: Program, words: str) -> None:
    assert company.ask("invoice", "show", words)["number"] == "2026-0001"


def test_a_mail_is_named_by_its_number_or_message_id(company: Program) -> None:
    [mail] = company.rows("inbox", "list")

    for words in ("#1", mail["message_id"], f"<{mail['message_id']}>"):
        assert company.ask("inbox", "show", words)["id"] == mail["id"]
    [first, *_] = company.rows("queue", "list")
    assert company.ask("mail", "show", f"<{first['message_id']}>")["id"] == first["id"]


def test_staff_are_named_by_number_address_whole_or_first_name(company: Program) -> None:
    for words in ("1", "#1", "bob@hosting.example", "BOB@hosting.example", "bob jones"):
        assert company.ask("ticket", "assign", "1", words)["assignee"] == "Bob Jones"
        assert company.ask("ticket", "assign", "#1", "nobody")["assignee"] is None


@pytest.mark.parametrize(
    ("command", "message", "hint"),
    [
        (
            ("customer", "remove", "customer.example"),
            "'customer.example' may be customer 1 Anne, 2 Bart",
            "say which one by its number",
        ),
        (
            ("customer", "edit", "erika@tax.example", "--name", "X"),
            "'erika@tax.example' may be customer 1 Anne, 2 Bart",
            "say which one by its number",
        ),
        (
            ("contact", "remove", "Erika"),
            (
                "'Erika' may be contact 3 Erika <erika@tax.example> of customer 1,"
                " 4 Erika <erika@tax.example> of customer 2"
            ),
            "say which one by its number",
        ),
        (
            ("ticket", "assign", "1", "bob"),
            "'bob' may be staff member 1 Bob Jones, 2 Bob Stone",
            "say which one by its number",
        ),
        (
            ("staff", "remove", "bob@hostin.example"),
            "there is no staff member 'bob@hostin.example'",
            "did you mean 'bob@hosting.example'? mailgate staff list",
        ),
        (
            ("customer", "forget", "Ann", "--yes"),
            "there is no customer 'Ann'",
            "did you mean 'Anne'? mailgate customer list",
        ),
        (
            ("contact", "edit", "anna@customer.example", "--name", "X"),
            "there is no contact 'anna@customer.example'",
            "did you mean 'anne@customer.example'? mailgate customer list",
        ),
        (("service", "suspend", "sho"), "there is no service 'sho'", "mailgate service list"),
        (
            ("credit", "add", "Barr", "5.00"),
            "there is no customer 'Barr'",
            "did you mean 'Bart'? mailgate customer list",
        ),
        (
            ("inbox", "show", "1@nowhere.example"),
            "there is no mail '1@nowhere.example'",
            "its number or Message-ID; mailgate inbox list",
        ),
        (
            ("credit-note", "show", "2026-0001"),
            "2026-0001 is an invoice and not a credit note",
            "mailgate invoice show 2026-0001",
        ),
        (("invoice", "void", "2026-9999"), "there is no invoice 2026-9999", "mailgate invoice list shows them"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_is_not_certain_is_refused_and_nothing_is_done(
    company: Program, command: Sequence[str], message: str, hint: str
) -> None:
    error = refused(company, *command)

    assert (error["message"], error["hint"]) == (message, hint)


@pytest.mark.parametrize(
    "command",
    [
        ("ticket", "show", "seven"),
        ("ticket", "show", "anne@customer.example"),
        ("ticket", "close", "#"),
        ("ticket", "close", "1.5"),
        ("inbox", "show", "seven"),
        ("queue", "retry", "٧"),
        ("customer", "show", ""),
        ("customer", "show", "\x1b[31m"),
        ("customer", "show", "\udcff"),
    ],
    ids=repr,
)
def test_what_names_nothing_is_a_wrong_use(company: Program, command: Sequence[str]) -> None:
    before = contents(company)

    done = company.run(*command)

    assert done.exit_code == 2  # click's own, which `mailgate.cli.main:run` turns into 64
    assert contents(company) == before


def test_names_stand_in_tables_and_numbers_in_json(company: Program) -> None:
    for command, key in (
        (("ticket", "list"), "customer"),
        (("service", "list"), "customer"),
        (("invoice", "list"), "customer"),
    ):
        [head, *rows] = company.prints(*command).decode().splitlines()
        assert key.upper() in head
        assert all("Anne" in row for row in rows), rows
        assert all(one[key] == 1 for one in company.rows(*command))


def test_the_contacts_of_a_customer_are_a_table(company: Program) -> None:
    shown = company.prints("customer", "show", "Bart").decode()

    assert "{" not in shown
    assert shown.split("\n\n")[1].splitlines() == [
        "contacts:",
        "ID  NAME   EMAIL                  ROLES",
        " 2  Bart   bart@customer.example  owner",
        " 4  Erika  erika@tax.example      invoice",
    ]


def test_times_are_those_of_the_gate_unless_utc_is_asked_for(tmp_path: Path, company: Program) -> None:
    [exact] = company.rows("inbox", "list")
    received = exact["received_at"]

    local, utc = (company.prints("inbox", "list", *option).decode() for option in ((), ("--utc",)))

    assert received.endswith("Z")
    assert received[:16].replace("T", " ") in utc  # to the minute
    assert local != utc
    assert company.rows("inbox", "list", "--utc") == [exact]
