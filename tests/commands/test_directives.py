"""Commands at the top of a mail, and what is no command (B40)."""

import pytest

from mailgate.commands.directives import Directive, nearest, read_directives
from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from tests.mail.mails import written


def mail(body: str, subject: str = "Re: [#1042] No mail") -> Message:
    return parse(written(f"Subject: {subject}", body=body))


def verbs(message: Message, *, marked: bool = True) -> list[str]:
    return [directive.verb for directive in read_directives(message, marked=marked).directives]


def test_lines_at_the_top_are_commands_and_the_rest_are_words() -> None:
    found = read_directives(mail("\n!Assign  Bart  B\n\n!NOTE\nPlease call him.\n!close\n"))

    assert found.directives == (
        Directive(2, "assign", "Bart B", "!Assign  Bart  B"),
        Directive(4, "note", "", "!NOTE"),
    )
    assert found.words == "Please call him.\n!close"
    assert found.excess == 0


@pytest.mark.parametrize(
    "body",
    [
        "Hello\n!close\n",
        "> !close\n",
        "On Mon, 23 Nov 2026, Bart wrote:\n> !close\n",
        "-- \n!close\n",
        "-----Original Message-----\n!close\n",
        "",
    ],
)
def test_commands_elsewhere_are_words(body: str) -> None:
    assert verbs(mail(body)) == []


def test_a_command_above_a_quote_is_one_and_the_quote_is_gone() -> None:
    found = read_directives(mail("!close\n\nOn Mon, 23 Nov 2026, Bart wrote:\n> Does it work?\n> !reopen\n"))

    assert [directive.verb for directive in found.directives] == ["close"]
    assert found.words == ""


def test_commands_are_read_from_html_when_there_is_no_other_text() -> None:
    raw = written("Content-Type: text/html", body="<div>!close</div><div>Thank you</div><blockquote>!x</blockquote>")

    found = read_directives(parse(raw))

    assert [directive.verb for directive in found.directives] == ["close"]
    assert found.words == "Thank you"


@pytest.mark.parametrize("body", ["", "\n \n", "-- \nAnne\n", "> quoted\n"])
def test_the_subject_is_a_command_when_the_body_is_empty(body: str) -> None:
    found = read_directives(mail(body, subject="!cancel S-311 end"))

    assert found.directives == (Directive(0, "cancel", "S-311 end", "!cancel S-311 end"),)
    assert found.words == ""


def test_the_subject_of_a_mail_with_words_is_no_command() -> None:
    assert verbs(mail("Hello\n", subject="!close")) == []


def test_a_mark_without_a_verb_is_a_command_that_nobody_knows() -> None:
    assert verbs(mail("! close\n!\n!!! urgent\n")) == ["close", "", "!!"]


def test_past_twenty_there_is_something_wrong() -> None:
    found = read_directives(mail("!close\n" * 500 + "words\n"))

    assert len(found.directives) == 20
    assert found.excess == 480
    assert found.words == "words"


def test_in_an_answer_to_a_digest_the_mark_may_be_left_out() -> None:
    body = "release 3 7\n!mine 1\n\nThanks\n> quoted\n"

    found = read_directives(mail(body), marked=False)

    assert [(one.verb, one.argument) for one in found.directives] == [("release", "3 7"), ("mine", "1")]
    assert found.words == "Thanks"


def test_the_nearest_verb_is_offered() -> None:
    known = ("close", "note", "assign")

    assert nearest("Clsoe", known) == "close"
    assert nearest("frobnicate", known) is None
    assert nearest("", known) is None
