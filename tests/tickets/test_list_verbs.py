"""What staff may say in answers to lists: each row is written as its example says, with what the list has."""

from datetime import UTC, datetime

import pytest

from mailgate.commands.directives import read_directives
from mailgate.commands.grammar import Reading, read
from mailgate.commands.misread import Fault
from mailgate.commands.place import Place, Where
from mailgate.commands.verb import Table
from mailgate.mail.parse import parse
from mailgate.people import Staff
from mailgate.tickets.verbs.lists import HELD, QUEUE
from tests.mail.mails import written

ANNA = Staff(1, "Anna Berg", "anna@hosting.example")
JANE = Staff(2, "Jane Poole", "jane@hosting.example")


def place(*numbers: int) -> Place:
    listed = dict(zip(numbers, numbers, strict=True))
    return Place(Where.NEW, datetime(2026, 3, 2, 12, tzinfo=UTC), UTC, staff=(ANNA, JANE), writer=JANE, listed=listed)


def reading(line: str, table: Table, *numbers: int) -> Reading:
    return read(read_directives(parse(written("Subject: x", body=line)), marked=False), table, place(*numbers))


@pytest.mark.parametrize("table", [HELD, QUEUE])
@pytest.mark.parametrize("numbers", [(17,), (3, 7), (3, 4, 5, 6, 7)])
def test_every_example_is_understood_with_the_numbers_of_the_list(table: Table, numbers: tuple[int, ...]) -> None:
    for usage in table.usage(place(*numbers)):
        found = reading(usage["example"], table, *numbers)

        assert found.misread == ()
        assert {command.verb.name for command in found.commands} == {usage["name"]}


def test_what_is_shown_has_numbers_and_people_that_there_are() -> None:
    assert [one["example"] for one in HELD.usage(place(8, 9))] == [
        "release 8 9", "spam 9", "refuse 8", "allow 9", "register 8 Ann Miller",
    ]  # fmt: skip
    assert [one["example"] for one in QUEUE.usage(place(1))] == ["1 mine", "1 close", "1 wait 3d", "1 anna"]


def test_a_decision_is_about_nothing_that_the_list_did_not_name() -> None:
    [misread] = reading("spam 9", HELD, 3, 4).misread

    assert (misread.fault, misread.values) == (Fault.NOT_LISTED, {"number": "9"})
