"""Who is answered, and who is believed to speak: the ticket's own people and the From, whatever else a mail says."""

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from tests.gate import Gate, Person


def test_a_colleague_who_was_in_copy_does_not_become_the_ticket_s_customer(
    gate: Gate, anne: Person, bart: Person
) -> None:
    """Pain 6: answers go to the account that owns the ticket, not to whoever wrote last."""
    owen = gate.contact(1, "Owen Reed", "owen@customer.example")
    gate.deliver(anne.writes("It is broken.", headers={"Cc": owen.address}))
    gate.deliver(owen.replies(gate.mailbox(anne)[0], "For me, too."))

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))

    ticket = gate.ticket(1)
    readers = [anne.address, owen.address]  # he is a contact of the account, so he takes part, and no more than that
    assert (ticket.customer_id, [person.address for person in ticket.participants]) == (1, readers)
    assert [row.notice.to_address for row in gate.outbox(Template.REPLY)] == readers


def test_the_reply_to_of_a_mail_is_not_its_author(gate: Gate, anne: Person, bart: Person, cris: Person) -> None:
    """Pain 7: a stranger who names a customer in Reply-To is a stranger; a customer's own is not followed."""
    held = gate.deliver(cris.writes("Send me the password.", headers={"Reply-To": anne.address}))
    gate.deliver(anne.writes("It is broken.", headers={"Reply-To": cris.address}))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Please try again."))

    assert held.outcome.disposition is Disposition.HELD
    assert "Written by Anne Miller <anne@customer.example>" in gate.mailbox(bart)[-1].text
    assert [row.notice.to_address for row in gate.outbox(Template.REPLY)] == [anne.address]
    assert {row.notice.template for row in gate.outbox() if row.notice.to_address == cris.address} == {Template.HELD}


def test_a_staff_member_s_reply_to_gives_nobody_his_rights(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    dora = gate.customer("Dora Dean", "dora@other.example")

    gate.deliver(dora.replies(gate.mailbox(bart)[0], "!close", headers={"Reply-To": bart.address}))

    assert gate.ticket(1).state is State.OPEN


def test_the_responder_of_another_address_is_answered_by_nobody(gate: Gate, anne: Person, bart: Person) -> None:
    """Pain 15: a program that answers from an address of its own starts no exchange."""
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))
    answer = gate.mailbox(anne)[-1]
    robot = Person("Helpdesk", "noreply@customer.example")
    sent = len(gate.outbox())

    for number in range(5):
        signs = {"Auto-Submitted": "auto-replied", "References": str(answer.message["Message-ID"])}
        raw = robot.writes(f"We got it, case {number}.", to=str(answer.message["Reply-To"]), headers=signs)
        gate.deliver(raw, sender=None)

    assert [row.notice.to_address for row in gate.outbox()[sent:] if row.notice.to_address == robot.address] == []
    assert gate.ticket(1).state is State.ANSWERED


def test_what_staff_write_between_quoted_lines_reaches_the_customer(gate: Gate, anne: Person, bart: Person) -> None:
    """Pain 20: an inline answer is not cut away with the quotes around it."""
    gate.deliver(anne.writes("Is it the disk?\nOr the cable?"))
    notification = gate.mailbox(bart)[0]
    inline = "> Is it the disk?\n\nNo.\n\n> Or the cable?\n\nYes, it is new now.\n\n> -- \n> Written by Anne Miller\n"

    gate.deliver(bart.writes(inline, to=str(notification.message["Reply-To"]), subject="Re: No mail [#1]"))

    text = gate.mailbox(anne)[-1].text
    assert "No." in text
    assert "Yes, it is new now." in text
    assert "Written by" not in text
