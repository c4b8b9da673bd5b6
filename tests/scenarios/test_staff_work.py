"""What staff do to tickets by mail: wait, assign, take, merge, call spam, be away, and ask for help."""

import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event, State
from tests.gate import Gate, Person, Received


@pytest.fixture
def fred(gate: Gate) -> Person:
    """The other one who answers."""
    return gate.staff("Fred Frost", "fred@hosting.example")


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person, fred: Person) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(bart)[0]


@pytest.mark.parametrize(
    "case",
    [("!wait 3d", "2026-03-05T09:00"), ("!wait 12h", "2026-03-02T21:00"), ("!wait 2026-03-09", "2026-03-08T23:00")],
)
def test_a_ticket_waits_until_a_date_with_words_for_the_customer_or_without(
    gate: Gate, anne: Person, bart: Person, notification: Received, case: tuple[str, str]
) -> None:
    line, until = case

    gate.deliver(bart.replies(notification, f"{line}\n\nThe new disk comes this week."))

    ticket = gate.ticket(1)
    assert ticket.state is State.WAITING
    assert ticket.wait_until is not None
    assert ticket.wait_until.isoformat()[:16] == until
    assert "The new disk" in gate.mailbox(anne)[-1].text


@pytest.mark.parametrize("name", ["fred", "Fred  Frost", "FRED@hosting.example"])
def test_a_ticket_is_given_to_a_colleague_with_a_note(
    gate: Gate, anne: Person, bart: Person, notification: Received, name: str
) -> None:
    gate.deliver(bart.replies(notification, f"!assign {name}\n!note\nYou know her server."))

    assert gate.ticket(1).assignee_id == 2
    assert gate.events(1) == [(Event.ASSIGNED, "Bart Jones", {"to": "Fred Frost"})]
    assert len(gate.mailbox(anne)) == 1


