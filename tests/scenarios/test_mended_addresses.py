"""An answer that did not arrive is mended by a reply with the right address in its first line."""

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event, State
from store.post.outbox import OutState
from tests.gate import SUPPORT, BeginGate, Gate, Person, Received
from tests.scenarios.reports import report

WORDS = "Your mailbox is larger now."
NEW = "anne.miller@new.example"


@pytest.fixture
def lost(gate: Gate, anne: Person, bart: Person) -> Received:
    """The mail that tells Bart that Anne has not got his answer."""
    return lose(gate, anne, bart)


def lose(gate: Gate, anne: Person, bart: Person) -> Received:
    """Bart answers Anne, whose mail server takes it and reports that there is nobody."""
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], WORDS))
    gate.deliver(report(gate.mailbox(anne)[-1].reverse_path, about=anne.address), sender="")
    told = gate.mailbox(bart)[-1]
    assert "did not arrive" in told.text
    return told


def readers(gate: Gate) -> list[str]:
    """Who gets the mails of the ticket."""
    return [reader.address for reader in gate.ticket(1).participants]


def test_the_words_go_to_the_right_address_and_the_ticket_s_mails_with_them(
    gate: Gate, anne: Person, bart: Person, lost: Received
) -> None:
    settled = gate.deliver(bart.replies(lost, f"{NEW}\n\nShe told me on the phone."))

    assert settled.outcome.disposition is Disposition.COMMAND
    [again] = gate.mailbox(Person("", NEW))
    assert WORDS in again.text
    assert "phone" not in again.text
    assert readers(gate) == [NEW]
    assert gate.ticket(1).state is State.ANSWERED
    assert [row.state for row in gate.outbox(Template.REPLY)] == [OutState.CANCELLED, OutState.SENT]
    assert [event for event, _, _ in gate.events(1)][-3:] == [
        Event.READER_ADDED,
        Event.READER_REMOVED,
        Event.SENT_AGAIN,
    ]
    receipt = gate.mailbox(bart)[-1].text
    assert NEW in receipt
    assert "Nobody has been sent the words below" in receipt


def test_what_is_registered_stays_as_it_is_and_who_writes_from_there_still_joins(
    gate: Gate, anne: Person, bart: Person, lost: Received
) -> None:
    gate.deliver(bart.replies(lost, NEW))
    gate.deliver(anne.writes("Do you have news? [#1]", subject="Re: No mail since Monday [#1]"))

    assert [ticket.id for ticket in gate.tickets()] == [1]
    assert gate.ticket(1).state is State.OPEN
    gate.deliver(Person("Anne", NEW).writes("link", to="sign-in@support.example"))
    assert gate.outbox(Template.SIGN_IN) == ()


def test_who_reads_there_may_answer(gate: Gate, bart: Person, lost: Received) -> None:
    gate.deliver(bart.replies(lost, f"Anne Miller <{NEW}>"))

    gate.deliver(Person("Anne", NEW).replies(gate.mailbox(Person("", NEW))[0], "Thank you, it works."))

    assert gate.ticket(1).state is State.OPEN
    assert gate.history(1)[-1].text == "Thank you, it works."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I will call her.", "first line"),
        (f"Try {NEW}, please", "first line"),
        (SUPPORT, "one of our own"),
        ("bart@hosting.example", "is a colleague"),
        (f"!take\n{NEW}", "first line"),
    ],
)
def test_anything_else_comes_back_and_reaches_no_customer(
    gate: Gate, anne: Person, bart: Person, lost: Received, *, text: str, why: str
) -> None:
    before = len(gate.outbox(Template.REPLY))

    gate.deliver(bart.replies(lost, text))

    returned = gate.mailbox(bart)[-1]
    assert why in returned.text
    assert len(gate.outbox(Template.REPLY)) == before
    assert readers(gate) == [anne.address]
    gate.deliver(bart.replies(returned, NEW))
    assert readers(gate) == [NEW]


