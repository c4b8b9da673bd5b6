"""Commands that missed the top of a mail: whatever is around them, a private word is found before it goes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.grammar import Reading, read
from mailgate.commands.misread import Fault
from mailgate.commands.place import Where
from mailgate.tickets.verbs.customers import CUSTOMERS
from mailgate.tickets.verbs.staff import NOTE, STAFF
from tests.commands.house import directives, place

SECRET = "This one never pays."

# Each is a way in which a mail program, an editor or a hurried hand writes the line.
DRESSES = [
    "!note", "! note", "!\u00a0note", "!Note.", "!NOTE:", "!note - internal", "!note!", "!note;", "!!note",
    "<b>!note</b>", "*!note*", "**!note**", "***!note***", "_!note_", "__!note__", "~~!note~~", "**!**note",
    "!**note**", "*!*note", "**_!note_**", "`!note`", "``!note``", "```!note```", "```\n!note\n```", "~~~\n!note",
    "\\!note", "\\\\!note", "- !note", "* !note", "+ !note", "\u2022 !note", "\u00b7\t!note", "o   !note", "1. !note",
    "1) !note", "(1) !note", "a) !note", "[ ] !note", "[x] !note", "# !note", "### !note ###", "> !note", ">> !note",
    "-> !note", "\u2192 !note", "=> !note", "| !note |", "|| !note", "(!note)", "[!note]", "{!note}", "<!note>",
    "\u00ab !note \u00bb", '"!note"', "\u201c!note\u201d", "\u201e!note\u201c", "'!note'", "\u2018!note\u2019",
    "\u2013 !note", "\u2014!note", "--- !note", "=== !note ===", ": !note", ", !note", "... !note", "/!note",
    "//!note", "/* !note */", "<!-- !note -->", "%!note", "\uff01note", "\ufe57note", "\ufe15note",
    "\uff01\uff4e\uff4f\uff54\uff45", "\uff01\u3000note", "\u203cnote", "\u2757note", "\u2757\ufe0f note",
    "\u2755note", "\u00a1note!", "\u01c3note", "\U0001f512 !note", "\u26a0\ufe0f !note", "\u200b!note", "!\u200bnote",
    "!no\u00adte", "!n\u2060ote", "\ufeff!note", "\u200e!note", "\u202b!note\u202c", "\u2067!note\u2069",
    "\u00ad!\u00adn\u00ado\u00adt\u00ade", "!n\u0332o\u0332t\u0332e\u0332", "!no\u0301te", "\x00!note", "\x08!note",
    "\x1b!note", "\u2800!note", "\u3164!note", "\ufffd!note", "!\U0001d427\U0001d428te", "!\nnote", "**!**\n**note**",
    "!noet", "!ntoe", "!notes", "!nota",
    "!n\u043ete", "!not", "Bart: !note", "Intern !note", "Hello,\u2028!note", "Hello,\x0b!note", "Hello,\x0c!note",
    "Hello,\x85!note", "Hello Anne, !note", "P.S. (!note)",
]  # fmt: skip

AROUND = [
    "{}",
    "Hello Anne,\n\n{}",
    "Hello Anne,\n{}",
    "It works again.\n\n{}\n\nKind regards\nBart",
    "> Does it work?\n\nYes, it does.\n\n> Since when?\n\n{}",
    "!take\n\nHello Anne,\n\n{}",
    "!Hola!\n\n{}",
    "!Hola!\n{}",
    "---------- Forwarded message ---------\nFrom: Cris <cris@elm.example>\n\n{}",
]


def read_staff(body: str, subject: str = "Re: [#1042] No mail") -> Reading:
    return read(directives(body, subject=subject), STAFF, place())


def goes_out(body: str, subject: str = "Re: [#1042] No mail") -> bool:
    found = read_staff(body, subject)
    return not found.misread and SECRET in found.words and not any(one.verb is NOTE for one in found.commands)


@pytest.mark.parametrize("dress", DRESSES)
def test_what_stands_below_a_note_goes_out_in_no_dress(dress: str) -> None:
    for around in AROUND:
        assert not goes_out(around.format(f"{dress}\n{SECRET}")), around
        assert not goes_out(around.format(f"{dress}\n\n{SECRET}")), around


UNSEEN = st.text(alphabet="\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u2060\u2066\ufeff\ufe0f\u034f\u180e", max_size=3)
LIST_MARK = st.sampled_from(["", "- ", "* ", "\u2022 ", "\u25e6 ", "1. ", "2) ", "a. ", "[ ] ", "# ", "\u2013 ", "-> "])
OPENED = st.text(alphabet="*_`~\"'([{<\u201c\u201e\u00ab ", max_size=5)
CLOSED = st.text(alphabet="*_`~\"')]}>\u201d\u201c\u00bb .,:;!", max_size=5)
MARK = st.sampled_from(["!", "! ", "\uff01", "\ufe57", "\ufe15", "\\!", "\u2757", "!\u00a0", "**!** "])
VERB = st.sampled_from(["note", "NOTE", "Note", "nOtE", "\uff4e\uff4f\uff54\uff45", "n\u00adote", "no\u0332te"])
ABOVE = st.sampled_from(
    ["", "Hello,\n\n", "Hi\n", "It works.\n\nBart\n", "!close\n\nDone.\n", "```\n", "\n\n \u00a0\n"]
)
WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    "line", ["!internal", "**!privat**", "!Vertraulich:", "_!confidentiel_", "!\u7b14\u8bb0\u5907\u6ce8"]
)
@pytest.mark.parametrize("around", AROUND[:-1])  # in a forward it is another's
def test_a_word_with_a_mark_that_stands_alone_stops_the_mail(line: str, around: str) -> None:
    assert not goes_out(around.format(f"{line}\n{SECRET}"))


BEHIND = st.one_of(st.just(""), WORDS.map(" {}".format))
NOTED = st.tuples(ABOVE, LIST_MARK, OPENED, UNSEEN, MARK, UNSEEN, VERB, CLOSED, BEHIND).map("".join)


@given(NOTED)
def test_no_dress_of_a_note_goes_out(noted: str) -> None:
    assert not goes_out(f"{noted}\n{SECRET}")


STRAY = st.tuples(LIST_MARK, OPENED, UNSEEN, MARK, st.sampled_from([verb.name for verb in STAFF.verbs]), CLOSED)


@given(ABOVE, STRAY.map("".join))
def test_no_line_with_a_command_of_staff_goes_out(above: str, line: str) -> None:
    found = read_staff(f"{above}Words.\n{line}\nMore words.")

    assert Fault.ASTRAY in [one.fault for one in found.misread]


@pytest.mark.parametrize(
    "subject", ["!note", "! note", "\uff01note", "*!note*", "!note [#1042] No mail", "!noet", "!close"]
)
def test_a_command_in_the_subject_above_words_stops_the_mail(subject: str) -> None:
    assert [one.fault for one in read_staff(SECRET, subject).misread] == [Fault.ASTRAY]
    assert read_staff(SECRET, f"Re: {subject}").misread == ()  # a customer may have called it so


@pytest.mark.parametrize(
    "words",
    [
        "Hello Anne,\n\nwrite !close as the first line of an answer.\n\nBart",
        "Great! Note that it takes a day.",
        "\u00a1Hola! Nota: tarda un d\u00eda.",
        "Voil\u00e0 ! Note that it takes a day.",
        "![note](https://x.example/note.png)",
        "Add this:\n\ncolor: red !important\n!include x.conf\n!verify = sender",
        "!!!\nIt works again!!!",
        "!!! Make sure that it is off.",
        "Wait!\nClose the window and send it again!",
        "I wrote a note:\n- note: call the bank",
        "5! = 120",
        "if (!$note) { return; }",
        "https://x.example/#!notes",
    ],
)
def test_words_that_hold_no_command_go_out(words: str) -> None:
    found = read_staff(f"{words}\n{SECRET}")

    assert (found.commands, found.misread, found.words) == ((), (), f"{words}\n{SECRET}")


def test_what_others_wrote_is_not_the_writer_s_command_unless_it_is_private() -> None:
    forward = "Look:\n\n---------- Forwarded message ---------\nFrom: Cris <cris@elm.example>\n\n{}\n"

    assert read_staff(forward.format("!close")).misread == ()
    assert read_staff(f"> !close\n\nDone.\n{SECRET}").misread == ()
    assert read_staff(f"> !note\n\nDone.\n{SECRET}").misread != ()


def test_in_a_note_only_a_whole_command_is_astray() -> None:
    assert read_staff("!note\nShe wrote !close twice.\n!clsoe\n").misread == ()
    assert [one.line for one in read_staff("!note\nCall her.\n!close\n").misread] == ["!close"]


@pytest.mark.parametrize("above", ["", "\n", "\u00a0\n\n", "\u200b\n", "\ufeff\n \u200e\n"])
@pytest.mark.parametrize(
    "line", ["!close", "**!close**", "\uff01close", "- !close", "1. !close", "\\!close", "\u200b!cl\u00adose."]
)
@pytest.mark.parametrize("below", ["", "It works.\n\n> quoted\n> !note\n", "-- \nBart", "\u00a0\nHello"])
def test_a_command_at_the_top_is_not_astray(above: str, line: str, below: str) -> None:
    found = read_staff(f"{above}{line}\n\n{below}")

    assert found.misread == ()
    assert [one.verb.name for one in found.commands] == ["close"]
    assert "lose" not in found.words


def customers(body: str, where: Where = Where.TICKET) -> Reading:
    return read(directives(body), CUSTOMERS, place(where))


@pytest.mark.parametrize(
    ("body", "verbs"),
    [
        ("Thanks!\n!close", ["close"]),
        ("!status\n\nIs it done?\n\n!status\n!tickets", ["status", "tickets"]),
        ("Thanks.\n- **!Close**.\n", ["close"]),
        ("Merci.\n\uff01close", ["close"]),
        ("Thanks.\n> !close\nYes.", []),
        ("Thanks.\n!close please", []),
        ("Please do not !close it", []),
        ("!Hola! No funciona.\n!help", ["help"]),
    ],
)
def test_a_customer_s_harmless_command_is_one_wherever_it_stands(body: str, verbs: list[str]) -> None:
    found = customers(body)

    assert found.misread == ()
    assert [one.verb.name for one in found.commands] == verbs


@pytest.mark.parametrize(
    ("body", "where", "line", "fault"),
    [
        ("Thanks.\n!stop", Where.TICKET, "!stop", Fault.ASTRAY),
        ("Thanks.\n!add bob@elm.example", Where.TICKET, "!add bob@elm.example", Fault.ASTRAY),
        ("It is down.\n!close", Where.NEW, "!close", Fault.TICKET_ONLY),
        ("!close\n\nThanks.\n!reopen", Where.TICKET, "!reopen", Fault.CONTRARY),
    ],
)
def test_any_other_is_answered_with_why_not(body: str, where: Where, line: str, fault: Fault) -> None:
    found = customers(body, where)

    assert [(one.line, one.fault) for one in found.misread] == [(line, fault)]


@pytest.mark.parametrize("piece", ["- ", "!", "a) ", "\u200b", "*", "1.", "> ", "!note", "\n!", "( "])
def test_a_command_at_the_end_of_a_line_without_end_is_found_and_nothing_is_lost(piece: str) -> None:
    body = f"Hello\n{piece * 50_000}!note"

    found, of_a_customer = read_staff(body), customers(body)

    assert (found.commands, [one.fault for one in found.misread]) == ((), [Fault.ASTRAY])
    assert (found.words.endswith("!note"), of_a_customer.words) == (True, found.words)
