"""The commands as scripts rely on them: keys, exit codes, and errors as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from mailgate.letters.kind import Template
from tests.gate import Person
from tests.outbound.sink import HOST, Sink, running
from tests.program import Program, configured

CUSTOMER = {"id", "name", "email", "contacts"}
TICKET = {"number", "subject", "state", "customer", "desk", "messages", "opened_at", "updated_at", "assignee"}
ENTRY = {"kind", "at", "author", "direction", "text", "message_id", "mail", "attachments", "left_out", "cut_away"}
ACCEPTED = {
    "id", "received_at", "reverse_path", "author", "subject", "message_id", "disposition", "reason", "ticket",
    "evidence", "spam_score",
}  # fmt: skip
ANNE = Person("Anne Miller", "anne@customer.example")
CRIS = Person("Cris", "cris@stranger.example")


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smarthost."""
    with running(Sink()) as server:
        yield server


@pytest.fixture
def program(tmp_path: Path, sink: Sink) -> Program:
    """A gate that sends to the sink, with Anne as customer 1 and Bart on its staff."""
    program = configured(tmp_path / "gate", {"smarthost": {"address": f"{HOST}:{sink.port}", "tls": "none"}})
    program.ask("customer", "add", ANNE.name, ANNE.address)
    program.ask("staff", "add", "Bart Jones", "bart@hosting.example")
    return program


@pytest.fixture
def busy(program: Program) -> Program:
    """The same with a ticket of Anne's and a held mail of Cris's, and all mails about them sent."""
    take(program, ANNE.writes("It is broken.", files=[("a.txt", "text/plain", b"log")]))
    take(program, CRIS.writes("Do you sell servers?", subject="Servers"))
    program.ask("due", "run", "--at", "2100-01-01T00:00:00Z")
    return program


def take(program: Program, raw: bytes) -> None:
    taken = program.run("receive", "--sender", "x@y.example", "--recipient", "support@support.example", stdin=raw)
    assert taken.exit_code == 0, taken.stderr


def refused(done: Result, code: int) -> Any:
    """The error object of a command that ended with this exit code, said on stderr as well."""
    assert done.exit_code == code, (done.stdout, done.stderr)
    answer = json.loads(done.stdout)
    assert set(answer["error"]) == {"code", "message", "hint"}
    assert answer["error"]["message"].split("; ")[0] in done.stderr
    assert done.stderr.startswith("mailgate: ")
    return answer["error"]


def test_a_customer_is_added_listed_and_shown(program: Program) -> None:
    options = ("--country", "de", "--currency", "chf", "--timezone", "Europe/Zurich", "--language", "de")
    added = program.ask("customer", "add", "Dora Dean", "dora@other.example", *options)

    assert set(added) >= CUSTOMER
    assert (added["id"], added["country"], added["currency"], added["language"]) == (2, "DE", "CHF", "de")
    assert added["contacts"] == [{"id": 2, "name": "Dora Dean", "email": "dora@other.example", "roles": ["owner"]}]
    assert program.ask("customer", "show", "2") == added
    assert [one["id"] for one in program.ask("customer", "list")] == [1, 2]
    assert [one["id"] for one in program.ask("customer", "list", "--after", "1", "--limit", "1")] == [2]


def test_a_contact_is_added_with_its_roles(program: Program) -> None:
    added = program.ask(
        "contact", "add", "1", "Eric", "eric@customer.example", "--role", "support", "--role", "invoice"
    )

    assert (added["id"], added["roles"]) == (2, ["support", "invoice"])
    assert [one["email"] for one in program.ask("customer", "show", "1")["contacts"]] == [
        "anne@customer.example",
        "eric@customer.example",
    ]


def test_staff_are_listed(program: Program) -> None:
    bart = {"id": 1, "name": "Bart Jones", "email": "bart@hosting.example"}

    assert program.ask("staff", "list") == [{**bart, "desks": [], "hours": []}]


def test_staff_have_desks_and_hours_of_their_own(program: Program) -> None:
    desks = ("--desk", "billing", "--desk", "orders", "--desk", "billing")
    edited = program.ask("staff", "edit", "1", *desks, "--hours", "mon-fri 08:00-12:00")
    others = program.ask("staff", "edit", "1", "--all-desks")

    assert (edited["desks"], edited["hours"]) == (["billing", "orders"], ["mon-fri 08:00-12:00"])
    assert (others["desks"], others["hours"]) == ([], ["mon-fri 08:00-12:00"])
    assert program.ask("staff", "edit", "1", "--all-hours")["hours"] == []


