"""Two gates change one ticket, or open one, at the same time."""

from datetime import timedelta

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door
from mailgate.tickets.ticket import EntryKind, Event, State
from store.post.outbox import OutState
from tests.gate import Gate, Person, Received
from tests.two_gates.conftest import Two

JOINS = "INSERT INTO entries"


def receive(gate: Gate, spool_id: int) -> Disposition:
    """Settle one accepted mail."""
    gate.parts.receive(spool_id, gate.now)
    return gate.inbox(spool_id).outcome.disposition


def messages(gate: Gate, number: int) -> int:
    """How many its history has."""
    return sum(entry.kind is EntryKind.MESSAGE for entry in gate.history(number))


@pytest.fixture
def opened(two: Two, anne: Person, bart: Person, dora: Person) -> Received:
    """What Anne got for her first mail; Bart and Dora were told of it."""
    two.one.deliver(anne.writes("It is broken."))
    return two.mailbox(anne)[0]


@pytest.fixture
def another(two: Two, opened: Received, anne: Person) -> Received:
    """What she got for a mail about something else."""
    two.one.deliver(anne.writes("And the web site is slow.", subject="Slow"))
    return two.mailbox(anne)[-1]


def fall_silent(two: Two, bart: Person) -> None:
    """Bart answers, Anne says nothing and was warned: her ticket is to be closed now."""
    two.one.deliver(bart.replies(two.mailbox(bart)[0], "Please try again."))
    two.later(minutes=1)
    two.later(hours=24)
    two.one.now = two.other.now = two.one.now + timedelta(hours=12)


def test_the_same_mail_by_two_doors_is_one(two: Two, anne: Person, bart: Person) -> None:
    mail = anne.writes("It is broken.")
    first, second = two.one.accept(mail), two.other.accept(mail, door=Door.LMTP)

    ends = two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after=JOINS)

    assert ends == (Disposition.OPENED, Disposition.DUPLICATE)
    assert [ticket.messages for ticket in two.one.tickets()] == [1]
    two.work()
    assert (len(two.mailbox(anne)), len(two.mailbox(bart))) == (1, 1)


def test_an_answer_to_a_mail_that_is_just_being_settled_joins_its_ticket(two: Two, anne: Person) -> None:
    begins = anne.writes("It is broken.", message_id="begins")
    goes_on = anne.writes("Still.", subject="Re: Quota", headers={"In-Reply-To": "<begins@client.example>"})
    first, second = two.one.accept(begins), two.other.accept(goes_on)

    ends = two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after=JOINS)

    assert ends == (Disposition.OPENED, Disposition.JOINED)
    assert [ticket.messages for ticket in two.one.tickets()] == [2]


def test_two_replies_are_both_counted_and_kept(two: Two, anne: Person, opened: Received) -> None:
    first = two.one.accept(anne.replies(opened, "It is worse."))
    second = two.other.accept(anne.replies(opened, "It is better."))

    ends = two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after=JOINS)

    assert ends == (Disposition.JOINED, Disposition.JOINED)
    assert (two.one.ticket(1).messages, messages(two.one, 1)) == (3, 3)


def test_a_reply_beside_a_merge_is_in_the_ticket_that_goes_on(
    two: Two, anne: Person, bart: Person, another: Received
) -> None:
    told = two.mailbox(bart)[-1]
    merging = two.one.accept(bart.replies(told, "!merge #1"))
    reply = two.other.accept(anne.replies(another, "It is very slow."))

    ends = two.at_once(lambda: receive(two.one, merging), lambda: receive(two.other, reply), after=JOINS)

    assert ends == (Disposition.COMMAND, Disposition.JOINED)
    assert two.one.inbox(reply).outcome.ticket_id == 1
    assert two.one.ticket(2).id == 1
    assert messages(two.one, 1) == 2


def test_a_merge_beside_a_reply_takes_it_along(two: Two, anne: Person, bart: Person, another: Received) -> None:
    told = two.mailbox(bart)[-1]
    reply = two.one.accept(anne.replies(another, "It is very slow."))
    merging = two.other.accept(bart.replies(told, "!merge #1"))

    ends = two.at_once(lambda: receive(two.one, reply), lambda: receive(two.other, merging), after=JOINS)

    assert ends == (Disposition.JOINED, Disposition.COMMAND)
    assert two.one.ticket(2).id == 1
    assert two.one.deliver(anne.replies(another, "Hello?")).outcome.ticket_id == 1


def test_two_merges_that_cross_are_one(two: Two, bart: Person, another: Received) -> None:
    of_one, of_two = two.mailbox(bart)
    first = two.one.accept(bart.replies(of_one, "!merge #2"))
    second = two.other.accept(bart.replies(of_two, "!merge #1"))

    two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after=JOINS)

    assert two.one.ticket(1).id == two.one.ticket(2).id
    ends = [event for number in (1, 2) for event, _, _ in two.one.events(number) if event is Event.TOOK_OVER]
    assert len(ends) == 1


def test_a_reply_beside_a_close_after_silence_opens_the_ticket_again(
    two: Two, anne: Person, bart: Person, opened: Received
) -> None:
    fall_silent(two, bart)
    reply = two.other.accept(anne.replies(opened, "It does not work."))

    _, end = two.at_once(lambda: two.one.parts.sweep(two.one.now), lambda: receive(two.other, reply), after=JOINS)

    assert end is Disposition.JOINED
    assert two.one.ticket(1).state is State.OPEN
    assert [event for event, _, _ in two.one.events(1)].count(Event.AUTO_CLOSED) == 1


