"""A word about all of a list stands without a number; about lines of it there are numbers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailgate.commands.directives import directive
from mailgate.commands.misread import Fault
from mailgate.commands.numbered import read_numbered
from mailgate.commands.place import Place, Where
from mailgate.tickets.verbs.lists import GO, HOLD, TOMORROW

PLACE = Place(Where.NEW, datetime(2026, 3, 2, tzinfo=UTC), UTC, listed={1: 71, 2: 72})


@pytest.mark.parametrize("line", ["go", "Go", "go."])
def test_go_is_about_the_list_by_any_of_its_lines(line: str) -> None:
    [command] = read_numbered(directive(0, line, line), TOMORROW, PLACE).commands

    assert command.verb is GO
    assert command.argument.number in PLACE.listed.values()


@pytest.mark.parametrize("line", ["go 2", "go home", "2 go"])
def test_nothing_stands_beside_go(line: str) -> None:
    found = read_numbered(directive(0, line, line), TOMORROW, PLACE)

    assert found.commands == ()
    assert found.misread is not None
    assert (found.misread.fault, found.misread.example) == (Fault.NOTHING_MORE, "go")


def test_hold_takes_several_numbers_and_none_that_is_not_listed() -> None:
    held = read_numbered(directive(0, "hold 1 2", "hold 1 2"), TOMORROW, PLACE)
    other = read_numbered(directive(0, "hold 3", "hold 3"), TOMORROW, PLACE)
    none = read_numbered(directive(0, "hold", "hold"), TOMORROW, replace(PLACE, listed={1: 71}))

    assert [(one.verb, one.argument.number) for one in held.commands] == [(HOLD, 71), (HOLD, 72)]
    assert other.misread is not None
    assert other.misread.fault is Fault.NOT_LISTED
    assert none.misread is not None
    assert none.misread.fault is Fault.NUMBER_BELONGS
