"""Decisions on held mail: which lines are understood, and why the others are not."""

import pytest

from mailgate.commands.directives import Directive
from mailgate.tickets.held_verbs import HELD_VERBS, HeldCommand, HeldVerb, read_held_commands

LISTED = {3, 4, 5, 6, 7}


def directives(*lines: str) -> list[Directive]:
    parts = [line.partition(" ") for line in lines]
    return [
        Directive(number, verb.lower(), argument, line)
        for number, (line, (verb, _, argument)) in enumerate(zip(lines, parts, strict=True), 1)
    ]


def test_every_verb_has_an_example_that_is_understood() -> None:
    assert set(HELD_VERBS) == set(HeldVerb)
    for verb, usage in HELD_VERBS.items():
        commands, misread = read_held_commands(directives(usage.example), LISTED)
        assert misread == ()
        assert {command.verb for command in commands} == {verb}


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("release 3 7", [(HeldVerb.RELEASE, 3, ""), (HeldVerb.RELEASE, 7, "")]),
        ("RELEASE #3, 7,5", [(HeldVerb.RELEASE, 3, ""), (HeldVerb.RELEASE, 7, ""), (HeldVerb.RELEASE, 5, "")]),
        ("register 6 Ann  Miller 2", [(HeldVerb.REGISTER, 6, "Ann Miller 2")]),
    ],
)
def test_numbers_are_read_as_people_write_them(line: str, commands: list[tuple[HeldVerb, int, str]]) -> None:
    read, misread = read_held_commands(directives(line), LISTED)

    assert misread == ()
    assert list(read) == [HeldCommand(*command) for command in commands]


@pytest.mark.parametrize(
    ("lines", "reason", "nearest"),
    [
        (["relase 3"], "there is no such decision", "release 3 7"),
        (["good"], "there is no such decision", None),
        (["release"], "the numbers of mails must follow, and nothing else", "release 3 7"),
        (["release all"], "the numbers of mails must follow, and nothing else", "release 3 7"),
        (["spam 4 now"], "the numbers of mails must follow, and nothing else", "spam 4"),
        (["spam 9"], "mail 9 is not in the list that you answer", None),
        (["register 6"], "one number and the customer's name must follow", "register 6 Ann Miller"),
        (["register Ann Miller"], "one number and the customer's name must follow", "register 6 Ann Miller"),
        (["release 3", "spam 3"], "mail 3 stands here twice", None),
        (["release 4 4"], "mail 4 stands here twice", None),
    ],
)
def test_what_is_not_understood_is_explained(lines: list[str], reason: str, nearest: str | None) -> None:
    _, misread = read_held_commands(directives(*lines), LISTED)

    assert [(one.line, one.reason, one.nearest) for one in misread] == [(lines[-1], reason, nearest)]