def test_the_same_address_is_one_more_attempt(gate: Gate, anne: Person, bart: Person, lost: Received) -> None:
    gate.deliver(bart.replies(lost, anne.address))

    assert [WORDS in one.text for one in gate.mailbox(anne)][-2:] == [True, True]
    assert [row.state for row in gate.outbox(Template.REPLY)] == [OutState.SENT]
    assert readers(gate) == [anne.address]
    assert gate.ticket(1).state is State.ANSWERED


def test_an_address_that_takes_no_mail_is_refused(gate: Gate, anne: Person, bart: Person, lost: Received) -> None:
    gate.deliver(bart.replies(lost, NEW))
    [again] = gate.mailbox(Person("", NEW))
    gate.deliver(report(again.reverse_path, about=NEW), sender="")
    second = gate.mailbox(bart)[-1]

    gate.deliver(bart.replies(second, "anne@customer.example"))

    assert "takes no mail either" in gate.mailbox(bart)[-1].text
    assert gate.ticket(1).state is State.OPEN


def test_commands_work_as_in_any_mail_of_the_ticket(gate: Gate, bart: Person, lost: Received) -> None:
    gate.deliver(bart.replies(lost, "!note\nI have called her."))

    assert gate.history(1)[-1].text == "I have called her."
    assert len(gate.outbox(Template.REPLY)) == 1


def test_the_second_of_two_colleagues_hears_that_it_was_done(
    gate: Gate, anne: Person, bart: Person, lost: Received
) -> None:
    gate.deliver(bart.replies(lost, NEW))
    gate.deliver(bart.replies(lost, "anne@third.example"))

    assert readers(gate) == [NEW]
    assert "a colleague has told us" in gate.mailbox(bart)[-1].text
    assert gate.mailbox(Person("", "anne@third.example")) == []


def test_it_stays_staff_s_turn_when_somebody_has_written_since(
    gate: Gate, anne: Person, bart: Person, lost: Received
) -> None:
    gate.deliver(anne.writes("Hello?", subject="Re: No mail since Monday [#1]"))

    gate.deliver(bart.replies(lost, NEW))

    assert gate.ticket(1).state is State.OPEN
    assert readers(gate) == [NEW]


def test_it_can_be_undone_before_it_leaves(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], WORDS))
    gate.later(seconds=61)
    gate.deliver(report(gate.mailbox(anne)[-1].reverse_path, about=anne.address), sender="")
    told = gate.mailbox(bart)[-1]
    gate.deliver(bart.replies(told, NEW))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!undo"))
    gate.later(seconds=61)

    assert gate.mailbox(Person("", NEW)) == []
    assert gate.ticket(1).state is State.OPEN


def test_a_forged_answer_gains_nothing(begin: BeginGate) -> None:
    gate = begin()
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    told = lose(gate, anne, bart)
    eve = Person("Eve", "eve@evil.example")

    held = gate.deliver(eve.replies(told, "eve@evil.example"))

    assert held.outcome.disposition is Disposition.HELD
    assert readers(gate) == [anne.address]
    assert [one for one in gate.mailbox(eve) if WORDS in one.text] == []


def test_a_colleague_s_token_is_good_for_that_colleague_alone(gate: Gate, anne: Person, bart: Person) -> None:
    cris = gate.staff("Cris Poole", "cris@hosting.example")
    told = lose(gate, anne, bart)

    gate.deliver(cris.replies(told, NEW))

    assert gate.mailbox(Person("", NEW)) == []


def test_what_no_person_wrote_has_nothing_to_mend(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], WORDS))
    gate.later(hours=25)
    [warning] = gate.outbox(Template.AUTOCLOSE_WARNING)
    gate.deliver(report(gate.mailbox(anne)[-1].reverse_path, about=anne.address), sender="")

    told = gate.mailbox(bart)[-1]

    assert warning.notice.to_address == anne.address
    assert "first line" not in told.text
    gate.deliver(bart.replies(told, NEW))
    assert gate.mailbox(Person("", NEW)) == []
