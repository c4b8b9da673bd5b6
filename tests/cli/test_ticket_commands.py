"""A ticket from the command line: what an operator does to it, and what each command prints."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.gate import Person
from tests.outbound.sink import HOST, Sink, running
from tests.program import Program, configured

ANNE = Person("Anne Miller", "anne@customer.example")
DORA = Person("Dora Dean", "dora@other.example")


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smarthost: what staff have not been sent cannot stand in an answer of theirs."""
    with running(Sink()) as server:
        yield server


@pytest.fixture
def program(tmp_path: Path, sink: Sink) -> Program:
    """A gate with Bart on its staff, tickets 1 and 2 of Anne's, and 3 of Dora's."""
    program = configured(tmp_path / "gate", {"smarthost": {"address": f"{HOST}:{sink.port}", "tls": "none"}})
    program.ask("staff", "add", "Bart Jones", "bart@hosting.example")
    for person in (ANNE, DORA):
        program.ask("customer", "add", person.name, person.address)
    for mail in (ANNE.writes("No mail."), ANNE.writes("Still none.", subject="Again"), DORA.writes("No web.")):
        program.run("receive", "--recipient", "support@support.example", stdin=mail)
        program.ask("due", "run")
    return program


def test_each_command_prints_the_ticket_as_show_does_and_may_be_repeated(program: Program) -> None:
    for command, expected in (
        (("wait", "1", "3d"), ("waiting", None)),
        (("assign", "1", "bart@hosting.example"), ("waiting", "Bart Jones")),
        (("close", "1"), ("closed", "Bart Jones")),
        (("reopen", "1"), ("open", "Bart Jones")),
        (("assign", "1", "nobody"), ("open", None)),
    ):
        printed = program.ask("ticket", *command)
        again = program.ask("ticket", *command)

        assert (printed["state"], printed["assignee"]) == expected
        assert printed == program.ask("ticket", "show", "1") or command[0] == "wait"
        assert len(again["entries"]) == len(printed["entries"]) + (command[0] == "wait")  # 3d from now is later now
    entries = [entry for entry in program.ask("ticket", "show", "1")["entries"] if entry["kind"] == "event"]
    events = ["put off", "put off", "assigned", "closed", "reopened", "assigned"]
    assert [entry["event"] for entry in entries] == events
    assert entries[2]["details"] == {"to": "Bart Jones"}
    assert (entries[2]["text"], entries[2]["for_customers"]) == ("assigned to Bart Jones by the operator", False)
    assert (entries[3]["text"], entries[3]["for_customers"]) == ("closed by the operator", True)
    assert [row["template"] for row in program.ask("queue", "list")].count("closed") == 1


def test_whoever_gets_a_ticket_by_the_command_line_hears_of_it_in_the_name_of_the_company(program: Program) -> None:
    program.ask("ticket", "assign", "1", "bart")
    program.ask("due", "run", "--at", (datetime.now(UTC) + timedelta(minutes=2)).isoformat())

    [news] = [mail for mail in program.rows("mail", "list") if mail["template"] == "staff-news"]
    assert news["to"] == ["bart@hosting.example"]
    assert news["text"].startswith("Example Hosting gave this ticket to you.\n")


def test_a_merged_ticket_is_shown_as_the_one_that_it_went_into(program: Program) -> None:
    merged = program.ask("ticket", "merge", "1", "2")
    shown = program.ask("ticket", "show", "1")
    itself = program.ask("ticket", "show", "1", "--itself")

    assert (merged["number"], shown["number"]) == (2, 2)
    assert (itself["number"], itself["merged_into"], itself["state"]) == (1, 2, "closed")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("merge", "1", "3"), "each would read the other's mails"),
        (("merge", "1", "1"), "cannot be merged into itself"),
        (("merge", "9", "1"), "there is no ticket 9"),
        (("close", "9"), "there is no ticket 9"),
        (("wait", "1", "soon"), "write 12h, 3d, 2w or a date"),
        (("assign", "1", "anne@customer.example"), "there is no staff member 'anne@customer.example'"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    program: Program, arguments: tuple[str, ...], reason: str
) -> None:
    before = program.ask("ticket", "list")

    refused = program.run("ticket", *arguments, "--json")

    assert refused.exit_code == 65
    assert reason in json.loads(refused.stdout_bytes)["error"]["message"]
    assert program.ask("ticket", "list") == before


