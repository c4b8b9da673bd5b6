"""Staff commands: which lines are understood, and why the others are not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailgate.commands.directives import Directive
from mailgate.tickets.verbs import STAFF_VERBS, Argument, Clock, Command, Misread, StaffVerb, read_commands
from mailgate.tickets.verbs.table import contradict

CLOCK = Clock(datetime(2026, 3, 2, 9, tzinfo=UTC), ZoneInfo("Europe/Berlin"))


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
        (("!close",), (Command(StaffVerb.CLOSE),)),
        (("!note ask the bank",), (Command(StaffVerb.NOTE, Argument("ask the bank")),)),
        (("!note", "!close"), (Command(StaffVerb.NOTE), Command(StaffVerb.CLOSE))),
    ],
)
def test_commands_on_a_ticket_that_are_understood(lines: tuple[str, ...], commands: tuple[Command, ...]) -> None:
    assert read_commands(_directives(*lines), on_ticket=True, clock=CLOCK) == (commands, ())


def test_a_new_ticket_s_command_names_a_customer() -> None:
    commands, misread = read_commands(_directives("!customer anne@customer.example"), on_ticket=False, clock=CLOCK)

    assert (commands, misread) == ((Command(StaffVerb.CUSTOMER, Argument("anne@customer.example")),), ())


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
    assert read_commands(_directives(line), on_ticket=on_ticket, clock=CLOCK) == ((), (Misread(line, reason, nearest),))


@pytest.mark.parametrize("lines", [("!close", "!close"), ("!note a", "!note b"), ("!note", "!note b")])
def test_a_command_stands_once(lines: tuple[str, str]) -> None:
    commands, misread = read_commands(_directives(*lines), on_ticket=True, clock=CLOCK)

    assert len(commands) == 1
    assert misread == (Misread(lines[1], "this command stands here twice", None),)


@pytest.mark.parametrize(
    ("line", "argument"),
    [
        ("!wait 3d", Argument(until=datetime(2026, 3, 5, 9, tzinfo=UTC))),
        ("!assign Anna", Argument("Anna")),
        ("!merge #812", Argument(number=812)),
        ("!merge 812", Argument(number=812)),
        ("!away off", Argument()),
        ("!away until 2026-03-09", Argument(until=datetime(2026, 3, 8, 23, tzinfo=UTC))),
        ("!away UNTIL 2026-03-09 Anna  Frost", Argument("Anna Frost", datetime(2026, 3, 8, 23, tzinfo=UTC))),
    ],
)
def test_an_argument_becomes_what_it_means(line: str, argument: Argument) -> None:
    [command], misread = read_commands(_directives(line), on_ticket=True, clock=CLOCK)

    assert (command.argument, misread) == (argument, ())


@pytest.mark.parametrize(
    "line", ["!assign", "!merge", "!merge 0", "!merge 1 2", "!wait", "!away", "!away until", "!take it"]
)
def test_an_argument_that_is_none_is_answered_with_how_it_is_written(line: str) -> None:
    commands, [misread] = read_commands(_directives(line), on_ticket=True, clock=CLOCK)

    assert commands == ()
    assert misread.nearest == STAFF_VERBS[StaffVerb(line[1:].split(maxsplit=1)[0])].example


@pytest.mark.parametrize("one", StaffVerb)
@pytest.mark.parametrize("other", StaffVerb)
def test_contradictions_hold_both_ways(one: StaffVerb, other: StaffVerb) -> None:
    assert contradict(one, other) == contradict(other, one)


@pytest.mark.parametrize(
    "lines", [("!close", "!wait 3d"), ("!take", "!assign anna"), ("!note", "!undo"), ("!help", "!close")]
)
def test_commands_that_cannot_both_be_meant_are_refused(lines: tuple[str, str]) -> None:
    _, [misread] = read_commands(_directives(*lines), on_ticket=True, clock=CLOCK)

    assert misread == Misread(lines[1], f"this cannot stand beside {lines[0].split()[0]}", None)


@pytest.mark.parametrize(
    "lines", [("!note", "!assign anna"), ("!wait 3d", "!take"), ("!note ok", "!merge 8"), ("!take", "!close")]
)
def test_commands_that_make_sense_together_stand_together(lines: tuple[str, str]) -> None:
    commands, misread = read_commands(_directives(*lines), on_ticket=True, clock=CLOCK)

    assert (len(commands), misread) == (2, ())


def test_every_line_that_is_not_understood_is_listed() -> None:
    _, misread = read_commands(_directives("!a", "!close", "!b", "!c"), on_ticket=True, clock=CLOCK)

    assert [line.line for line in misread] == ["!a", "!b", "!c"]