def test_a_close_after_silence_beside_a_reply_does_nothing(
    two: Two, anne: Person, bart: Person, opened: Received
) -> None:
    fall_silent(two, bart)
    reply = two.one.accept(anne.replies(opened, "It does not work."))

    two.at_once(lambda: receive(two.one, reply), lambda: two.other.parts.sweep(two.other.now), after=JOINS)

    assert two.one.ticket(1).state is State.OPEN
    assert Event.AUTO_CLOSED not in [event for event, _, _ in two.one.events(1)]


def test_of_two_answers_of_staff_the_second_is_held_for_its_writer(
    two: Two, anne: Person, bart: Person, dora: Person, opened: Received
) -> None:
    two.one.now = two.other.now = two.one.now + timedelta(minutes=5)
    first = two.one.accept(bart.replies(two.mailbox(bart)[0], "Your mailbox is larger now."))
    second = two.other.accept(dora.replies(two.mailbox(dora)[0], "Please delete some mail."))

    ends = two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after=JOINS)

    assert ends == (Disposition.JOINED, Disposition.HELD)
    two.later(minutes=2)
    two.work()
    assert [mail.text.splitlines()[0] for mail in two.mailbox(anne)[1:]] == ["Your mailbox is larger now."]


def test_an_answer_of_staff_beside_a_mail_of_the_customer_loses_neither(
    two: Two, anne: Person, bart: Person, opened: Received
) -> None:
    first = two.one.accept(bart.replies(two.mailbox(bart)[0], "Please try again."))
    second = two.other.accept(anne.replies(opened, "It works again."))

    ends = two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after=JOINS)

    assert ends == (Disposition.JOINED, Disposition.JOINED)
    assert (two.one.ticket(1).state, two.one.ticket(1).messages) == (State.OPEN, messages(two.one, 1))


def test_two_readers_who_leave_do_not_both_go(two: Two, anne: Person, bart: Person, opened: Received) -> None:
    eric = two.one.contact(1, "Eric", "eric@customer.example")
    two.one.deliver(anne.replies(opened, f"!add {eric.address}"))
    two.one.deliver(bart.replies(two.mailbox(bart)[0], "Please try again."))
    two.later(minutes=1)
    assert len(two.one.ticket(1).participants) == 2
    first, second = (two.one.accept(one.replies(two.mailbox(one)[-1], "!stop")) for one in (anne, eric))

    ends = two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after=JOINS)

    assert ends == (Disposition.COMMAND, Disposition.COMMAND)
    assert [reader.address for reader in two.one.ticket(1).participants] == [eric.address]


def test_an_undo_beside_a_delivery_takes_back_what_has_not_left_and_nothing_else(
    two: Two, anne: Person, bart: Person, opened: Received
) -> None:
    told = two.mailbox(bart)[0]
    two.one.deliver(bart.replies(told, "Try the wrong thing."))
    undoing = two.one.accept(bart.replies(told, "!undo"))
    [answer] = two.one.outbox(Template.REPLY)
    two.one.now = two.other.now = two.one.now + timedelta(seconds=30)

    def deliver_too() -> None:
        two.other.parts.sweep(two.other.now)
        two.other.parts.deliver(answer.id, two.other.now)

    two.at_once(lambda: receive(two.one, undoing), deliver_too, after="UPDATE outbox SET state")

    [after] = two.one.outbox(Template.REPLY)
    arrived = [mail for mail in two.mailbox(anne) if "wrong thing" in mail.text]
    assert (after.state, arrived) == (OutState.CANCELLED, [])
    assert two.one.ticket(1).state is State.OPEN


def test_a_delivery_beside_an_undo_is_told_as_too_late(two: Two, anne: Person, bart: Person, opened: Received) -> None:
    told = two.mailbox(bart)[0]
    two.one.deliver(bart.replies(told, "Try the wrong thing."))
    undoing = two.other.accept(bart.replies(told, "!undo"))
    two.one.now = two.other.now = two.one.now + timedelta(seconds=30)
    two.one.parts.sweep(two.one.now)
    [answer] = two.one.outbox(Template.REPLY)

    two.at_once(
        lambda: two.one.parts.deliver(answer.id, two.one.now),
        lambda: receive(two.other, undoing),
        after="UPDATE outbox",
    )

    two.work()
    arrived = [mail for mail in two.mailbox(anne) if "wrong thing" in mail.text]
    assert (two.one.outbox(Template.REPLY)[0].state, len(arrived)) == (OutState.SENT, 1)
    assert two.one.ticket(1).state is State.ANSWERED
    assert "too late" in two.mailbox(bart)[-1].text.lower() or "has left" in two.mailbox(bart)[-1].text


def test_groups_of_mails_that_name_two_tickets_the_other_way_round_wait_for_each_other_once(
    two: Two, anne: Person, opened: Received, another: Received
) -> None:
    first = [two.one.accept(anne.replies(to, f"First {to.subject}.")) for to in (opened, another)]
    second = [two.other.accept(anne.replies(to, f"Second {to.subject}.")) for to in (another, opened)]

    two.at_once(
        lambda: two.one.parts.receive_all(first, two.one.now),
        lambda: two.other.parts.receive_all(second, two.other.now),
        after=JOINS,
    )

    assert {two.one.inbox(number).outcome.disposition for number in (*first, *second)} == {Disposition.JOINED}
    assert [(ticket.messages, messages(two.one, ticket.id)) for ticket in two.one.tickets()] == [(3, 3), (3, 3)]