def test_somebody_is_signed_out_and_stays_on_the_staff(program: Program) -> None:
    out = program.ask("staff", "sign-out", "bart@hosting.example")
    nobody = program.run("staff", "sign-out", "nora@hosting.example")

    assert (out["id"], out["signed_out"]) == (1, True)
    assert nobody.exit_code
    assert [one["id"] for one in program.ask("staff", "list")] == [1]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("customer", "add", "X", "x"), "not a mail address: 'x'"),
        (
            ("customer", "add", "X", "a@b.example>\r\nRCPT TO:<c@d"),
            "address contains a line break or control character",
        ),
        (("customer", "add", "X", "support@support.example"), "support@support.example is an address of the gate"),
        (("customer", "add", "X", "x@y.example", "--timezone", "Mars/North"), "'Mars/North' is no time zone"),
        (("customer", "add", "X", "x@y.example", "--country", "Germany"), "'Germany' is no country code"),
        (("customer", "add", "X", "x@y.example", "--currency", "Euro"), "'Euro' is no currency code"),
        (("customer", "show", "99"), "there is no customer 99"),
        (("contact", "add", "99", "X", "x@y.example", "--role", "owner"), "there is no customer 99"),
        (("contact", "add", "1", "X", "ANNE@customer.example", "--role", "owner"), "has a contact"),
        (("contact", "add", "1", "X", "bounce+x@support.example", "--role", "owner"), "is an address of the gate"),
        (("staff", "add", "X", "billing@support.example"), "billing@support.example is an address of the gate"),
        (("contact", "edit", "1", "--email", "Support+x@support.example"), "is an address of the gate"),
        (("contact", "edit", "99", "--name", "X"), "there is no contact 99"),
        (("contact", "remove", "1"), "contact 1 is the only owner of customer 1"),
        (("contact", "edit", "1", "--role", "support"), "contact 1 is the only owner of customer 1"),
        (("customer", "edit", "99", "--name", "X"), "there is no customer 99"),
        (("customer", "edit", "1", "--country", "Germany"), "'Germany' is no country code"),
        (("staff", "remove", "1"), "Bart Jones is the only one who is told of new mail"),
        (("staff", "remove", "99"), "there is no staff member 99"),
        (("staff", "edit", "99", "--all-desks"), "there is no staff member 99"),
        (("staff", "edit", "1", "--desk", "sales"), "there is no desk sales; there are support, billing"),
        (("staff", "edit", "1", "--hours", "9-17"), "--hours 9-17: is not written like mon-fri 09:00-17:00"),
        (("ticket", "add", "99", "x@y.example"), "there is no ticket 99"),
        (("customer", "forget", "99"), "there is no customer 99"),
        (("customer", "export", "99", "-o", "x.zip"), "there is no customer 99"),
        (("staff", "remove", "98"), "there is no staff member 98"),
        (("staff", "add", "X", "BART@hosting.example"), "BART@hosting.example is a staff address already"),
        (("ticket", "show", "99"), "there is no ticket 99"),
        (("inbox", "show", "99"), "there is no mail 99"),
        (("mail", "show", "99"), "there is no mail 99"),
        (("quarantine", "release", "99"), "there is no mail 99"),
        (("quarantine", "refuse", "99"), "there is no mail 99"),
        (("queue", "retry", "99"), "there is no mail 99"),
    ],
)
def test_what_cannot_be_done_is_an_error_with_exit_65(program: Program, command: tuple[str, ...], message: str) -> None:
    error = refused(program.run(*command, "--json"), 65)

    assert message in error["message"]
    assert error["code"]


@pytest.mark.parametrize(
    "command", [("ticket", "show", "seven"), ("contact", "add", "1", "X", "x@y.example", "--role", "king"), ("colour",)]
)
def test_a_wrong_use_is_an_error_with_exit_64(program: Program, command: tuple[str, ...]) -> None:
    done = program.execute(*command, "--json")

    assert done.returncode == 64
    assert json.loads(done.stdout)["error"]["code"] == "usage"
    assert "--help" in done.stderr.decode()


def test_a_ticket_is_listed_and_shown_with_its_entries(busy: Program) -> None:
    [listed] = busy.ask("ticket", "list")
    shown = busy.ask("ticket", "show", "1")

    assert set(listed) >= TICKET
    assert (listed["number"], listed["state"], listed["customer"], listed["assignee"]) == (1, "open", 1, None)
    assert {key: shown[key] for key in listed} == listed
    [entry] = shown["entries"]
    assert set(entry) >= ENTRY
    assert (entry["kind"], entry["direction"], entry["text"]) == ("message", "in", "It is broken.")
    assert (entry["author"], entry["mail"]) == ("Anne Miller <anne@customer.example>", 1)
    assert [(file["filename"], file["size"]) for file in entry["attachments"]] == [("a.txt", 3)]
    assert listed["opened_at"].endswith("Z")
    assert busy.ask("ticket", "list", "--state", "closed") == []
    assert busy.ask("ticket", "list", "--customer", "2") == []
    assert "It is broken." in busy.run("ticket", "show", "1").stdout


def test_every_accepted_mail_is_in_the_inbox(busy: Program) -> None:
    opened, held = busy.ask("inbox", "list")

    assert set(opened) >= ACCEPTED
    assert (opened["disposition"], opened["ticket"], opened["evidence"], opened["spam_score"]) == (
        "opened",
        1,
        "D",
        None,
    )
    assert (held["disposition"], held["ticket"], held["author"]) == ("held", None, "Cris <cris@stranger.example>")
    assert busy.ask("inbox", "list", "--disposition", "held") == [held]
    shown = busy.ask("inbox", "show", "2")
    assert {key: shown[key] for key in held} == held


