"""A merged ticket is an alias for good: whatever names it means the one that it went into."""

import pytest

from mailgate.flows.story.act import Act
from mailgate.flows.ticket import change
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.merging import CannotMerge
from mailgate.tickets.ticket import Doer, Event, State, Ticket
from store.desk import tickets
from store.engine import reading, transaction
from tests.gate import SUPPORT, Gate, Person
from tests.webview.web import running_web

BART = Doer("Bart Jones", "bart@hosting.example", staff_id=1)


def merge(gate: Gate, source: int, into: int) -> Ticket:
    """Somebody merges a ticket into another."""
    with transaction(gate.parts.engine) as conn:
        tickets.lock(conn, (source, into))
        target = tickets.find(conn, into)
        assert target is not None
        act = Act.begin(conn, gate.parts.settings, gate.now)
        return change.merge(act, tickets.itself(conn, (source,))[source], BART, into=target)


def itself(gate: Gate, number: int) -> Ticket:
    """A ticket as it is, merged or not."""
    with reading(gate.parts.engine) as conn:
        return tickets.itself(conn, (number,))[number]


@pytest.fixture
def two(gate: Gate, anne: Person, bart: Person) -> Gate:
    """Anne has written twice about the same thing."""
    gate.deliver(anne.writes("No mail since Monday."))
    gate.deliver(anne.writes("Still no mail.", subject="Mail again"))
    return gate


@pytest.mark.parametrize("road", ["token", "references", "tag", "token and references"])
def test_a_reply_to_a_merged_ticket_joins_the_one_that_goes_on(
    two: Gate, anne: Person, bart: Person, road: str
) -> None:
    [first, _] = two.mailbox(anne)
    merge(two, 1, 2)

    joined = two.deliver(
        {
            "token": anne.replies(first, "Well?", headers={}, subject="Hello"),
            "references": anne.replies(first, "Well?", to=SUPPORT, subject="Hello"),
            "tag": anne.writes("Well?", subject="Hello [#1]"),
            "token and references": anne.replies(first, "Well?"),
        }[road]
    )

    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 2)
    assert itself(two, 1).state is State.CLOSED
    assert [ticket.id for ticket in two.tickets()] == [1, 2]
    assert "[#2]" in two.mailbox(bart)[-1].subject


def test_the_token_of_the_old_and_the_references_of_the_new_agree(two: Gate, anne: Person) -> None:
    first, second = two.mailbox(anne)
    merge(two, 1, 2)
    both = {"In-Reply-To": str(second.message["Message-ID"]), "References": str(second.message["Message-ID"])}

    joined = two.deliver(anne.replies(first, "Well?", headers=both))

    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 2)


def test_an_answer_of_staff_to_the_old_notification_goes_out_on_the_new_ticket(
    two: Gate, anne: Person, bart: Person
) -> None:
    [first, _] = two.mailbox(bart)
    merge(two, 1, 2)

    joined = two.deliver(bart.replies(first, "Please try again."))

    assert joined.outcome.ticket_id == 2
    assert "[#2]" in two.mailbox(anne)[-1].subject
    assert (itself(two, 1).state, itself(two, 2).state) == (State.CLOSED, State.ANSWERED)


def test_a_chain_leads_to_its_end_whatever_the_order(two: Gate, anne: Person) -> None:
    two.deliver(anne.writes("And no web.", subject="Web"))
    merge(two, 1, 2)
    merge(two, 2, 3)

    joined = two.deliver(anne.replies(two.mailbox(anne)[0], "Well?"))

    assert joined.outcome.ticket_id == 3
    assert (itself(two, 1).merged_into, itself(two, 2).merged_into) == (3, 3)


def test_who_took_part_in_the_one_takes_part_in_the_other(gate: Gate, anne: Person, bart: Person) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(dora.writes("No mail."))
    gate.deliver(anne.writes("No mail."))
    merge(gate, 1, 2)

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "It works again."))

    assert {row.notice.to_address for row in gate.outbox(Template.REPLY)} == {anne.address, dora.address}


def test_both_tickets_tell_of_the_merge_once_and_by_whom(two: Gate) -> None:
    merge(two, 1, 2)
    merge(two, 1, 2)

    with reading(two.parts.engine) as conn:
        told = {number: tickets.history(conn, number)[-1] for number in (1, 2)}
        assert [len(tickets.history(conn, number)) for number in (1, 2)] == [2, 2]
    assert (told[1].event, told[1].author_name, told[1].details) == (Event.MERGED, "Bart Jones", {"other": 2})
    assert (told[2].event, told[2].author_name, told[2].details) == (Event.TOOK_OVER, "Bart Jones", {"other": 1})
    assert {entry.staff_id for entry in told.values()} == {1}


def test_a_question_that_waits_in_the_source_waits_in_the_target(two: Gate, bart: Person) -> None:
    two.deliver(bart.replies(two.mailbox(bart)[-1], "!close"))

    merged = merge(two, 1, 2)

    assert (merged.state, two.ticket(2).state) == (State.OPEN, State.OPEN)


def test_a_ticket_is_not_merged_into_itself_nor_in_a_circle(two: Gate) -> None:
    with pytest.raises(CannotMerge, match="#1 cannot be merged into itself"):
        merge(two, 1, 1)
    merge(two, 1, 2)

    with pytest.raises(CannotMerge, match="#2 cannot be merged into itself, nor into what was merged into it"):
        merge(two, 2, 1)


def test_a_ticket_that_was_merged_is_not_merged_elsewhere(two: Gate, anne: Person) -> None:
    two.deliver(anne.writes("And no web.", subject="Web"))
    merge(two, 1, 2)

    with pytest.raises(CannotMerge, match="#1 is merged into #2 already: merge that one"):
        merge(two, 1, 3)


def test_tickets_of_two_customers_stay_apart(gate: Gate, anne: Person) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example")
    gate.deliver(anne.writes("No mail."))
    gate.deliver(dora.writes("No mail."))

    with pytest.raises(CannotMerge, match=r"#1 is of customer 1, #2 of customer 2: each would read the other's mails"):
        merge(gate, 1, 2)

    assert len(gate.ticket(2).participants) == 1
    assert gate.ticket(1).state is State.OPEN


def test_a_mail_that_did_not_arrive_reopens_the_ticket_that_goes_on(two: Gate, anne: Person, bart: Person) -> None:
    two.sink.replies["RCPT"] = ["451 4.7.1 try again later"]
    two.deliver(bart.replies(two.mailbox(bart)[0], "Please try again."))
    merge(two, 1, 2)
    two.deliver(bart.replies(two.mailbox(bart)[-1], "!close"))

    two.sink.replies["RCPT"] = ["550 5.7.1 no"]
    two.later(minutes=5)

    assert (itself(two, 1).state, itself(two, 2).state) == (State.CLOSED, State.OPEN)


def test_the_page_of_a_merged_ticket_leads_on_for_customers_and_staff(two: Gate, anne: Person, bart: Person) -> None:
    merge(two, 1, 2)

    with running_web(two) as web:
        customers = web.signed_in(anne).get("/tickets/1")
        staffs = web.signed_in(bart).get("/staff/tickets/1")

    assert "No mail since Monday." in customers.text
    assert 'href="/tickets/2"' in customers.text
    assert 'href="/staff/tickets/2"' in staffs.text
    assert "merged into #2 by Bart Jones" in staffs.text