def test_take_gives_it_to_the_writer_and_sends_the_words(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!take\nI look at it."))

    assert gate.ticket(1).assignee_id == 1
    assert "I look at it." in gate.mailbox(anne)[-1].text


def test_merge_makes_it_part_of_the_other(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    gate.deliver(anne.writes("Still broken.", subject="Again"))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!merge 1"))

    assert gate.ticket(2).id == 1
    assert (Event.TOOK_OVER, "Bart Jones", {"other": 2}) in gate.events(1)


@pytest.mark.parametrize(
    "case",
    [
        ("!assign nora", "!assign nora", "nobody on the staff is called nora"),
        (
            "!assign sam",
            "!assign sam",
            "several on the staff are called so: Sam Smith <sam@a.example>, Sam Stone <sam@b.example>; write",
        ),
        ("!merge 812", "!merge 812", "there is no ticket 812"),
        ("!merge 1", "!merge 1", "#1 cannot be merged into itself"),
        ("!merge 2", "!merge 2", "#1 is of customer 1, #2 of customer 2"),
        ("!wait soon", "!wait soon", "“soon” is no time such as 12h, 3d, 2w or 2026-03-09"),
        ("!wait 2026-03-01", "!wait 2026-03-01", "“2026-03-01” is in the past"),
        ("!close\n!wait 3d\nDone.", "!wait 3d", "this cannot stand beside !close"),
        ("!take\n!assign fred", "!assign fred", "this cannot stand beside !take"),
        ("!undo\n!close", "!close", "this cannot stand beside !undo"),
        ("!away until 2026-03-09 bart", "!away until 2026-03-09 bart", "you cannot hand your tickets over to yourself"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_as_a_whole(
    gate: Gate, anne: Person, bart: Person, notification: Received, case: tuple[str, str, str]
) -> None:
    text, line, reason = case
    gate.staff("Sam Smith", "sam@a.example")
    gate.staff("Sam Stone", "sam@b.example")
    dora = gate.customer("Dora Dean", "dora@other.example")
    gate.deliver(dora.writes("Mine, too."))
    before = gate.ticket(1)

    returned = gate.deliver(bart.replies(notification, text))

    assert returned.outcome.disposition is Disposition.COMMAND
    answer = " ".join(gate.mailbox(bart)[-1].text.split())
    assert f"- {line}: {reason}" in answer
    assert (gate.ticket(1), len(gate.mailbox(anne))) == (before, 1)


def test_words_are_not_sent_from_a_ticket_that_is_merged(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(anne.writes("Still broken.", subject="Again"))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!merge 1\nHello Anne"))

    assert "Words cannot be sent from a ticket that is being merged" in " ".join(gate.mailbox(bart)[-1].text.split())
    assert gate.ticket(2).id == 2


def test_spam_holds_the_mail_closes_the_ticket_and_tells_no_customer(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    before = len(gate.mailbox(fred))

    gate.deliver(bart.replies(notification, "!spam"))
    gate.later(hours=30)

    assert gate.inbox(1).outcome.disposition is Disposition.QUARANTINED
    assert gate.ticket(1).state is State.CLOSED
    assert (len(gate.mailbox(anne)), len(gate.mailbox(fred))) == (1, before)
    assert "mailgate quarantine release 1" in " ".join(gate.mailbox(bart)[-1].text.split())


def test_help_lists_what_works_here_and_now(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    gate.deliver(bart.replies(notification, "!help"))
    gate.deliver(bart.writes("!help", subject="What can I do?"))

    on_ticket, new = gate.mailbox(bart)[-2:]
    assert "- !wait 3d: let it rest" in on_ticket.text
    assert "!customer ann" not in on_ticket.text
    assert "!undo" not in on_ticket.text
    assert "- !customer ann@example.org: begin a ticket" in new.text
    assert "!wait" not in new.text
    assert len(gate.mailbox(anne)) == 1


def test_whoever_is_away_hands_over_and_is_told_of_nothing_until_then(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!take"))

    gate.deliver(bart.writes("!away until 2026-03-09 fred", subject="Skiing"))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Hello?"))
    told = len(gate.mailbox(bart))
    gate.now = gate.now.replace(day=9)
    gate.deliver(anne.writes("Anybody?", subject="Another matter"))

    assert gate.ticket(1).assignee_id == 2
    assert "Handed over to Fred Frost: #1." in " ".join(gate.mailbox(bart)[told - 1].text.split())
    assert "Hello?" in gate.mailbox(fred)[-2].text  # the ticket is his now
    assert ["Anybody?" in mail.text for mail in gate.mailbox(bart)[told:]] == [True]


def test_off_ends_the_absence(gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received) -> None:
    gate.deliver(bart.writes("!away until 2026-03-09", subject="Skiing"))
    gate.deliver(bart.writes("!away off", subject="No snow"))

    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Hello?"))

    assert "Hello?" in gate.mailbox(bart)[-1].text


def test_when_everybody_is_away_everybody_is_told(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(bart.writes("!away until 2026-03-09", subject="Skiing"))
    gate.deliver(fred.writes("!away until 2026-03-10", subject="Me, too"))

    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Hello?"))

    assert all("Hello?" in gate.mailbox(one)[-1].text for one in (bart, fred))


def test_an_out_of_office_answer_of_staff_reaches_no_customer_and_changes_nothing(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    away = bart.replies(notification, "!close\nI am away until Monday.").replace(
        b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:", 1
    )
    before = gate.ticket(1)

    recorded = gate.deliver(away)

    assert (recorded.outcome.disposition, recorded.outcome.ticket_id) == (Disposition.AUTOMATIC, 1)
    assert (gate.ticket(1), len(gate.mailbox(anne)), gate.outbox(Template.REPLY)) == (before, 1, ())


def test_each_command_of_a_notification_is_a_mail_that_is_ready_to_be_sent(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    part = notification.message.get_body(("html",))
    assert part is not None
    links = [urlsplit(unescape(link)) for link in re.findall(r'href="(mailto:[^"]+)"', str(part.get_content()))]
    ready = {parse_qs(link.query)["body"][0].strip(): link for link in links}

    link = ready["!wait 3d"]
    fields = parse_qs(link.query)
    gate.deliver(bart.writes(fields["body"][0], to=unquote(link.path), subject=fields["subject"][0]))

    assert list(ready) == ["!note", "!close", "!wait 3d", "!assign", "!take", "!spam", "!undo"]
    assert unquote(link.path) == notification.message["Reply-To"]
    assert fields["subject"] == [f"Re: {notification.subject}"]
    assert gate.ticket(1).state is State.WAITING
