"""Outgoing mail from the command line: the queue, the archive, and what a person decides."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.gate import Person
from tests.outbound.sink import HOST, Sink, running
from tests.program import Program, configured

QUEUED = {
    "id", "template", "to", "subject", "state", "attempts", "next_attempt_at", "last_reply", "message_id", "customer",
}  # fmt: skip
ANNE = Person("Anne Miller", "anne@customer.example")


def in_two_minutes() -> tuple[str, str]:
    """From when it is called: the module may have been imported long before."""
    return "--at", (datetime.now(UTC) + timedelta(minutes=2)).isoformat()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smarthost."""
    with running(Sink()) as server:
        yield server


@pytest.fixture
def program(tmp_path: Path, sink: Sink) -> Program:
    """A gate that has taken a mail of Anne's; its acknowledgement is mail 1, deferred once."""
    program = configured(tmp_path / "gate", {"smarthost": {"address": f"{HOST}:{sink.port}", "tls": "none"}})
    program.ask("customer", "add", ANNE.name, ANNE.address)
    program.run("receive", "--recipient", "support@support.example", stdin=ANNE.writes("It is broken."))
    sink.replies["RCPT"] = ["451 4.7.1 Try again later"]
    program.ask("due", "run")
    return program


def test_a_queued_mail_is_listed_with_what_became_of_its_last_attempt(program: Program) -> None:
    [queued] = program.ask("queue", "list")

    assert set(queued) >= QUEUED
    assert (queued["id"], queued["template"], queued["to"]) == (1, "acknowledgement", ["anne@customer.example"])
    assert (queued["state"], queued["attempts"], queued["customer"]) == ("queued", 1, 1)
    assert queued["last_reply"] == "451 4.7.1 Try again later"
    assert queued["next_attempt_at"].endswith("Z")
    assert program.ask("queue", "list", "--state", "queued") == [queued]
    assert program.ask("queue", "list", "--state", "sent") == []
    assert program.ask("mail", "list") == []


def test_a_held_mail_stays_until_it_is_released(program: Program, sink: Sink) -> None:
    [held] = program.ask("queue", "hold", "1")
    program.ask("due", "run", *in_two_minutes())
    before = len(sink.messages)
    [released] = program.ask("queue", "release", "1")
    program.ask("due", "run", *in_two_minutes())

    assert (held["state"], held["next_attempt_at"], before) == ("held", None, 0)
    assert released["state"] == "queued"
    assert program.ask("queue", "list")[0]["state"] == "sent"


def test_a_cancelled_mail_leaves_only_when_it_is_retried(program: Program, sink: Sink) -> None:
    [cancelled] = program.ask("queue", "cancel", "1")
    program.ask("due", "run", *in_two_minutes())
    before = len(sink.messages)
    [retried] = program.ask("queue", "retry", "1")
    program.ask("due", "run")

    assert (cancelled["state"], before) == ("cancelled", 0)
    assert (retried["state"], retried["attempts"]) == ("queued", 0)
    assert len(sink.messages) == 1


def test_the_archive_shows_a_sent_mail_to_the_byte(program: Program, sink: Sink) -> None:
    program.ask("queue", "retry", "1")
    program.ask("due", "run")

    [listed] = program.ask("mail", "list")
    shown = program.ask("mail", "show", "1")

    assert set(listed) >= QUEUED | {"sent_at", "text", "files"}
    assert shown == listed == program.ask("mail", "list", "--customer", "1")[0]
    assert program.ask("mail", "list", "--customer", "2") == []
    assert (shown["state"], shown["last_reply"]) == ("sent", "250 2.0.0 OK: queued as 1")
    assert shown["sent_at"].endswith("Z")
    assert "The number of your ticket is 1." in shown["text"]
    assert program.run("mail", "show", "1", "--raw").stdout_bytes == sink.messages[0]
    assert f"Message-ID: <{shown['message_id']}>".encode() in sink.messages[0]


@pytest.mark.parametrize("verb", ["retry", "cancel", "hold", "release"])
def test_what_is_sent_is_left_alone(program: Program, verb: str) -> None:
    program.ask("queue", "retry", "1")
    program.ask("due", "run")

    done = program.run("queue", verb, "1", "99", "--json")

    assert done.exit_code == 65
    answer = json.loads(done.stdout)
    assert answer["done"] == []
    assert answer["error"]["hint"] == "mailgate queue list"
    assert answer["error"]["message"].endswith(": it is sent; there is no mail 99")


def test_a_mail_that_is_not_composed_yet_has_no_bytes(tmp_path: Path) -> None:
    program = configured(tmp_path / "gate")
    program.ask("customer", "add", ANNE.name, ANNE.address)
    program.run("receive", "--recipient", "support@support.example", stdin=ANNE.writes("It is broken."))
    program.ask("due", "run")

    done = program.run("mail", "show", "1", "--raw", "--json")

    assert done.exit_code == 65
    assert json.loads(done.stdout)["error"]["message"] == "mail 1 is not composed yet"
    assert program.ask("queue", "list")[0]["state"] == "queued"
