"""Staff verbs that change what a ticket is to the team: reopen, split, follow, mute, priority and tags."""

import pytest

from mailgate.tickets.ticket import Event, Priority, State
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


def flat(mail: Received) -> str:
    """What it says, on one line."""
    return " ".join(mail.text.split())


def test_a_closed_ticket_is_opened_again_and_the_team_hears_of_it(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!close"))
    before = len(gate.mailbox(anne))

    gate.deliver(bart.replies(notification, "!reopen\n!note\nShe called: it is broken again."))

    assert gate.ticket(1).state is State.OPEN
    assert (Event.REOPENED, "Bart Jones", {}) in gate.events(1)
    assert "Bart Jones opened this ticket again." in flat(gate.mailbox(fred)[-1])
    assert len(gate.mailbox(anne)) == before


def test_who_follows_hears_of_a_ticket_that_is_somebody_elses(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(fred.replies(gate.mailbox(fred)[0], "!follow"))
    gate.deliver(bart.replies(notification, "!take"))

    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Any news?"))

    assert "You hear all of this ticket from now on" in flat(gate.mailbox(fred)[-3])
    assert gate.mailbox(fred)[-1].text.startswith("Any news?")
    assert gate.ticket(1).followers == (2,)


def test_who_mutes_hears_no_more_until_it_is_his_or_he_writes(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(fred.replies(gate.mailbox(fred)[0], "!mute"))
    muted = len(gate.mailbox(fred))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Any news?"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Not yet."))
    unheard = len(gate.mailbox(fred))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!assign fred"))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "And now?"))

    assert unheard == muted
    assert "Bart Jones gave this ticket to you." in flat(gate.mailbox(fred)[-2])
    assert gate.mailbox(fred)[-1].text.startswith("And now?")


def test_no_mute_hides_the_answer_to_one_s_own_words(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(fred.replies(gate.mailbox(fred)[0], "Please try again."))
    mine = gate.mailbox(anne)[-1]
    gate.deliver(fred.replies(gate.mailbox(fred)[0], "!mute"))

    gate.deliver(anne.replies(mine, "It works."))
    gate.deliver(anne.writes("Something else.", to=str(mine.message["Reply-To"])))

    assert gate.mailbox(fred)[-1].text.startswith("It works.")
    assert gate.mailbox(bart)[-1].text.startswith("Something else.")


def test_what_a_mute_would_make_nobody_hear_everybody_hears(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    for one in (bart, fred):
        gate.deliver(one.replies(gate.mailbox(one)[0], "!mute"))

    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Any news?"))

    assert [gate.mailbox(one)[-1].text[:9] for one in (bart, fred)] == ["Any news?", "Any news?"]


def test_whose_ticket_it_is_cannot_mute_it(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!take"))

    gate.deliver(bart.replies(notification, "!mute"))

    assert "!mute: the ticket is yours; give it to a colleague first" in flat(gate.mailbox(bart)[-1])
    assert gate.ticket(1).muted_by == ()


def test_priority_and_tags_stand_in_the_next_mail_and_in_the_queue(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    gate.deliver(anne.writes("Mine is slow.", subject="Slow"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!priority urgent\n!tag Server7, dns"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!tag -dns mail"))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Still slow."))
    gate.later(hours=1)
    gate.deliver(bart.writes("!queue", subject="Queue"))

    ticket = gate.ticket(2)
    assert (ticket.priority, ticket.tags) == (Priority.URGENT, ("mail", "server7"))
    assert "Ticket #2, urgent, open, nobody has it" in flat(gate.mailbox(fred)[-1])
    assert "tags mail server7" in flat(gate.mailbox(fred)[-1])
    queue = flat(gate.mailbox(bart)[-1])
    assert queue.index("1 Slow [#2]") < queue.index("2 No mail since Monday [#1]")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("!priority", "one of urgent, high, normal and low must follow"),
        ("!priority now", "one of urgent, high, normal and low must follow"),
        ("!tag", "one word or several must follow"),
        ("!tag <b>", "one word or several must follow"),
        ("!reopen\n!close", "this cannot stand beside"),
    ],
)
def test_what_is_not_understood_changes_nothing(gate: Gate, anne: Person, bart: Person, line: str, why: str) -> None:
    gate.deliver(anne.writes("It is broken."))
    before = gate.ticket(1)

    gate.deliver(bart.replies(gate.mailbox(bart)[0], line))

    assert why in flat(gate.mailbox(bart)[-1])
    assert gate.ticket(1) == before


def test_a_message_becomes_a_ticket_of_its_own(
    gate: Gate, anne: Person, bart: Person, fred: Person, notification: Received
) -> None:
    file = ("log.txt", "text/plain", b"0 1 2")
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "And my domain has expired.", files=[file]))
    second = gate.mailbox(bart)[-1]
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Hello?"))
    before = len(gate.mailbox(anne))

    gate.deliver(bart.replies(second, "!split Domain expired"))

    new = gate.ticket(2)
    assert (new.subject, new.state, new.customer_id, new.linked_to) == ("Domain expired", State.OPEN, 1, 1)
    assert [one.address for one in new.participants] == ["anne@customer.example"]
    assert "And my domain has expired." in gate.history(2)[-1].text
    assert [file.filename for file in gate.history(2)[-1].attachments] == ["log.txt"]
    assert (Event.SPLIT, "Bart Jones", {"other": 2}) in gate.events(1)
    assert len(gate.mailbox(anne)) == before
    told = [mail for mail in gate.mailbox(fred) if mail.subject == "Domain expired [#2]"]
    gate.deliver(fred.replies(told[0], "We renew it."))
    assert gate.ticket(2).state is State.ANSWERED
    assert "We renew it." in gate.mailbox(anne)[-1].text
    answer = gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Thank you."))
    assert answer.outcome.ticket_id == 2
