"""One address that speaks for several customers: the ticket decides, else the one active last, and staff are told."""

from datetime import timedelta

import pytest

from mailgate.mail.disposition import Disposition
from tests.gate import Gate, Person


@pytest.fixture
def agency(gate: Gate, bart: Person) -> Person:
    """A web agency that writes for customers 1 and 2 from one address; for 2 it was registered last."""
    gate.customer("First Shop", "web@agency.example")
    gate.now += timedelta(hours=1)
    return gate.customer("Second Shop", "web@agency.example")


def test_a_new_mail_counts_for_the_customer_who_was_active_last(gate: Gate, bart: Person, agency: Person) -> None:
    gate.deliver(agency.writes("It is broken."))

    assert gate.ticket(1).customer_id == 2
    told = gate.mailbox(bart)[0].text
    assert "web@agency.example speaks for several customers; customer 2 was active last" in told


def test_a_reply_counts_for_the_customer_of_its_ticket(gate: Gate, bart: Person, agency: Person) -> None:
    gate.deliver(agency.writes("It is broken."))
    gate.now += timedelta(hours=1)
    gate.customer("Third Shop", "web@agency.example")

    joined = gate.deliver(agency.replies(gate.mailbox(agency)[0], "Still broken."))

    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)
    assert joined.outcome.evidence is not None
    assert joined.outcome.evidence.level == "D+T"
    assert gate.ticket(1).customer_id == 2


def test_a_reply_makes_its_customer_the_one_that_is_meant_next_time(gate: Gate, bart: Person, agency: Person) -> None:
    gate.deliver(agency.writes("It is broken."))
    gate.now += timedelta(hours=1)
    gate.customer("Third Shop", "web@agency.example")
    gate.now += timedelta(hours=1)
    gate.deliver(agency.replies(gate.mailbox(agency)[0], "Still broken."))

    gate.deliver(agency.writes("Something new.", subject="New"))

    assert gate.ticket(2).customer_id == 2


def test_an_old_mail_that_is_released_changes_nothing_about_who_was_active_last(
    gate: Gate, bart: Person, agency: Person
) -> None:
    gate.deliver(agency.writes("It is broken."))
    gate.deliver(agency.writes("So is this.", subject="Other"))
    first, second = gate.mailbox(agency)
    held = gate.deliver(agency.replies(first, "Which one?", to=str(second.message["Reply-To"])))
    gate.now += timedelta(hours=1)
    gate.deliver(agency.replies(first, "Never mind."))
    gate.now += timedelta(hours=1)
    gate.customer("Third Shop", "web@agency.example")

    gate.release(held.id)
    gate.deliver(agency.writes("Something new.", subject="New"))

    assert held.outcome.disposition is Disposition.HELD
    assert gate.ticket(4).customer_id == 3
