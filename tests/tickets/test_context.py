"""The block for staff: what it says, and when a reply still carries a line of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailgate.mail.message import Author
from mailgate.people import Staff
from mailgate.tickets.context import About, Fact, Other, block_lines, context_lines, copy_lines, leaked_line
from mailgate.tickets.result import Item, item
from mailgate.tickets.ticket import Participant, Priority, State, Ticket
from tests.outbound.block import told

BART = Staff(1, "Bart Jones", "bart@hosting.example")
AT = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
TICKET = Ticket(7, "support", 3, "Mail", State.OPEN, AT, 4, None, 1, AT, AT, (Participant("Anne", "a@c.example", 1),))
LINE = "Ticket #7, open, nobody has it, desk support, customer 3, waiting since Thu 2 Jul, 00:30"
BERLIN = "Europe/Berlin"
UNVERIFIED = item(Fact.UNVERIFIED, address="a@c.example")
ABOUT = About(
    60,
    "https://desk.example.net/staff/tickets/7",
    None,
    customer="Anne Ltd",
    since=AT,
    facts=(item(Fact.NEXT_DUE, on="2026-08-01"),),
    others=(Other(5, "DNS change", State.CLOSED, AT), Other(4, "x" * 80, State.OPEN, AT)),
)


def _lines(ticket: Ticket = TICKET, *, about: About = ABOUT, marks: tuple[Item, ...] = ()) -> tuple[Item, ...]:
    return context_lines(ticket, about, author=Author("Anne", "a@c.example"), marks=marks)


def test_the_block_has_one_fact_a_line() -> None:
    assert told(_lines(marks=(UNVERIFIED,)), zone=BERLIN) == (
        "Please note: we could not verify that this mail is from a@c.example.",
        "Written by Anne <a@c.example>",
        "Your reply goes to Anne <a@c.example>, 60 seconds after it has reached us.",
        LINE,
        "This ticket is linked to ticket #4.",
        "Anne Ltd, customer since 2 Jul 2026",
        "Next due on 1 Aug 2026",
        f"Before: #5 DNS change (closed, 2 Jul 2026); #4 {'x' * 59}… (open, 2 Jul 2026)",
        "All of it: https://desk.example.net/staff/tickets/7",
    )


def test_the_block_is_in_the_language_of_its_reader() -> None:
    assert told(_lines(marks=(UNVERIFIED,)), "de", BERLIN) == (
        "Bitte beachten: Wir konnten nicht prüfen, ob diese Mail von a@c.example ist.",
        "Geschrieben von Anne <a@c.example>",
        "Ihre Antwort geht an Anne <a@c.example>, 60 Sekunden nachdem sie bei uns ist.",
        "Ticket #7, offen, bei niemandem, Desk support, Kunde 3, wartet seit Do. 2. Juli, 00:30 Uhr",
        "Dieses Ticket ist mit Ticket #4 verknüpft.",
        "Anne Ltd, Kunde seit 02.07.2026",
        "Nächste Fälligkeit am 01.08.2026",
        f"Früher: #5 DNS change (geschlossen, 02.07.2026); #4 {'x' * 59}… (offen, 02.07.2026)",
        "Alles dazu: https://desk.example.net/staff/tickets/7",
    )


def test_a_wait_of_one_second_is_one_second() -> None:
    assert "Your reply goes to Anne <a@c.example>, one second after it has reached us." in told(_lines(about=About(1)))


def test_a_copy_does_not_say_that_it_has_arrived() -> None:
    said = told(copy_lines(TICKET, ABOUT, writer=BART.name))[0]

    assert said == "A copy: Bart Jones wrote this to Anne <a@c.example>. It is on its way to them."


def test_what_is_not_known_has_no_line() -> None:
    lines = told(_lines(about=About(0)))

    assert [line.partition(" ")[0] for line in lines] == ["Written", "Your", "Ticket", "This"]
    assert "Your reply goes to Anne <a@c.example>." in lines


def test_whose_ticket_it_is_stands_in_its_line() -> None:
    line = told(_lines(about=replace(ABOUT, taken_by="Bart Jones")), zone=BERLIN)[2]

    assert line == LINE.replace("nobody has it", "Bart Jones has it")


def test_how_pressing_a_ticket_is_and_its_tags_stand_in_its_line() -> None:
    ticket = replace(TICKET, priority=Priority.URGENT, tags=("dns", "vip"), customer_id=None, waiting_since=None)

    line = told(_lines(ticket))[2]

    assert line == "Ticket #7, urgent, open, nobody has it, desk support, not a registered customer, tags dns vip"


def test_the_block_of_a_mail_is_what_stands_below_its_last_mark() -> None:
    text = "Hello,\n-- \nAnne\n\n-- \nWritten by Anne\n\nFirst line may be: !note\n"

    assert block_lines(text) == ("Written by Anne", "First line may be: !note")
    assert block_lines("Hello,\nAnne\n") == ()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("lines", [_lines(marks=(UNVERIFIED,)), copy_lines(TICKET, ABOUT, writer=BART.name)])
def test_every_line_of_a_block_is_long_enough_to_be_looked_for(lines: tuple[Item, ...], language: str) -> None:
    for line in told(lines, language):
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
