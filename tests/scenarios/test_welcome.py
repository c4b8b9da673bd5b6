"""The first mail to somebody new: customers learn of their pages, staff how the desk is worked."""

import pytest

from mailgate.flows.story.act import Act
from mailgate.flows.welcome import welcome, welcome_staff
from mailgate.letters.kind import Template
from store import people
from store.engine import transaction
from tests.gate import BeginGate, Gate, Person


def welcomed(gate: Gate, customer_id: int) -> bool:
    """Write to the owner of a customer."""
    with transaction(gate.parts.engine) as conn:
        done = welcome(Act.begin(conn, gate.parts.settings, gate.now), people.get_customer(conn, customer_id))
    gate.work()
    return done


def test_a_customer_learns_where_the_pages_are_and_an_answer_opens_a_ticket(gate: Gate, anne: Person) -> None:
    assert welcomed(gate, 1)

    [mail] = gate.mailbox(anne)
    assert {"support@support.example", "sign-in@support.example"} <= set(mail.text.splitlines())
    assert gate.parts.settings.web.public_url in mail.text
    gate.deliver(anne.replies(mail, "How do I set up my mail?"))
    assert gate.ticket(1).customer_id == 1


def test_nobody_is_welcomed_twice_at_one_address(gate: Gate, anne: Person) -> None:
    welcomed(gate, 1)

    assert not welcomed(gate, 1)
    assert len(gate.mailbox(anne)) == 1


def test_a_contact_hears_for_whom_and_counts_not_as_the_customer(gate: Gate, anne: Person) -> None:
    carl = gate.contact(1, "Carl Reed", "carl@customer.example")
    with transaction(gate.parts.engine) as conn:
        [contact] = people.contacts_with(conn, carl.address)
        assert welcome(Act.begin(conn, gate.parts.settings, gate.now), contact)
    gate.work()

    assert "a contact of Anne" in gate.mailbox(carl)[0].text
    assert welcomed(gate, 1)


def test_no_page_is_named_that_only_the_operator_can_open(begin: BeginGate) -> None:
    gate = begin(gate={"domain": "support.test"})
    anne = gate.customer("Anne Miller", "anne@customer.example")

    welcomed(gate, 1)

    assert "http" not in gate.mailbox(anne)[0].text


def test_a_customer_is_written_to_in_the_customer_s_language(gate: Gate) -> None:
    anna = gate.customer("Anna Mai", "anna@kunde.example", language="de")

    welcomed(gate, 1)

    assert gate.mailbox(anna)[0].subject == "Willkommen bei Example Hosting"


def test_new_staff_are_told_how_and_what_they_try_works(gate: Gate, bart: Person) -> None:
    gate.staff("Cris Poole", "cris@hosting.example")
    with transaction(gate.parts.engine) as conn:
        act = Act.begin(conn, gate.parts.settings, gate.now)
        assert welcome_staff(act, act.staff[0])
    gate.work()
    [mail] = gate.mailbox(bart)

    gate.deliver(bart.replies(mail, "!help"))

    assert "Cris Poole answers customers, too" in mail.text
    assert [row.notice.to_address for row in gate.outbox(Template.STAFF_HELP)] == [bart.address]


@pytest.mark.parametrize("is_on", [True, False])
def test_who_is_registered_by_mail_is_welcomed_where_the_settings_say_so(begin: BeginGate, is_on: bool) -> None:
    gate = begin(welcome={"customers": is_on})
    bart, eve = gate.staff("Bart Jones", "bart@hosting.example"), Person("Eve", "eve@elsewhere.example")
    number = gate.deliver(eve.writes("Do you host shops?")).id
    gate.later(hours=2)

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], f"register {number} Eve Summer"))

    assert bool(gate.outbox(Template.WELCOME)) is is_on
    [told] = gate.outbox(Template.DECIDED)
    assert ("welcomed" in str(told.notice.values["done"])) is is_on
