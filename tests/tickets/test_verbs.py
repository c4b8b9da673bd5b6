"""Staff commands: which lines are understood, and why the others are not."""

import pytest

from mailgate.mail.directives import Directive
from mailgate.tickets.verbs import STAFF_VERBS, Command, Misread, StaffVerb, read_commands


def _directives(*lines: str) -> tuple[Directive, ...]:
    read = []
    for number, line in enumerate(lines, 1):
        verb, _, argument = line.removeprefix("!").partition(" ")
        read.append(Directive(number, verb.lower(), argument, line))
    return tuple(read)


def test_every_verb_says_how_it_is_used() -> None:
    assert set(STAFF_VERBS) == set(StaffVerb)
    assert all(usage.example.startswith(f"!{verb.value}") for verb, usage in STAFF_VERBS.items())


@pytest.mark.parametrize(
    ("lines", "commands"),
    [
        ((), ()),
        (("!close",), (Command(StaffVerb.CLOSE, ""),)),
        (("!note ask the bank",), (Command(StaffVerb.NOTE, "ask the bank"),)),
        (("!note", "!close"), (Command(StaffVerb.NOTE, ""), Command(StaffVerb.CLOSE, ""))),
    ],
)
def test_commands_on_a_ticket_that_are_understood(lines: tuple[str, ...], commands: tuple[Command, ...]) -> None:
    assert read_commands(_directives(*lines), on_ticket=True) == (commands, ())


def test_a_new_ticket_s_command_names_a_customer() -> None:
    commands, misread = read_commands(_directives("!customer anne@customer.example"), on_ticket=False)

    assert (commands, misread) == ((Command(StaffVerb.CUSTOMER, "anne@customer.example"),), ())


@pytest.mark.parametrize(
    ("line", "on_ticket", "reason", "nearest"),
    [
        ("!clos", True, "there is no such command", "!close"),
        ("!nte", True, "there is no such command", "!note"),
        ("!costumer a@b.example", False, "there is no such command", "!customer"),
        ("!refund", True, "there is no such command", None),
        ("!", True, "there is no such command", None),
        ("!close now", True, "nothing may follow on this line; write the words below it", "!close"),
        ("!close", False, "this works in an answer to a ticket's mail", None),
        ("!note x", False, "this works in an answer to a ticket's mail", None),
        (
            "!customer a@b.example",
            True,
            "this begins a new ticket; write a new mail to the desk's address",
            None,
        ),
        ("!customer", False, "one customer's mail address must follow", "!customer ann@example.org"),
        ("!customer Anne Miller", False, "one customer's mail address must follow", "!customer ann@example.org"),
        (
            "!customer a@b.example, c@d.example",
            False,
            "one customer's mail address must follow",
            "!customer ann@example.org",
        ),
    ],
)
def test_a_line_that_is_not_understood_says_why(line: str, on_ticket: bool, reason: str, nearest: str | None) -> None:
    assert read_commands(_directives(line), on_ticket=on_ticket) == ((), (Misread(line, reason, nearest),))


@pytest.mark.parametrize("lines", [("!close", "!close"), ("!note a", "!note b"), ("!note", "!note b")])
def test_a_command_stands_once(lines: tuple[str, str]) -> None:
    commands, misread = read_commands(_directives(*lines), on_ticket=True)

    assert len(commands) == 1
    assert misread == (Misread(lines[1], "this command stands here twice", None),)


def test_every_line_that_is_not_understood_is_listed() -> None:
    _, misread = read_commands(_directives("!a", "!close", "!b", "!c"), on_ticket=True)

    assert [line.line for line in misread] == ["!a", "!b", "!c"]
