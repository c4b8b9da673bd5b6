"""A mail becomes a ticket, the answer reaches the customer, and his reply joins."""

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from tests.gate import Gate, Person


def test_a_mail_becomes_a_ticket_and_the_reply_joins_it(gate: Gate, anne: Person, bart: Person) -> None:
    opened = gate.deliver(anne.writes("Since Monday every mail comes back."))
    ticket = gate.ticket(1)
    assert opened.outcome.disposition is Disposition.OPENED
    assert (ticket.subject, ticket.state, ticket.messages) == ("No mail since Monday", State.OPEN, 1)

    [acknowledgement] = gate.mailbox(anne)
    assert acknowledgement.subject == "Re: No mail since Monday [#1]"
    assert acknowledgement.reverse_path == ""
    assert acknowledgement.message["Auto-Submitted"] == "auto-replied"

    [notification] = gate.mailbox(bart)
    assert "Since Monday every mail comes back." in notification.text
    gate.deliver(bart.replies(notification, "The quota was too small. It works again."))
    assert gate.ticket(1).state is State.ANSWERED

    answer = gate.mailbox(anne)[-1]
    assert "The quota was too small. It works again." in answer.text
    assert "bart@hosting.example" not in answer.raw.decode()
    assert "nobody has it" not in answer.text
    assert answer.message["Auto-Submitted"] is None

    joined = gate.deliver(anne.replies(answer, "Yes, thank you!"))
    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)
    assert gate.ticket(1).state is State.OPEN
    assert [entry.text for entry in gate.history(1)][-1] == "Yes, thank you!"

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!close"))
    assert gate.ticket(1).state is State.CLOSED
    assert gate.mailbox(anne)[-1].subject == "Re: No mail since Monday [#1]"
    assert gate.outbox(Template.CLOSED)[0].state == "sent"
