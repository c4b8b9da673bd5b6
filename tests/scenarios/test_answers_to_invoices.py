"""Whoever answers the mail of an invoice writes about that invoice, and staff see which one it is."""

import io
from datetime import timedelta

import pikepdf
import pytest

from mailgate.tickets.ticket import State
from store.desk import ticket_invoices
from store.engine import reading
from tests.collecting import Collector
from tests.gate import Gate, Person, Received


@pytest.fixture
def money(gate: Gate, bart: Person) -> Collector:
    """It sells."""
    return Collector.begin(gate)


@pytest.fixture
def anne(money: Collector) -> Person:
    """Customer 1."""
    return money.customer("Anne Miller")


@pytest.fixture
def brought(money: Collector, anne: Person) -> Received:
    """The mail that brought Anne the invoice 2026-0001."""
    money.sell(1)
    money.until(money.gate.now + timedelta(minutes=20))
    (mail,) = [one for one in money.gate.mailbox(anne) if one.subject.startswith("Invoice 2026-0001")]
    return mail


def about(gate: Gate, number: int) -> tuple[str, ...]:
    with reading(gate.parts.engine) as conn:
        return ticket_invoices.numbers(conn, number)


def test_the_invoice_is_there_as_a_pdf_of_its_own_name(brought: Received) -> None:
    (file,) = brought.message.iter_attachments()

    assert (file.get_filename(), file.get_content_type()) == (
        "Example-Hosting_invoice_2026-0001.pdf",
        "application/pdf",
    )
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert "factur-x.xml" in pdf.attachments


def test_an_answer_begins_a_ticket_about_it_and_the_next_joins_that(
    gate: Gate, money: Collector, anne: Person, bart: Person, brought: Received
) -> None:
    gate.deliver(anne.replies(brought, "Why is this more than last month?"))
    gate.deliver(anne.replies(brought, "I see, the set-up. But is that once only?"))

    (ticket,) = gate.tickets()
    assert (about(gate, ticket.id), ticket.customer_id) == (("2026-0001",), 1)
    assert len([one for one in gate.mailbox(bart) if "2026-0001" in one.text]) == 2


def test_once_that_is_closed_an_answer_opens_it_again(
    gate: Gate, money: Collector, anne: Person, bart: Person, brought: Received
) -> None:
    gate.deliver(anne.replies(brought, "Why is this more than last month?"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!close"))
    assert gate.ticket(1).state is State.CLOSED

    gate.deliver(anne.replies(brought, "And how do I pay by check?"))

    assert [(ticket.state, about(gate, ticket.id)) for ticket in gate.tickets()] == [(State.OPEN, ("2026-0001",))]


def test_a_stranger_who_was_sent_it_on_is_held_as_any_stranger(
    gate: Gate, money: Collector, anne: Person, brought: Received
) -> None:
    gate.deliver(Person("Nobody", "nobody@elsewhere.example").replies(brought, "I shall pay this for Anne."))

    assert gate.tickets() == ()


def test_the_contact_of_another_customer_writes_about_no_invoice_of_annes(
    gate: Gate, money: Collector, anne: Person, brought: Received
) -> None:
    cris = money.customer("Cris Other")

    gate.deliver(cris.replies(brought, "Anne sent me this. Is the price right?"))

    (ticket,) = gate.tickets()
    assert (ticket.customer_id, about(gate, ticket.id)) == (2, ())
