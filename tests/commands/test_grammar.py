"""The grammar: lines and a table of verbs become commands, or each is told with what is wrong and what was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.grammar import read
from mailgate.commands.misread import Fault, Misread, as_values
from mailgate.commands.place import Place, Where
from mailgate.commands.verb import Argument, Table
from mailgate.people import Role, Staff
from tests.commands.house import BERLIN, FRED, HELD, HOUSE, LISTED, NOW, QUEUE, directives, place, reading

TABLES = (HOUSE, HELD, QUEUE)


def verbs(body: str, table: Table = HOUSE, where: Place | None = None) -> list[str]:
    found = reading(body, table, where)
    assert found.misread == ()
    return [command.verb.name for command in found.commands]


def faults(body: str, table: Table = HOUSE, where: Place | None = None) -> list[Fault]:
    return [one.fault for one in reading(body, table, where).misread]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("staff", [(), (FRED,), (Staff(7, "Mine Wait", "m@x.example"),)])
@pytest.mark.parametrize("listed", [{}, {17: 17}, LISTED])
def test_every_example_is_understood_where_it_is_shown(
    table: Table, staff: tuple[Staff, ...], listed: dict[int, int]
) -> None:
    for where in (Where.TICKET, Where.NEW):
        here = Place(where, NOW, BERLIN, staff=staff or (FRED,), listed=listed or {3: 3, 7: 7})
        for usage in table.usage(here):
            assert verbs(usage["example"], table, here) == [usage["name"]] * (
                2 if usage["name"] == "release" and len(here.listed) > 1 else 1
            )


def test_examples_name_what_there_is() -> None:
    here = place()

    shown = {one["name"]: one["example"] for table in TABLES for one in table.usage(here)}

    assert shown["assign"] == "!assign fred"
    assert shown["away"] == "!away until 2026-03-09"
    assert (shown["release"], shown["mine"], shown["wait"]) == ("release 1 2", "1 mine", "2 wait 3d")
    assert shown["give"] == "3 fred"


def test_words_stand_below_commands_and_commands_keep_their_order() -> None:
    found = reading("!close\n!assign Fred  Frost\n\nIt works.\n")

    assert [command.verb.name for command in found.commands] == ["close", "assign"]
    assert found.commands[1].argument == Argument("Fred Frost", person=FRED)
    assert found.words == "It works."


@pytest.mark.parametrize(
    "line",
    [
        "**!close**", "*!close*", "__!close__", "_!close_", "`!close`", "***!close***", "**!close** ",
        "！close", "！ close", "\u200b!close", "\ufeff!close", "\u00a0!close", "\u2060\u200e!close",
        "- !close", "* !close", "• !close", "•!close", "– !close", "- **!close**",
        "!Close.", "!close!", "!close:", "!\u00a0close",
    ],
)  # fmt: skip
def test_a_mark_that_missed_narrowly_is_a_command(line: str) -> None:
    found = reading(f"{line}\n\nThanks.\n")

    assert [command.verb.name for command in found.commands] == ["close"]
    assert (found.misread, found.words) == ((), "Thanks.")


def test_emphasis_ends_where_the_command_does_not() -> None:
    assert reading("**!assign** Fred Frost\n").commands[0].argument.person == FRED


@pytest.mark.parametrize(
    "words",
    [
        "!Hola!",
        "!Hola! Qué tal",
        "![a picture](http://x.org/p.png)",
        "!!! URGENT",
        "! ! !",
        "!¡Hola!",
        "!don't do that",
        "!1",
    ],
)
def test_a_first_line_that_is_plainly_no_command_is_words(words: str) -> None:
    found = reading(f"{words}\nIt works.\n")

    assert (found.commands, found.misread) == ((), ())
    assert found.words == f"{words}\nIt works."


@pytest.mark.parametrize(
    ("line", "fault", "correct", "example"),
    [
        ("!clsoe", Fault.UNKNOWN, "!close", None),
        ("!clsoe!", Fault.UNKNOWN, "!close", None),
        ("!asign fred", Fault.UNKNOWN, "!assign fred", None),
        ("!asign nora", Fault.UNKNOWN, None, "!assign fred"),
        ("!frobnicate", Fault.UNKNOWN, None, None),
        ("!", Fault.UNKNOWN, None, None),
        ("!costumer a@b.example", Fault.UNKNOWN, None, None),  # it would not work here
        ("!close now", Fault.NOTHING_BELONGS, None, "!close"),
        ("!assign", Fault.COLLEAGUE_BELONGS, None, "!assign fred"),
        ("!assign nora", Fault.NO_COLLEAGUE, None, "!assign fred"),
        ("!assign jane", Fault.SEVERAL_COLLEAGUES, None, "!assign fred"),
        ("!away", Fault.ABSENCE_BELONGS, None, "!away until 2026-03-09"),
        ("!away until", Fault.ABSENCE_BELONGS, None, "!away until 2026-03-09"),
        ("!away until soon", Fault.NO_TIME, None, "!away until 2026-03-09"),
        ("!away until 2026-01-01", Fault.PAST, None, "!away until 2026-03-09"),
        ("!away until 2029-01-01", Fault.TOO_FAR, None, "!away until 2026-03-09"),
        ("!away until 2026-03-20 nora", Fault.NO_COLLEAGUE, None, "!away until 2026-03-09"),
        ("!pay ١٧", Fault.MAIL_BELONGS, None, "!pay 17"),
        ("!order", Fault.NAME_BELONGS, None, "!order business-linux"),
        ("!customer a@b.example", Fault.NEW_ONLY, None, None),
    ],
)
def test_a_line_that_is_not_understood_says_why_and_what_was_meant(
    line: str, fault: Fault, correct: str | None, example: str | None
) -> None:
    [misread] = reading(line).misread

    assert (misread.line, misread.fault, misread.correct, misread.example) == (line, fault, correct, example)


def test_where_and_for_whom_a_command_works() -> None:
    general = frozenset({Role.GENERAL})

    assert faults("!close", where=place(Where.NEW)) == [Fault.TICKET_ONLY]
    assert verbs("!customer a@b.example<mailto:a@b.example>,", where=place(Where.NEW)) == ["customer"]
    assert faults("!pay 17", where=place(roles=general)) == [Fault.ROLE]
    assert reading("!pay 17", where=place(roles=general)).misread[0].values == {"roles": "invoice"}
    assert verbs("!pay 17", where=place(roles=frozenset({Role.INVOICE}))) == ["pay"]
    assert verbs("!pay 17", where=place(roles=frozenset({Role.OWNER}))) == ["pay"]
    assert [one["name"] for one in HOUSE.usage(place(roles=general))] == [
        "order", "dns", "close", "reopen", "assign", "away",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "fault", "values"),
    [
        ("!close\n!close", Fault.TWICE, {}),
        ("!assign fred\n!assign bart", Fault.TWICE, {}),
        ("!order basic\n!order basic", Fault.TWICE, {}),
        ("!close\n!reopen", Fault.CONTRARY, {"other": "!close"}),
        ("!reopen\n!close", Fault.CONTRARY, {"other": "!reopen"}),
        ("!away off\n!close", Fault.CONTRARY, {"other": "!away"}),
        ("!close\n!away off", Fault.CONTRARY, {"other": "!close"}),
    ],
)
def test_what_cannot_stand_together_is_told(lines: str, fault: Fault, values: dict[str, str]) -> None:
    [misread] = reading(lines).misread

    assert (misread.line, misread.fault, misread.values) == (lines.split("\n")[1], fault, values)


def test_some_commands_may_stand_several_times_about_different_things() -> None:
    assert verbs("!order basic\n!order other") == ["order", "order"]


def test_every_line_that_is_not_understood_is_told() -> None:
    found = reading("!a\n!close\n!b\n!clsoe\n")

    assert [one.line for one in found.misread] == ["!a", "!b", "!clsoe"]


def test_past_twenty_commands_none_is_read() -> None:
    found = reading("!close\n" * 19 + "!order a\n!order b\n" + "!close\n" * 20 + "Thanks.")

    assert found.commands == ()
    assert found.misread == (Misread("!order b", Fault.TOO_MANY, {"most": "20", "count": "41"}),)
    assert found.words == "Thanks."


def test_the_corrected_mail_has_every_line_when_it_is_plain_what_each_meant() -> None:
    assert reading("!clsoe\n!Assign  fred\n!close\n!assign fred").corrected == ("!close", "!assign fred")
    assert reading("!clsoe\n!assign nora").corrected == ()
    assert reading("!clsoe\n!reopen\n!close").corrected == ()
    assert reading("!close").corrected == ()


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("release 3 2", [977, 1031]),
        ("3 2 release", [977, 1031]),
        ("RELEASE #3, 2,1", [977, 1031, 1042]),
        ("#3: release", [977]),
        ("- release 3", [977]),
        ("*release 3*", [977]),
        ("!release 3", [977]),
    ],
)
def test_numbers_of_a_list_stand_on_either_side(line: str, items: list[int]) -> None:
    found = reading(line, HELD)

    assert found.misread == ()
    assert [command.argument.number for command in found.commands] == items


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("register 3 Ann  Miller 2", "Ann Miller 2"),
        ("3 register Ann Miller", "Ann Miller"),
        ("register Miller, Ann 3", "Miller, Ann"),
    ],
)
def test_words_beside_the_number_are_the_verb_s(line: str, name: str) -> None:
    [command] = reading(line, HELD).commands

    assert command.argument == Argument(name, number=977)


@pytest.mark.parametrize(
    ("line", "verb", "item"),
    [
        ("1 mine", "mine", 1042), ("mine 1", "mine", 1042), ("2. MINE", "mine", 1031), ("2) mine.", "mine", 1031),
        ("3 wait 12h", "wait", 977), ("wait 3 12h", "wait", 977), ("wait 12h 3", "wait", 977),
        ("wait 3 2026-03-09", "wait", 977), ("3 fred", "give", 977), ("fred 3", "give", 977),
        ("Fred Frost 3", "give", 977), ("3 give fred", "give", 977), ("3 j.hall@hosting.example", "give", 977),
    ],
)  # fmt: skip
def test_a_place_of_a_list_means_what_stands_there(line: str, verb: str, item: int) -> None:
    [command] = reading(line, QUEUE).commands

    assert (command.verb.name, command.argument.number) == (verb, item)


def test_a_colleague_who_is_called_like_a_command_can_be_named_in_full() -> None:
    mine = Staff(9, "Mine Öz", "mine@hosting.example")
    here = Place(Where.NEW, NOW, BERLIN, staff=(mine,), listed=LISTED)

    assert verbs("1 mine", QUEUE, here) == ["mine"]
    assert verbs("1 Mine Öz", QUEUE, here) == ["give"]


@pytest.mark.parametrize(
    ("lines", "fault", "correct", "example"),
    [
        (["relase 3"], Fault.UNKNOWN, "release 3", None),
        (["3 relase"], Fault.UNKNOWN, "release 3", None),
        (["relase"], Fault.UNKNOWN, None, "release 1 2"),
        (["good"], Fault.UNKNOWN, None, None),
        (["please let it in"], Fault.UNKNOWN, None, "release 1 2"),
        (["release"], Fault.NUMBER_BELONGS, None, "release 1 2"),
        (["release all"], Fault.NUMBER_BELONGS, None, "release 1 2"),
        (["release 3 now"], Fault.NOTHING_MORE, None, "release 3"),
        (["release 9"], Fault.NOT_LISTED, None, None),
        (["relase 9"], Fault.UNKNOWN, None, None),
        (["register 3"], Fault.NAME_BELONGS, None, "register 3 Ann Miller"),
        (["register Ann Miller"], Fault.NUMBER_BELONGS, None, "register 2 Ann Miller"),
        (["release 3", "register 3 Ann"], Fault.NUMBER_TWICE, None, None),
        (["release 2 2"], Fault.NUMBER_TWICE, None, None),
        (["3"], Fault.NOTHING_SAID, None, "release 3"),
        (["² release"], Fault.UNKNOWN, None, None),
    ],
)
def test_a_decision_that_is_not_understood_says_why(
    lines: list[str], fault: Fault, correct: str | None, example: str | None
) -> None:
    [misread] = reading("\n".join(lines), HELD).misread

    assert (misread.line, misread.fault, misread.correct, misread.example) == (lines[-1], fault, correct, example)


@pytest.mark.parametrize(
    ("line", "fault", "correct", "example"),
    [
        ("1 mein", Fault.NOBODY, "1 mine", None),
        ("1 nobody-here", Fault.NOBODY, None, None),
        ("1 jane", Fault.SEVERAL_COLLEAGUES, None, None),
        ("1 mine please", Fault.NOTHING_MORE, None, "1 mine"),
        ("mine", Fault.NUMBER_BELONGS, None, "1 mine"),
        ("wait 3d", Fault.NUMBER_BELONGS, None, "2 wait 3d"),
        ("3 wait", Fault.TIME_BELONGS, None, "3 wait 3d"),
        ("0 mine", Fault.NOT_LISTED, None, None),
        ("1042 mine", Fault.NOT_LISTED, None, None),
    ],
)
def test_a_line_about_the_queue_that_is_not_understood_says_why(
    line: str, fault: Fault, correct: str | None, example: str | None
) -> None:
    [misread] = reading(line, QUEUE).misread

    assert (misread.line, misread.fault, misread.correct, misread.example) == (line, fault, correct, example)


def test_what_a_template_is_given_is_plain_values() -> None:
    [values] = as_values(reading("!assign nora").misread)

    assert values == {
        "line": "!assign nora",
        "fault": "no-colleague",
        "given": {"words": "nora"},
        "correct": None,
        "example": "!assign fred",
    }


PIECES = st.sampled_from(
    ["!close", "!clsoe", "!order basic", "!oder x", "domain: x.org", "domian: y.org", "remark: hello", "", "!!!", "Hi",
     "release 3", "3 relase", "1 mine", "2", "wait 3d 1", "** !close", "> quoted", "-- ", "!away off", "x: y", "!Hola!",
     "!reopen"],
)  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.text(max_size=30)), max_size=30), st.sampled_from(TABLES))
def test_reading_never_fails_and_what_is_corrected_is_understood(lines: list[str], table: Table) -> None:
    found = reading("\n".join(lines), table)

    if found.corrected:
        again = read(directives("\n".join(found.corrected), marked=not table.numbered), table, place())
        assert again.misread == ()


@given(st.lists(st.text(max_size=40), max_size=22))
def test_every_line_with_a_mark_is_a_command_or_told_or_the_mail_is_words(lines: list[str]) -> None:
    found = directives("\n".join(f"!{line}" for line in lines))

    reading_ = read(found, HOUSE, place())

    if reading_.words != found.whole:
        assert len(reading_.commands) + len(reading_.misread) == len(found.directives) or found.excess


@pytest.mark.parametrize("long", [" ", "\u200b ", "x", "1,", "* ", "x: ", "<", "**"])
def test_a_line_without_end_is_words_or_a_mistake_and_hides_no_command(long: str) -> None:
    order, close, release = f"!order basic\n{long * 50_000}x", f"{long * 50_000}!close", f"release {long * 50_000}x"

    assert [str(one.verb.name) for one in reading(order).commands] == ["order"]
    closing = reading(close)
    assert closing.commands or closing.misread or closing.words.endswith("!close")
    assert (reading(release).commands, reading(release).words.startswith("release")) == ((), True)
    assert [reading(body, HELD).commands for body in (order, close, release)] == [()] * 3
    assert all(reading(body, HELD).misread or reading(body, HELD).words for body in (order, close, release))
