"""People change and leave: their rows stay, and nobody who has left is taken for somebody we know."""

import pytest

from mailgate.flows.story.act import Act
from mailgate.flows.ticket import leave
from mailgate.flows.ticket.leave import StillNeeded
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.people import Role
from mailgate.tickets.ticket import State
from store import people, people_edits
from store.engine import reading, transaction
from store.people import AddressTaken
from store.schema import tickets
from store.views import visitors
from tests.gate import Gate, Person


@pytest.fixture
def eric(gate: Gate, bart: Person, anne: Person) -> Person:
    """A second contact of Anne's company, contact 2, who has ticket 1."""
    eric = gate.contact(1, "Eric", "eric@customer.example")
    gate.deliver(eric.writes("It is broken."))
    return eric


def remove_contact(gate: Gate, contact_id: int, *, force: bool) -> None:
    with transaction(gate.parts.engine) as conn:
        contact = people.find_contact(conn, contact_id)
        assert contact is not None
        leave.remove_contact(Act.begin(conn, gate.parts.settings, gate.now), contact, force=force)


def test_a_contact_with_an_open_ticket_stays_unless_that_is_meant(gate: Gate, eric: Person) -> None:
    with pytest.raises(StillNeeded, match="#1"):
        remove_contact(gate, 2, force=False)

    remove_contact(gate, 2, force=True)

    with reading(gate.parts.engine) as conn:
        assert people.find_contact(conn, 2) is None


def test_a_removed_contact_is_a_stranger_and_gets_no_answers(gate: Gate, bart: Person, eric: Person) -> None:
    told = gate.mailbox(bart)[0]
    mails = len(gate.mailbox(eric))
    remove_contact(gate, 2, force=True)

    again = gate.deliver(eric.writes("Still broken."))
    gate.deliver(bart.replies(told, "It works now."))

    assert again.outcome.disposition is Disposition.HELD
    assert len([mail for mail in gate.mailbox(eric) if mail.subject.startswith("Re:")]) <= mails
    assert not [row for row in gate.outbox(Template.REPLY) if row.notice.to_address == eric.address]


def test_a_removed_contact_is_signed_out(gate: Gate, eric: Person) -> None:
    with reading(gate.parts.engine) as conn:
        before = people.epoch_of_contact(conn, 2)

    remove_contact(gate, 2, force=True)

    with reading(gate.parts.engine) as conn:
        assert people.epoch_of_contact(conn, 2) == before + 1
        assert visitors.contact(conn, 2) is None


def test_a_removed_contact_that_is_registered_again_has_its_old_id(gate: Gate, eric: Person) -> None:
    remove_contact(gate, 2, force=True)

    gate.contact(1, "Eric again", eric.address)

    with reading(gate.parts.engine) as conn:
        back = people.find_contact(conn, 2)
    assert back is not None
    assert (back.name, back.roles) == ("Eric again", (Role.SUPPORT,))


def test_with_a_new_address_the_old_one_is_a_strangers(gate: Gate, eric: Person) -> None:
    with transaction(gate.parts.engine) as conn:
        people_edits.edit_contact(conn, 2, address="eric@new.example")

    old = gate.deliver(eric.writes("From the old address."))
    new = gate.deliver(Person("Eric", "eric@new.example").writes("From the new one."))

    assert old.outcome.disposition is Disposition.HELD
    assert new.outcome.disposition is Disposition.OPENED
    assert [one.address for one in gate.ticket(1).participants] == ["eric@new.example"]


def test_two_contacts_of_a_customer_cannot_have_one_address(gate: Gate, eric: Person) -> None:
    with pytest.raises(AddressTaken), transaction(gate.parts.engine) as conn:
        people_edits.edit_contact(conn, 2, address="Anne@customer.example")


def test_a_removed_customer_leaves_closed_tickets_and_no_one_we_know(gate: Gate, anne: Person, eric: Person) -> None:
    with transaction(gate.parts.engine) as conn:
        customer = people.find_customer(conn, 1)
        assert customer is not None
        act = Act.begin(conn, gate.parts.settings, gate.now)
        with pytest.raises(StillNeeded, match="#1"):
            leave.remove_customer(act, customer, force=False)
        leave.remove_customer(act, customer, force=True)

    after = gate.deliver(anne.writes("Hello?"))

    assert gate.ticket(1).state is State.CLOSED
    assert after.outcome.disposition is Disposition.HELD
    with reading(gate.parts.engine) as conn:
        assert people.list_customers(conn) == ()


def test_who_leaves_the_staff_has_no_tickets_no_session_and_no_say(gate: Gate, bart: Person, eric: Person) -> None:
    gate.staff("Dora", "dora@hosting.example")
    told = gate.mailbox(bart)[0]
    with transaction(gate.parts.engine) as conn:
        conn.execute(tickets.update().values(assignee_id=1))
        member = people.find_staff(conn, 1)
        assert member is not None
        freed = leave.remove_staff(Act.begin(conn, gate.parts.settings, gate.now), member, force=False)

    gate.deliver(bart.replies(told, "I am still here."))

    assert freed == (1,)
    assert gate.ticket(1).assignee_id is None
    assert not gate.outbox(Template.REPLY)
    with reading(gate.parts.engine) as conn:
        assert visitors.staff_member(conn, 1) is None
        assert people.epoch_of_staff(conn, 1) == 1