def test_the_exact_bytes_of_a_mail_are_shown(program: Program) -> None:
    raw = b"From: Anne <anne@customer.example>\nSubject: \xff\xfe odd\n\nBytes\0 and \r bare\n"
    take(program, raw)

    assert program.run("inbox", "show", "1", "--raw").stdout_bytes == raw


def test_held_mail_is_listed_and_released(busy: Program) -> None:
    [held] = busy.ask("quarantine", "list")
    [released] = busy.ask("quarantine", "release", str(held["id"]))
    busy.ask("due", "run")

    assert (held["disposition"], released["disposition"]) == ("held", "waiting")
    assert busy.ask("inbox", "show", "2")["disposition"] == "opened"
    ticket = busy.ask("ticket", "show", "2")
    assert (ticket["customer"], ticket["opened_at"]) == (None, held["received_at"])
    assert busy.ask("quarantine", "list") == []


def test_held_mail_is_refused_and_its_bytes_stay(busy: Program) -> None:
    before = busy.run("inbox", "show", "2", "--raw").stdout_bytes

    [refusal] = busy.ask("quarantine", "refuse", "2")

    assert refusal["disposition"] == "refused"
    assert busy.run("inbox", "show", "2", "--raw").stdout_bytes == before
    assert b"Do you sell servers?" in before


def test_of_several_mails_those_that_are_held_are_released_and_the_others_named(busy: Program) -> None:
    done = busy.run("quarantine", "release", "1", "2", "99", "--json")

    assert refused(done, 65)["message"] == "mail 1 is not held: it is opened; there is no mail 99"
    assert [one["id"] for one in json.loads(done.stdout)["done"]] == [2]


def test_senders_are_let_in_listed_and_held_again(program: Program) -> None:
    allowed = program.ask("sender", "allow", "news@supplier.example")
    listed = program.ask("sender", "list")
    removed = program.ask("sender", "remove", "NEWS@supplier.example")

    assert listed == [allowed]
    assert (allowed["email"], allowed["allowed_by"]) == ("news@supplier.example", "the command line")
    assert removed == {"email": "NEWS@supplier.example"}
    assert program.ask("sender", "list") == []
    for words, said in (
        (("remove", "news@supplier.example"), "was not let in"),
        (("allow", ANNE.address), "is registered already"),
        (("allow", "billing@support.example"), "is an address of the gate"),
        (("allow", "nobody"), "nobody"),
    ):
        assert said in refused(program.run("sender", *words, "--json"), 65)["message"]


def test_keys_are_rotated_and_listed_without_their_secrets(program: Program) -> None:
    assert program.ask("keys", "rotate") == {"id": 2}

    first, second = program.ask("keys", "list")
    assert (set(first), second["retired_at"]) == ({"id", "created_at", "retired_at"}, None)
    assert first["retired_at"].endswith("Z")


def test_what_is_due_is_listed_without_being_done(program: Program) -> None:
    take(program, ANNE.writes("It is broken."))

    listed = program.ask("due", "--at", "2100-01-01T00:00:00Z")

    assert [(item["kind"], item["object"]) for item in listed] == [("receive", 1)]
    assert listed[0]["due_at"].endswith("Z")
    assert program.ask("inbox", "show", "1")["disposition"] == "waiting"


def test_what_is_due_is_done_and_counted(program: Program, sink: Sink) -> None:
    take(program, ANNE.writes("It is broken."))
    take(program, CRIS.writes("Hello"))

    done = program.ask("due", "run", "--at", "2100-01-01")
    again = program.ask("due", "run", "--at", "2100-01-01")

    assert done == {"receive": 2, "deliver": 4, "held-digest": 1}
    assert again == {}
    assert len(sink.messages) == 4


def test_an_instant_that_is_none_is_a_wrong_use(program: Program) -> None:
    assert refused(program.run("due", "run", "--at", "tomorrow", "--json"), 64)["code"] == "usage"


def test_templates_are_listed_checked_and_previewed(program: Program) -> None:
    assert [one["name"] for one in program.ask("template", "list")] == [name.value for name in Template]
    assert program.ask("template", "check") == []
    assert "Subject: Re: No mail since Monday [#1042]" in program.run("template", "preview", "reply").stdout
    assert "<html" in program.run("template", "preview", "reply", "--format", "html").stdout
    assert "Message-ID: <" in program.run("template", "preview", "reply", "--format", "eml").stdout
    assert program.run("template", "preview", "invoice").exit_code == 64
    assert program.run("template", "preview", "reply", "--sample", "99").exit_code == 64


def test_a_mistake_in_the_settings_is_an_error_with_exit_78(program: Program) -> None:
    program.config.write_text('[desk_rules]\nundo_second = "1"\n')

    done = program.run("ticket", "list", "--json")

    assert done.exit_code == 78
    assert json.loads(done.stdout)["error"]["code"] == "config"