def test_an_answer_is_sent_as_by_mail_and_a_note_is_kept(program: Program) -> None:
    answered = program.ask("ticket", "reply", "1", "--as", "bart@hosting.example", "--text", "Try again.")
    noted = program.ask("ticket", "note", "1", "--as", "bart@hosting.example", "--text", "She paid.")

    assert (answered["state"], noted["state"]) == ("answered", "answered")
    said = [(entry["kind"], entry["author"], entry["text"], entry["mail"]) for entry in noted["entries"][-2:]]
    bart = "Bart Jones <bart@hosting.example>"
    assert said == [("message", bart, "Try again.", None), ("note", bart, "She paid.", None)]
    [reply] = [row for row in program.ask("queue", "list") if row["template"] == "reply"]
    assert (reply["state"], reply["to"]) == ("queued", [ANNE.address])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("reply", "1", "--as", "bart@hosting.example", "--text", " "), "There are no words of yours in it."),
        (
            ("reply", "1", "--as", "nora@hosting.example", "--text", "Hello"),
            "there is no staff member 'nora@hosting.example'",
        ),
        (("note", "9", "--as", "bart@hosting.example", "--text", "Hello"), "there is no ticket 9"),
        (
            (
                "reply",
                "1",
                "--as",
                "bart@hosting.example",
                "--text",
                "Your reply goes to Anne Miller <anne@customer.example>.",
            ),
            "It still contains a line that is for staff alone",
        ),
        (
            ("reply", "1", "--as", "bart@hosting.example", "--text", "Hello,\n\n*!note*\nShe never pays."),
            "A line of it is a command, which does something only by mail: *!note*",
        ),
    ],
)
def test_words_that_cannot_be_said_change_nothing(program: Program, arguments: tuple[str, ...], reason: str) -> None:
    before = program.ask("ticket", "show", "1")

    refused = program.run("ticket", *arguments, "--json")

    assert (refused.exit_code, program.ask("ticket", "show", "1")) == (65, before)
    assert reason in json.loads(refused.stdout_bytes)["error"]["message"]


def test_words_may_come_on_standard_input(program: Program) -> None:
    noted = program.run("ticket", "note", "1", "--as", "bart@hosting.example", stdin=b"She paid.\nTwice.\n")

    assert noted.exit_code == 0, noted.output
    assert program.ask("ticket", "show", "1")["entries"][-1]["text"] == "She paid.\nTwice."


def test_readers_priority_and_tags_are_changed_as_by_mail(program: Program) -> None:
    program.ask("ticket", "add", "1", "carl@partner.example")
    added = program.ask("ticket", "add", "1", "Carl@Partner.example")
    program.ask("ticket", "priority", "1", "urgent")
    program.ask("ticket", "tag", "1", "Server7", "dns")
    tagged = program.ask("ticket", "tag", "1", "-dns")
    removed = program.ask("ticket", "remove", "1", "carl@partner.example")

    assert sorted(added["participants"]) == ["<carl@partner.example>", "Anne Miller <anne@customer.example>"]
    assert (tagged["priority"], tagged["tags"]) == ("urgent", ["server7"])
    assert removed["participants"] == ["Anne Miller <anne@customer.example>"]
    events = [entry["event"] for entry in removed["entries"] if entry["kind"] == "event"]
    assert events == ["reader added", "ranked", "tagged", "tagged", "reader removed"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("add", "1", "billing@support.example"), "billing@support.example is one of our own addresses"),
        (("add", "1", "carl"), "carl"),
        (("remove", "1", "anne@customer.example"), "nobody else would get the answers"),
        (("tag", "1", "<b>"), "a tag has at most 30 letters, digits and dashes: <b>"),
    ],
)
def test_what_cannot_be_changed_is_refused_by_its_value(
    program: Program, command: tuple[str, ...], message: str
) -> None:
    done = program.run("ticket", *command, "--json")

    assert done.exit_code == 65
    assert message in json.loads(done.stdout)["error"]["message"]
