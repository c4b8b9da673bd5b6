"""The mailbox of a team: who gets the customer's mail gets the answer, the note, the assignment and the closing."""

import pytest

from mailgate.letters.kind import Template
from mailgate.tickets.ticket import State
from store import people
from store.engine import transaction
from tests.gate import Gate, Person, Received


@pytest.fixture
def fred(gate: Gate) -> Person:
    """The second one who answers."""
    return gate.staff("Fred Frost", "fred@hosting.example")


@pytest.fixture
def gina(gate: Gate) -> Person:
    """The third."""
    return gate.staff("Gina Gold", "gina@hosting.example")


Team = tuple[Person, Person, Person]


@pytest.fixture
def team(bart: Person, fred: Person, gina: Person) -> Team:
    """The three who answer."""
    return bart, fred, gina


@pytest.fixture
def notification(gate: Gate, anne: Person, team: Team) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(team[0])[0]


def words(mail: Received) -> str:
    """What a mail says, with plain line ends."""
    return mail.text.replace("\r\n", "\n")


def new_mails(gate: Gate, *staff: Person) -> list[int]:
    """How many each got so far."""
    return [len(gate.mailbox(one)) for one in staff]


def test_until_it_is_somebody_s_everybody_gets_the_answers_too(
    gate: Gate, anne: Person, team: Team, notification: Received
) -> None:
    bart, fred, gina = team
    for number in range(3):
        gate.deliver(bart.replies(gate.mailbox(bart)[-1], f"Answer {number}."))
        gate.deliver(anne.replies(gate.mailbox(anne)[-1], f"Question {number}."))

    assert new_mails(gate, bart, fred, gina) == [4, 7, 7]
    assert "Answer 2." in words(gate.mailbox(fred)[-2])
    copy = " ".join(words(gate.mailbox(fred)[-2]).split())
    assert "wrote this to Anne Miller <anne@customer.example>. It is on its way" in copy


def test_once_it_is_somebody_s_only_he_and_who_takes_part_hear_of_it(
    gate: Gate, anne: Person, team: Team, notification: Received
) -> None:
    bart, fred, gina = team
    gate.deliver(bart.replies(notification, "!take"))
    told = new_mails(gate, bart, fred, gina)
    gate.deliver(anne.writes("Is there any news?", to=str(gate.mailbox(anne)[-1].message["Reply-To"])))
    gate.deliver(fred.replies(gate.mailbox(fred)[0], "!note\nHer disk is full."))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "It works again."))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Thank you!"))

    assert told == [1, 2, 2]
    assert "Bart Jones took this ticket." in words(gate.mailbox(gina)[-1])
    assert new_mails(gate, bart, fred, gina) == [4, 4, 2]
    assert "It works again." in words(gate.mailbox(fred)[-2])


def test_a_note_goes_to_who_takes_part_and_stands_in_the_next_notification(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!note\nChecked: quota 1 GB,\nused 1 GB."))
    told = gate.mailbox(fred)[-1]
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Any news?"))
    next_one = gate.mailbox(fred)[-1]

    assert words(told).startswith("Bart Jones wrote a note, which the customer does not see.\n\nChecked: quota 1 GB,")
    assert "Note by" not in words(told)
    assert "Note by Bart Jones, Mon 2 Mar, 10:00: Checked: quota 1 GB,\nused 1 GB." in words(next_one)
    assert words(next_one).startswith("Any news?")
    assert not any("quota" in mail.text for mail in gate.mailbox(anne))


def test_a_note_that_is_left_in_an_answer_stops_it(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!note\nShe never pays in time.\nAsk her for the money of January first."))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Any news?"))
    [line] = [line for line in words(gate.mailbox(fred)[-1]).splitlines() if line.startswith("Note by")]
    address = str(gate.mailbox(fred)[-1].message["Reply-To"])

    gate.deliver(fred.writes(f"Hello Anne,\n\n{line}", to=address))
    gate.deliver(fred.writes("Hello Anne,\n\nAsk her for the money of January first.", to=address))

    assert len(gate.outbox(Template.RETURNED)) == 2
    assert not gate.outbox(Template.REPLY)


def test_whom_a_ticket_is_given_to_gets_the_last_message_and_all_notes(
    gate: Gate, anne: Person, team: Team, notification: Received
) -> None:
    bart, fred, gina = team
    gate.deliver(gina.replies(gate.mailbox(gina)[0], "!note\nA full disk, perhaps."))
    before = new_mails(gate, bart, fred, gina)

    gate.deliver(bart.replies(notification, "!assign fred\n!note\nYou know her server."))

    given = gate.mailbox(fred)[-1]
    assert [after - was for was, after in zip(before, new_mails(gate, bart, fred, gina), strict=True)] == [0, 1, 1]
    assert "Bart Jones gave this ticket to you." in words(given)
    assert "You know her server." in words(given)
    assert "Anne Miller wrote last, Mon 2 Mar, 10:00:\n\nIt is broken." in words(given)
    assert "Note by Gina Gold, Mon 2 Mar, 10:00: A full disk, perhaps." in words(given)
    assert "Bart Jones gave this ticket to Fred Frost." in words(gate.mailbox(gina)[-1])
    gate.deliver(fred.replies(given, "I am on it."))
    assert words(gate.mailbox(anne)[-1]).startswith("I am on it.\n\n-- \n")


