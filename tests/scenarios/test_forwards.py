"""Staff send a customer's mail on as an attachment: it is its author's ticket, nobody is guessed (pains 13, 24)."""

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Direction, EntryKind, State
from tests.gate import Gate, Person


def _attached(*mails: bytes) -> list[tuple[str, str, bytes]]:
    return [(f"mail-{number}.eml", "message/rfc822", raw) for number, raw in enumerate(mails)]


def _sends_on(bart: Person, text: str, *mails: bytes, subject: str = "Fwd: No mail since Monday") -> bytes:
    raw = bart.writes(text, subject=subject, files=[(name, "text/plain", mail) for name, _, mail in _attached(*mails)])
    return raw.replace(b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\nContent-Disp", _RFC822)


_RFC822 = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\nContent-Disp"


def test_an_attached_mail_opens_a_ticket_of_its_author(gate: Gate, anne: Person, bart: Person) -> None:
    sent = anne.writes("It is broken.", to="bart@hosting.example", message_id="first")

    opened = gate.deliver(_sends_on(bart, "She called, too.", sent))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 1)
    ticket = gate.ticket(1)
    assert (ticket.customer_id, ticket.state, ticket.subject) == (1, State.OPEN, "No mail since Monday")
    [words] = [entry for entry in gate.history(1) if entry.kind is EntryKind.MESSAGE]
    assert (words.text, words.direction) == ("It is broken.", Direction.IN)
    assert words.author_name == "Anne Miller (forwarded by Bart Jones)"
    assert words.evidence == "D"
    assert [entry.text for entry in gate.history(1) if entry.kind is EntryKind.NOTE] == ["She called, too."]
    assert gate.mailbox(anne) == []
    told = gate.mailbox(bart)[-1].text
    assert "It is broken." in told
    assert "Please note: Bart Jones forwarded this." in told


def test_the_customer_is_answered_and_the_answer_joins(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(_sends_on(bart, "", anne.writes("It is broken.", message_id="first")))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Please try again."))
    joined = gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Works."))

    assert gate.mailbox(anne)[-1].message["In-Reply-To"] == "<first@client.example>"
    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)


def test_customer_says_whose_it_is_when_the_author_is_not_registered(
    gate: Gate, anne: Person, bart: Person, cris: Person
) -> None:
    gate.deliver(_sends_on(bart, "!customer anne@customer.example", cris.writes("From my other address.")))

    assert gate.ticket(1).participants[0].address == anne.address
    assert "From my other address." in [entry.text for entry in gate.history(1)]
    assert gate.outbox(Template.REPLY) == ()


def test_an_author_who_is_not_registered_comes_back_with_the_way_out(
    gate: Gate, anne: Person, bart: Person, cris: Person
) -> None:
    mentions_anne = cris.writes("Please tell <mailto:anne@customer.example> that From: anne@customer.example wrote.")

    returned = gate.deliver(_sends_on(bart, "Who is this?", mentions_anne))

    assert returned.outcome.disposition is Disposition.COMMAND
    words = " ".join(gate.mailbox(bart)[-1].text.split())
    assert "cris@stranger.example, who wrote the attached mail, is not registered." in words
    assert "!customer ann@example.org" in words
    assert gate.tickets() == ()


def test_a_forward_in_the_text_is_not_guessed_at(gate: Gate, anne: Person, bart: Person) -> None:
    text = "FYI\n\n---------- Forwarded message ---------\nFrom: Anne Miller <anne@customer.example>\n\nIt is broken."

    returned = gate.deliver(bart.writes(text, subject="WG: No mail"))

    assert returned.outcome.disposition is Disposition.COMMAND
    assert gate.tickets() == ()


@pytest.mark.parametrize("prefix", ["WG:", "TR:", "Fwd:", "AW:"])
def test_the_prefix_of_the_subject_decides_nothing(gate: Gate, anne: Person, bart: Person, prefix: str) -> None:
    gate.deliver(anne.writes("It is broken."))
    notification = gate.mailbox(bart)[0]

    gate.deliver(bart.replies(notification, "Please try again.", subject=f"{prefix} whatever"))

    assert "Please try again." in gate.mailbox(anne)[-1].text


def test_two_attached_mails_come_back(gate: Gate, anne: Person, bart: Person) -> None:
    returned = gate.deliver(_sends_on(bart, "", anne.writes("One."), anne.writes("Two.")))

    assert "There is more than one mail attached" in (returned.outcome.reason or "")
    assert gate.tickets() == ()


def test_a_customer_s_attached_mail_is_a_file_and_nothing_more(gate: Gate, anne: Person, bart: Person) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example")

    gate.deliver(_sends_on(dora, "See this.", anne.writes("It is broken.")))

    assert [ticket.customer_id for ticket in gate.tickets()] == [2]
