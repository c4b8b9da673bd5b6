"""What staff may say of the open tickets: which lines are understood, and why the others are not."""

from datetime import UTC, datetime

import pytest

from mailgate.commands.directives import Directive
from mailgate.people import Staff
from mailgate.tickets.queue_verbs import QUEUE_VERBS, QueueCommand, QueueVerb, read_queue_commands
from mailgate.tickets.verbs import Clock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CLOCK = Clock(NOON, UTC)
ANNA = Staff(1, "Anna Berg", "anna@hosting.example")
JANE = Staff(2, "Jane Poole", "jane@hosting.example")
OTHER_JANE = Staff(3, "Jane Hall", "j.hall@hosting.example")
STAFF = (ANNA, JANE, OTHER_JANE)
LISTED = (1042, 1031, 977, 812)


def directives(*lines: str) -> list[Directive]:
    parts = [line.partition(" ") for line in lines]
    return [
        Directive(number, verb.lower(), argument, line)
        for number, (line, (verb, _, argument)) in enumerate(zip(lines, parts, strict=True), 1)
    ]


def test_every_verb_has_an_example_that_is_understood() -> None:
    assert set(QUEUE_VERBS) == set(QueueVerb)
    for verb, usage in QUEUE_VERBS.items():
        commands, misread = read_queue_commands(directives(usage.example), LISTED, staff=STAFF, clock=CLOCK)
        assert misread == ()
        assert [command.verb for command in commands] == [verb]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("1 mine", QueueCommand(QueueVerb.MINE, 1042)),
        ("2. CLOSE", QueueCommand(QueueVerb.CLOSE, 1031)),
        ("#3 wait 12h", QueueCommand(QueueVerb.WAIT, 977, until=NOON.replace(day=3, hour=0))),
        ("4: anna", QueueCommand(QueueVerb.GIVE, 812, to=ANNA)),
        ("4 j.hall@hosting.example", QueueCommand(QueueVerb.GIVE, 812, to=OTHER_JANE)),
    ],
)
def test_a_place_of_the_list_means_its_ticket(line: str, command: QueueCommand) -> None:
    read, misread = read_queue_commands(directives(line), LISTED, staff=STAFF, clock=CLOCK)

    assert (read, misread) == ((command,), ())


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["mine"], "a number of the list must stand first"),
        (["close 2"], "a number of the list must stand first"),
        (["5 mine"], "the list that you answer has no number 5"),
        (["0 mine"], "the list that you answer has no number 0"),
        (["1042 mine"], "the list that you answer has no number 1042"),
        (["1"], "this is neither a word that is known here nor the name of a colleague"),
        (["1 mine please"], "this is neither a word that is known here nor the name of a colleague"),
        (["1 mein"], "this is neither a word that is known here nor the name of a colleague"),
        (["1 mine", "1 close"], "number 1 stands here twice"),
        (["²  mine"], "a number of the list must stand first"),
    ],
)
def test_what_is_not_understood_is_explained(lines: list[str], reason: str) -> None:
    _, misread = read_queue_commands(directives(*lines), LISTED, staff=STAFF, clock=CLOCK)

    assert [(one.line, one.reason) for one in misread] == [(lines[-1], reason)]


def test_a_name_that_several_have_is_explained() -> None:
    _, [misread] = read_queue_commands(directives("1 jane"), LISTED, staff=STAFF, clock=CLOCK)

    assert "Jane Poole <jane@hosting.example>, Jane Hall <j.hall@hosting.example>" in misread.reason


def test_a_wait_in_the_past_is_explained() -> None:
    commands, misread = read_queue_commands(directives("1 wait 2020-01-01"), LISTED, staff=STAFF, clock=CLOCK)

    assert commands == ()
    assert misread[0].nearest == "3 wait 3d"
