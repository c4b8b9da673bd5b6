"""The block for staff: what it says, and when a reply still carries a line of it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailgate.mail.evidence import Evidence, Level
from mailgate.mail.message import Author
from mailgate.tickets.context import COMMANDS_LINE, context_lines, leaked_line
from mailgate.tickets.ticket import Participant, State, Ticket

AT = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
TICKET = Ticket(7, "support", 3, "Mail", State.OPEN, AT, 4, None, 1, AT, AT, (Participant("Anne", "a@c.example", 1),))
LINE = "Ticket #7, open, desk support, opened 2026-07-02 00:30 CEST, customer 3"


def _lines(ticket: Ticket = TICKET, *, undo_seconds: int = 60, marks: tuple[str, ...] = ()) -> tuple[str, ...]:
    return context_lines(
        ticket,
        Evidence(Level.DKIM, ("aligned DKIM", "signed by c.example")),
        author=Author("Anne", "a@c.example"),
        marks=marks,
        desk="support",
        undo_seconds=undo_seconds,
        zone=ZoneInfo("Europe/Berlin"),
    )


def test_the_block_has_one_fact_a_line() -> None:
    assert _lines(marks=("unverified sender",)) == (
        "Written by Anne <a@c.example>",
        "Please note: unverified sender",
        "Your reply goes to Anne <a@c.example>, 60 s after we get it.",
        LINE,
        "Sender evidence D: aligned DKIM; signed by c.example",
        "This ticket is linked to ticket #4.",
        COMMANDS_LINE,
    )


def test_without_a_wait_the_block_promises_none() -> None:
    assert "Your reply goes to Anne <a@c.example>." in _lines(undo_seconds=0)


def test_every_line_of_the_block_is_long_enough_to_be_looked_for() -> None:
    for line in _lines():
        assert leaked_line(line, (line,)) == line


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
