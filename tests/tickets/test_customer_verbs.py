"""What a customer's lines command, what is said of those that command nothing, and what is valid now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.directives import Directive
from mailgate.tickets.customer_verbs import (
    CUSTOMER_VERBS,
    CustomerVerb,
    read_customer_commands,
    valid_now,
)
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs import Misread


def directive(text: str) -> Directive:
    verb, _, argument = text.removeprefix("!").partition(" ")
    return Directive(1, verb.lower(), argument, text)


def misread(*lines: str, on_ticket: bool = True, is_owner: bool = True) -> tuple[Misread, ...]:
    return read_customer_commands([directive(line) for line in lines], on_ticket=on_ticket, is_owner=is_owner)[1]


def test_every_example_is_understood_on_a_ticket_by_its_owner() -> None:
    examples = [directive(usage.example) for usage in CUSTOMER_VERBS.values() if usage.example != "!reopen"]

    commands, wrong = read_customer_commands(examples, on_ticket=True, is_owner=True)

    assert wrong == ()
    assert {command.verb for command in commands} == set(CustomerVerb) - {CustomerVerb.REOPEN}


@pytest.mark.parametrize(
    ("line", "reason", "nearest"),
    [
        ("!clsoe", "there is no such command", "!close"),
        ("!frobnicate", "there is no such command", None),
        ("!close now", "nothing may follow on this line; write the words below it", "!close"),
        ("!resend", "the number of one mail must follow", "!resend 17"),
        ("!resend ١٧", "the number of one mail must follow", "!resend 17"),
        ("!resend -1", "the number of one mail must follow", "!resend 17"),
        (f"!resend {'9' * 30}", "the number of one mail must follow", "!resend 17"),
        ("!add bob", "one mail address must follow", "!add bob@example.org"),
        ("!add a@b.example c@d.example", "one mail address must follow", "!add bob@example.org"),
        ("!add a@b.example\r\nBcc:x@y.example", "one mail address must follow", "!add bob@example.org"),
    ],
)
def test_a_line_that_is_not_understood_is_told_with_reason_and_example(
    line: str, reason: str, nearest: str | None
) -> None:
    assert misread(line) == (Misread(line, reason, nearest),)


def test_what_needs_a_ticket_or_the_owner_says_so() -> None:
    assert misread("!close", on_ticket=False)[0].reason == "this works in an answer to a mail of your ticket"
    assert misread("!add a@b.example", is_owner=False)[0].reason == "only the owner of your account can do this"


def test_a_command_stands_once_and_not_beside_its_contrary() -> None:
    assert misread("!close", "!close")[0].reason == "this command stands here twice"
    assert "contradicts" in misread("!reopen", "!close")[0].reason
    assert misread("!resend 1", "!resend 2") == ()


def test_only_what_would_do_something_is_valid_now() -> None:
    def names(state: State | None, *, is_owner: bool = True) -> set[str]:
        return {usage.example.split()[0] for usage in valid_now(state, is_owner=is_owner)}

    assert names(None) == {"!tickets", "!resend", "!search", "!help"}
    assert names(State.OPEN) - names(State.CLOSED) == {"!close"}
    assert names(State.CLOSED) - names(State.OPEN) == {"!reopen"}
    assert names(State.OPEN) - names(State.OPEN, is_owner=False) == {"!add"}


@given(st.lists(st.text(max_size=30), max_size=8), st.booleans(), st.booleans())
def test_every_line_is_a_command_or_told(lines: list[str], on_ticket: bool, is_owner: bool) -> None:
    directives = [directive(f"!{line}") for line in lines]

    commands, wrong = read_customer_commands(directives, on_ticket=on_ticket, is_owner=is_owner)

    assert len(commands) + len(wrong) == len(lines)