def test_an_answer_that_gives_the_ticket_on_and_closes_it_is_one_mail_for_each(
    gate: Gate, anne: Person, team: Team, notification: Received
) -> None:
    bart, fred, gina = team
    gate.deliver(bart.replies(notification, "!assign fred\n!close\nIt works again."))

    assert new_mails(gate, bart, fred, gina) == [1, 2, 2]
    copy = words(gate.mailbox(fred)[-1])
    assert copy.startswith("It works again.")
    assert "Bart Jones gave this ticket to you.\nBart Jones closed this ticket." in copy


def test_a_closing_and_its_opening_again_reach_the_team(
    gate: Gate, anne: Person, team: Team, notification: Received
) -> None:
    bart, fred, gina = team
    gate.deliver(bart.replies(notification, "!close"))

    assert gate.ticket(1).state is State.CLOSED
    assert "Bart Jones closed this ticket." in words(gate.mailbox(fred)[-1])
    assert new_mails(gate, bart, fred, gina) == [1, 2, 2]


def test_a_close_by_silence_reaches_who_takes_part_and_not_the_whole_desk(
    gate: Gate, anne: Person, team: Team, notification: Received
) -> None:
    bart, fred, gina = team
    gate.deliver(bart.replies(notification, "Is it better now?"))
    gate.deliver(gina.replies(gate.mailbox(gina)[0], "!follow"))
    before = new_mails(gate, bart, fred, gina)

    gate.later(hours=24)
    gate.later(hours=12)

    assert gate.ticket(1).state is State.CLOSED
    assert [after - was for was, after in zip(before, new_mails(gate, bart, fred, gina), strict=True)] == [1, 0, 1]
    assert "This ticket has closed by itself" in words(gate.mailbox(gina)[-1])


def test_a_merge_is_told_to_the_teams_of_both(gate: Gate, anne: Person, team: Team, notification: Received) -> None:
    bart, fred, gina = team
    gate.deliver(bart.replies(notification, "!take"))
    gate.deliver(anne.writes("Still broken.", subject="Again"))
    gate.deliver(gina.replies(gate.mailbox(gina)[-1], "!take"))
    before = new_mails(gate, bart, fred, gina)

    gate.deliver(gina.replies(gate.mailbox(gina)[-1], "!merge 1"))

    assert "Gina Gold merged #2 into this ticket." in words(gate.mailbox(bart)[-1])
    assert [after - was for was, after in zip(before, new_mails(gate, bart, fred, gina), strict=True)] == [1, 0, 0]


def test_who_hands_over_his_tickets_has_them_told(gate: Gate, anne: Person, team: Team, notification: Received) -> None:
    bart, fred, gina = team
    gate.deliver(bart.replies(notification, "!take"))
    before = new_mails(gate, fred, gina)

    gate.deliver(bart.writes("!away until 2026-03-09 fred", subject="Holiday"))

    assert "Bart Jones gave this ticket to you." in words(gate.mailbox(fred)[-1])
    assert [after - was for was, after in zip(before, new_mails(gate, fred, gina), strict=True)] == [1, 0]


def test_a_line_of_the_queue_gives_a_ticket_as_a_mail_does(
    gate: Gate, anne: Person, team: Team, notification: Received
) -> None:
    bart, fred, _gina = team
    gate.deliver(bart.writes("!queue", subject="Queue"))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "1 fred"))

    assert "It is broken." in words(gate.mailbox(fred)[-1])
    assert "Bart Jones gave this ticket to you." in words(gate.mailbox(fred)[-1])


def test_the_answer_of_a_program_to_news_is_answered_by_nobody(
    gate: Gate, anne: Person, team: Team, notification: Received
) -> None:
    bart, fred, gina = team
    gate.deliver(bart.replies(notification, "!note\nHer disk is full."))
    before = new_mails(gate, bart, fred, gina)
    news = gate.mailbox(fred)[-1]

    gate.deliver(fred.replies(news, "I am away until Friday.", headers={"Auto-Submitted": "auto-replied"}))

    assert news.message["Auto-Submitted"] == "auto-generated"
    assert new_mails(gate, bart, fred, gina) == before
    assert not gate.outbox(Template.REPLY)


def test_a_desk_is_heard_by_who_works_at_it(gate: Gate, anne: Person, bart: Person, fred: Person, gina: Person) -> None:
    with transaction(gate.parts.engine) as conn:
        people.set_desks(conn, 2, ("billing",))
        people.set_desks(conn, 3, ("support", "billing"))

    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.writes("It is wrong.", to="billing@support.example", subject="Invoice"))
    gate.deliver(anne.writes("It is full.", to="orders@support.example", subject="More space"))

    assert [[mail.subject for mail in gate.mailbox(one)] for one in (bart, fred, gina)] == [
        ["No mail since Monday [#1]", "Invoice [#2]", "More space [#3]"],
        ["Invoice [#2]"],
        ["No mail since Monday [#1]", "Invoice [#2]"],
    ]
