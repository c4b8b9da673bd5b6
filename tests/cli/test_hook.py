"""`mailgate hook`: what hears of what, what came of it, and the page that explains it, followed to the letter."""

import hashlib
import hmac
import json
import re
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailgate.hooks import HookEvent, signature
from tests.flows.billing.trade import SHOP
from tests.program import Program, configured
from tests.servers.hook_receiver import Receiver, hook_receiver

PAGE = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text()
BLOCKS = {kind: re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) for kind in ("python", "toml", "json", "sh")}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate without mail."""
    return configured(tmp_path / "gate")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A chat."""
    with hook_receiver() as running:
        yield running


def hooked(program: Program, *entries: str) -> None:
    """Settings with these hooks."""
    with program.config.open("a") as file:
        file.writelines(f"\n[[hook]]\n{entry}\n" for entry in entries)


def rows(program: Program, *words: str) -> Any:
    done = program.run("hook", *words, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def mail(program: Program) -> None:
    """Somebody writes, and it is settled."""
    program.run("customer", "add", "Anne Miller", "anne@customer.example")
    message = EmailMessage()
    message["From"], message["To"] = "anne@customer.example", "support@support.example"
    message["Subject"], message["Message-ID"] = "No mail since Monday", "<1@customer.example>"
    message.set_content("Help.")
    taken = program.run("receive", "--recipient", "support@support.example", stdin=message.as_bytes())
    assert taken.exit_code == 0, taken.stderr
    program.prints("due", "run")


def test_hooks_are_listed_with_their_calls(program: Program, receiver: Receiver) -> None:
    hooked(program, f'event = "ticket.*"\nurl = "{receiver.url}"', 'event = "ticket.closed"\ncommand = "/bin/false"')
    mail(program)

    chat, other = rows(program, "list")

    assert (chat["name"], chat["events"], chat["signed"]) == ("127.0.0.1", ["ticket.*"], False)
    assert (chat["waiting"], chat["failed"], chat["done"]) == (0, 0, 1)
    assert (other["name"], other["done"]) == ("false", 0)
    (call,) = rows(program, "log")
    assert (call["state"], call["event"], call["about"], call["attempts"]) == ("done", "ticket.opened", "ticket:1", 1)
    assert json.loads(call["body"])["ticket"]["subject"] == "No mail since Monday"
    assert receiver.url not in json.dumps([chat, other, call])  # it may hold a secret


def test_the_end_of_a_service_waits_for_its_day_and_can_be_called_off(program: Program, receiver: Receiver) -> None:
    hooked(program, f'event = "service.terminate"\nurl = "{receiver.url}"')
    program.prints("catalogue", "import", str(SHOP))
    program.prints("customer", "add", "Anne", "anne@customer.example", "--country", "DE")
    program.prints("service", "add", "--customer", "1", "--sku", "small", "--cycle", "monthly")
    program.prints("service", "cancel", "1", "--now")
    program.run("due", "run")

    at_once = rows(program, "retry", "--all")
    (called_off,) = rows(program, "cancel", "1")
    twice = program.run("hook", "cancel", "1", "7")
    (again,) = rows(program, "retry", "1")
    program.run("due", "run")

    assert at_once == []
    assert (called_off["state"], called_off["last_reply"]) == ("dropped", "cancelled by hand")
    assert twice.exit_code == 65
    assert "call 1 is not made any more" in twice.stderr
    assert "there is no call 7" in twice.stderr
    assert again["state"] == "waiting"
    assert [json.loads(heard.body)["event"] for heard in receiver.heard] == ["service.terminate"]


def test_what_failed_is_sent_again(program: Program, receiver: Receiver) -> None:
    receiver.answers = [500, 204]
    hooked(program, f'event = "ticket.*"\nurl = "{receiver.url}"')
    mail(program)
    assert [one["state"] for one in rows(program, "log", "--state", "waiting")] == ["waiting"]

    (again,) = rows(program, "retry", "1")
    program.run("due", "run")
    refused = program.run("hook", "retry", "1", "7")

    assert again["attempts"] == 0
    assert [one["state"] for one in rows(program, "log")] == ["done"]
    assert rows(program, "retry", "--all") == []
    assert refused.exit_code == 65
    assert "call 1 was taken already" in refused.stderr
    assert "there is no call 7" in refused.stderr


@pytest.mark.parametrize("words", [(), ("1", "--all")])
def test_what_is_to_be_sent_again_is_said_in_one_way(program: Program, words: tuple[str, ...]) -> None:
    assert program.run("hook", "retry", *words).exit_code == 64


def test_a_hook_is_tried_and_says_why_it_does_not_work(program: Program, receiver: Receiver) -> None:
    receiver.answers = [204, 410]
    hooked(program, f'event = "ticket.*"\nurl = "{receiver.url}"')

    (worked,) = rows(program, "try", "127.0.0.1")
    failed = program.run("hook", "try", "127.0.0.1")
    unknown = program.run("hook", "try", "chat")

    assert (worked["state"], worked["event"], worked["last_reply"]) == ("done", "ping", "204 No Content")
    assert (failed.exit_code, "410 Gone" in failed.stderr) == (65, True)
    assert (unknown.exit_code, "127.0.0.1" in unknown.stderr) == (65, True)


def test_without_hooks_there_is_nothing_to_show(program: Program) -> None:
    assert (rows(program, "list"), rows(program, "log")) == ([], [])


def test_who_follows_the_page_has_a_chat_that_is_pinged(program: Program, receiver: Receiver, tmp_path: Path) -> None:
    ping = tmp_path / "chat-ping"
    ping.write_text(BLOCKS["python"][0].replace("https://chat.example.com/hooks/your-key", receiver.url))
    ping.chmod(0o755)
    (entry,) = tomllib.loads(BLOCKS["toml"][0])["hook"]
    hooked(program, f'event = "{entry["event"]}"\ncommand = "{ping}"')

    assert program.run(*["hook", "try", "chat-ping"]).exit_code == 0
    mail(program)

    texts = [json.loads(heard.body)["text"] for heard in receiver.heard]
    assert texts[0] == "mailgate can reach this channel."
    assert texts[1].startswith("New request #1 from Anne Miller: No mail since Monday\n")
    (call,) = [one for one in rows(program, "log") if one["event"] == "ticket.opened"]
    shown = json.loads(BLOCKS["json"][0])
    sent = json.loads(call["body"])
    assert (shown.keys(), shown["ticket"].keys()) == (sent.keys(), sent["ticket"].keys())


def test_the_page_checks_signatures_as_we_make_them() -> None:
    known: dict[str, Any] = {"hashlib": hashlib, "hmac": hmac, "time": time}
    exec(BLOCKS["python"][1], known)
    now = datetime.now(UTC)
    signed = signature(b"secret", now, b"{}")

    assert known["is_ours"](signed, b"{}", b"secret")
    assert not known["is_ours"](signed, b"{ }", b"secret")
    assert not known["is_ours"](signed, b"{}", b"other")
    assert not known["is_ours"](signature(b"secret", now.replace(year=2020), b"{}"), b"{}", b"secret")


def test_the_page_names_every_event() -> None:
    assert re.findall(r"^\| `([a-z.]+)` \|", PAGE, re.MULTILINE) == [event.value for event in HookEvent]
