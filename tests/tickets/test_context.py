"""The block for staff: what it says, and when a reply still carries a line of it."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailgate.mail.message import Author
from mailgate.people import Staff
from mailgate.tickets.context import About, Other, block_lines, context_lines, copy_lines, leaked_line
from mailgate.tickets.ticket import Participant, State, Ticket

BART = Staff(1, "Bart Jones", "bart@hosting.example")
AT = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
TICKET = Ticket(7, "support", 3, "Mail", State.OPEN, AT, 4, None, 1, AT, AT, (Participant("Anne", "a@c.example", 1),))
LINE = "Ticket #7, open, nobody has it, desk support, customer 3, waiting since Thu 2 Jul, 00:30"
BERLIN = ZoneInfo("Europe/Berlin")
ABOUT = About(
    BERLIN,
    60,
    "https://desk.example.net/staff/tickets/7",
    None,
    customer="Anne Ltd",
    since=AT,
    facts=("Basic Linux for example.org, active",),
    others=(Other(5, "DNS change", State.CLOSED, AT), Other(4, "x" * 80, State.OPEN, AT)),
)


def _lines(ticket: Ticket = TICKET, *, about: About = ABOUT, marks: tuple[str, ...] = ()) -> tuple[str, ...]:
    return context_lines(ticket, about, author=Author("Anne", "a@c.example"), marks=marks)


def test_the_block_has_one_fact_a_line() -> None:
    assert _lines(marks=("we could not verify that",)) == (
        "Please note: we could not verify that",
        "Written by Anne <a@c.example>",
        "Your reply goes to Anne <a@c.example>, 60 seconds after it has reached us.",
        LINE,
        "This ticket is linked to ticket #4.",
        "Anne Ltd, customer since 2 Jul 2026",
        "Basic Linux for example.org, active",
        f"Before: #5 DNS change (closed, 2 Jul 2026); #4 {'x' * 59}… (open, 2 Jul 2026)",
        "All of it: https://desk.example.net/staff/tickets/7",
    )


def test_a_copy_does_not_say_that_it_has_arrived() -> None:
    said = copy_lines(TICKET, ABOUT, writer=BART.name)[0]

    assert said == "A copy: Bart Jones wrote this to Anne <a@c.example>. It is on its way to them."


def test_what_is_not_known_has_no_line() -> None:
    lines = _lines(about=About(BERLIN, 0))

    assert [line.partition(" ")[0] for line in lines] == ["Written", "Your", "Ticket", "This"]
    assert "Your reply goes to Anne <a@c.example>." in lines


def test_whose_ticket_it_is_stands_in_its_line() -> None:
    line = _lines(about=replace(ABOUT, taken_by="Bart Jones"))[2]

    assert line == LINE.replace("nobody has it", "Bart Jones has it")


def test_the_block_of_a_mail_is_what_stands_below_its_last_mark() -> None:
    text = "Hello,\n-- \nAnne\n\n-- \nWritten by Anne\n\nFirst line may be: !note\n"

    assert block_lines(text) == ("Written by Anne", "First line may be: !note")
    assert block_lines("Hello,\nAnne\n") == ()


@pytest.mark.parametrize("lines", [_lines(marks=("unverified sender",)), copy_lines(TICKET, ABOUT, writer=BART.name)])
def test_every_line_of_a_block_is_long_enough_to_be_looked_for(lines: tuple[str, ...]) -> None:
    for line in lines:
        assert leaked_line(line, (line,)) == line
        assert leaked_line("> " + line.replace(" ", "\n> "), (line,)) == line


@pytest.mark.parametrize(
    "words",
    [
        LINE,
        f"Hello Anne\n\n{LINE}\n\nBart",
        f"> {LINE}",
        f"> > {LINE}",
        f"  | {LINE}",
        LINE.replace(", ", ",\n"),
        LINE.replace(", ", ",\n> "),
        LINE.replace(" ", "  "),
        LINE.replace(" ", "\u00a0"),
        LINE.upper(),
        f"On Monday you wrote: {LINE} and so on",
    ],
)
def test_a_line_of_the_block_is_found_in_whatever_shape(words: str) -> None:
    assert leaked_line(words, ("Written by Bart", LINE)) == LINE


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Your ticket is open, and the desk is support.",
        LINE[:-5],
        LINE.replace("customer 3", "customer 4"),
    ],
)
def test_honest_words_are_no_leak(words: str) -> None:
    assert leaked_line(words, (LINE,)) is None


def test_a_line_too_short_to_tell_is_not_looked_for() -> None:
    assert leaked_line("It is open now.", ("open now", "")) is None
