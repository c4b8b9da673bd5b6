"""Staff commands: which lines are understood, and why the others are not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailgate.commands.directives import read_directives
from mailgate.commands.grammar import Reading, read
from mailgate.commands.misread import Fault
from mailgate.commands.place import Place, Where
from mailgate.commands.verb import Argument, Verb
from mailgate.mail.parse import parse
from mailgate.people import Staff
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs.staff import CLOSE, FOLLOW, MUTE, PREFILLED, REOPEN, SHOWN, STAFF, TAKE, Standing, idle
from tests.mail.mails import written

ANNA = Staff(1, "Anna Frost", "anna@hosting.example")
BART = Staff(2, "Bart Jones", "bart@hosting.example")


def place(where: Where = Where.TICKET) -> Place:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    return Place(where, now, ZoneInfo("Europe/Berlin"), staff=(ANNA, BART), writer=BART)


def reading(*lines: str, where: Where = Where.TICKET) -> Reading:
    return read(read_directives(parse(written("Subject: x", body="\n".join(lines)))), STAFF, place(where))


@pytest.mark.parametrize("where", [Where.TICKET, Where.NEW])
def test_every_example_is_understood_where_it_works(where: Where) -> None:
    for usage in STAFF.usage(place(where)):
        found = reading(usage["example"], where=where)

        assert found.misread == ()
        assert [command.verb.name for command in found.commands] == [usage["name"]]


@pytest.mark.parametrize("where", [Where.TICKET, Where.NEW])
@pytest.mark.parametrize(
    ("line", "name", "argument"),
    [
        ("!customer edit a@b.example", "customer edit", "a@b.example"),
        ("!Customer EDIT: a@b.example", "customer edit", "a@b.example"),
        ("**!customer edit** 7", "customer edit", "7"),
        ("!customer edit", "customer edit", ""),
        ("!customer note a@b.example Pays late.", "customer note", "a@b.example Pays late."),
    ],
)
def test_two_words_may_be_one_command(where: Where, line: str, name: str, argument: str) -> None:
    fields = ["name: Ann Smith"] if name == "customer edit" else []
    [command] = reading(line, *fields, where=where).commands

    assert (command.verb.name, command.argument.words) == (name, argument)
    assert list(command.fields) == [field.partition(":")[0] for field in fields]


def test_such_a_command_among_words_stops_the_mail() -> None:
    found = reading("Hello Anne,", "", "!customer note a@b.example Pays late.")

    assert [misread.fault for misread in found.misread] == [Fault.ASTRAY]


def test_what_a_notification_names_works_on_its_ticket() -> None:
    assert all(verb.works_in(place()) for verb in SHOWN)
    assert all(body.startswith(f"!{verb.name} ") for verb, body in PREFILLED.items())


@pytest.mark.parametrize(
    ("standing", "nothing"),
    [
        (Standing(State.OPEN), {REOPEN}),
        (Standing(State.ANSWERED), set()),
        (Standing(State.WAITING), set()),
        (Standing(State.CLOSED), {CLOSE}),
        (Standing(State.OPEN, is_theirs=True), {REOPEN, TAKE, MUTE}),  # whose it is hears of it
        (Standing(State.OPEN, follows=True), {REOPEN, FOLLOW}),
        (Standing(State.OPEN, mutes=True), {REOPEN, MUTE}),
    ],
)
def test_what_would_change_nothing_is_known_by_how_a_ticket_stands(standing: Standing, nothing: set[Verb]) -> None:
    assert idle(standing) == nothing


@pytest.mark.parametrize(
    ("line", "where", "fault", "shown"),
    [
        ("!clos", Where.TICKET, Fault.UNKNOWN, "!close"),
        ("!nte", Where.TICKET, Fault.UNKNOWN, "!note"),
        ("!costumer a@b.example", Where.NEW, Fault.UNKNOWN, "!customer a@b.example"),
        ("!reward", Where.TICKET, Fault.UNKNOWN, None),
        ("!", Where.TICKET, Fault.UNKNOWN, None),
        ("!close now", Where.TICKET, Fault.NOTHING_BELONGS, "!close"),
        ("!close", Where.NEW, Fault.TICKET_ONLY, None),
        ("!note x", Where.NEW, Fault.TICKET_ONLY, None),
        ("!customer a@b.example", Where.TICKET, Fault.NEW_ONLY, None),
        ("!customer", Where.NEW, Fault.ADDRESS_BELONGS, "!customer ann@example.org"),
        ("!customer Anne Miller", Where.NEW, Fault.ADDRESS_BELONGS, "!customer ann@example.org"),
        ("!customer a@b.example, c@d.example", Where.NEW, Fault.ADDRESS_BELONGS, "!customer ann@example.org"),
        ("!assign", Where.TICKET, Fault.COLLEAGUE_BELONGS, "!assign anna"),
        ("!assign nora", Where.TICKET, Fault.NO_COLLEAGUE, "!assign anna"),
        ("!merge", Where.TICKET, Fault.TICKET_BELONGS, "!merge 812"),
        ("!merge 0", Where.TICKET, Fault.TICKET_BELONGS, "!merge 812"),
        ("!merge 1 2", Where.TICKET, Fault.TICKET_BELONGS, "!merge 812"),
        ("!wait", Where.TICKET, Fault.TIME_BELONGS, "!wait 3d"),
        ("!away", Where.TICKET, Fault.ABSENCE_BELONGS, "!away until 2026-03-09"),
        ("!away until", Where.NEW, Fault.ABSENCE_BELONGS, "!away until 2026-03-09"),
        ("!take it", Where.TICKET, Fault.NOTHING_BELONGS, "!take"),
    ],
)
def test_a_line_that_is_not_understood_says_why_and_how_it_is_written(
    line: str, where: Where, fault: Fault, shown: str | None
) -> None:
    [misread] = reading(line, where=where).misread

    assert (misread.line, misread.fault, misread.correct or misread.example) == (line, fault, shown)


@pytest.mark.parametrize(
    ("line", "argument"),
    [
        ("!wait 3d", Argument(until=datetime(2026, 3, 5, 9, tzinfo=UTC))),
        ("!assign Anna", Argument("Anna", person=ANNA)),
        ("!merge #812", Argument(number=812)),
        ("!merge 812", Argument(number=812)),
        ("!note ask the bank", Argument("ask the bank")),
        ("!note: ask the bank", Argument("ask the bank")),
        ("!away off", Argument()),
        ("!away until 2026-03-09", Argument(until=datetime(2026, 3, 8, 23, tzinfo=UTC))),
        (
            "!away UNTIL 2026-03-09 Anna  Frost",
            Argument("Anna Frost", datetime(2026, 3, 8, 23, tzinfo=UTC), person=ANNA),
        ),
    ],
)
def test_an_argument_becomes_what_it_means(line: str, argument: Argument) -> None:
    found = reading(line)

    assert [command.argument for command in found.commands] == [argument]
    assert found.misread == ()


@pytest.mark.parametrize("one", STAFF.verbs, ids=lambda verb: verb.name)
@pytest.mark.parametrize("other", STAFF.verbs, ids=lambda verb: verb.name)
def test_contradictions_hold_both_ways_and_name_commands_that_there_are(one: Verb, other: Verb) -> None:
    assert one.contradicts(other) == other.contradicts(one)
    assert one.contraries <= set(STAFF.by_name)


@pytest.mark.parametrize(
    "lines", [("!close", "!wait 3d"), ("!take", "!assign anna"), ("!note", "!undo"), ("!help", "!close")]
)
def test_commands_that_cannot_both_be_meant_are_refused(lines: tuple[str, str]) -> None:
    [misread] = reading(*lines).misread

    assert (misread.line, misread.fault) == (lines[1], Fault.CONTRARY)
    assert misread.values == {"other": lines[0].split()[0]}


@pytest.mark.parametrize(
    "lines", [("!note", "!assign anna"), ("!wait 3d", "!take"), ("!note ok", "!merge 8"), ("!take", "!close")]
)
def test_commands_that_make_sense_together_stand_together(lines: tuple[str, str]) -> None:
    found = reading(*lines)

    assert (len(found.commands), found.misread) == (2, ())


@pytest.mark.parametrize("lines", [("!close", "!close"), ("!note a", "!note b"), ("!note", "!note b")])
def test_a_command_stands_once(lines: tuple[str, str]) -> None:
    [misread] = reading(*lines).misread

    assert (misread.line, misread.fault) == (lines[1], Fault.TWICE)
