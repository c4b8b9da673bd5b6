"""The three roads by which a mail finds its ticket: token, references, tag; and what is no road."""

from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from tests.gate import SUPPORT, Gate, Person


def test_a_reply_joins_by_its_token_alone(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    [acknowledgement] = gate.mailbox(anne)

    joined = gate.deliver(anne.replies(acknowledgement, "Still broken.", headers={}, subject="Hello again"))

    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)
    assert joined.outcome.reason == "by token"
    assert joined.outcome.evidence is not None
    assert joined.outcome.evidence.level == "D+T"
    assert gate.ticket(1).messages == 2


def test_a_reply_joins_by_its_references_when_the_token_was_stripped(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    [acknowledgement] = gate.mailbox(anne)

    joined = gate.deliver(anne.replies(acknowledgement, "Still broken.", to=SUPPORT, subject="Hello again"))

    assert (joined.outcome.disposition, joined.outcome.reason) == (Disposition.JOINED, "by references")
    assert joined.outcome.evidence is not None
    assert joined.outcome.evidence.level == "D"
    assert gate.ticket(1).messages == 2


def test_a_reply_to_one_s_own_first_mail_joins_its_ticket(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken.", message_id="first"))

    joined = gate.deliver(
        anne.writes("I forgot to say:", subject="More", headers={"In-Reply-To": "<first@client.example>"})
    )

    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)


def test_an_id_that_was_only_ever_referenced_names_the_ticket(gate: Gate, anne: Person, bart: Person) -> None:
    never_seen = {"References": "<between-colleagues@client.example>"}
    gate.deliver(anne.writes("As we said among ourselves: it is broken.", headers=never_seen))

    joined = gate.deliver(anne.writes("And another thing.", subject="Fwd: that", headers=never_seen))

    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)


def test_colleagues_who_answer_each_other_before_us_stay_with_the_first_mail(
    gate: Gate, anne: Person, bart: Person
) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(anne.writes("It is broken.", message_id="first"))
    to_first = {"In-Reply-To": "<first@client.example>", "References": "<first@client.example>"}
    gate.deliver(dora.writes("Here too.", message_id="second", subject="Re: No mail", headers=to_first))

    both = "<first@client.example> <second@client.example>"
    to_second = {"In-Reply-To": "<second@client.example>", "References": both}
    joined = gate.deliver(anne.writes("Thank you, Dora.", subject="Re: No mail", headers=to_second))

    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)
    assert [(ticket.id, ticket.linked_to) for ticket in gate.tickets()] == [(1, None), (2, 1)]


def test_a_gateway_that_rewrites_everything_but_the_address_does_not_break_the_thread(
    gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))
    reply = gate.mailbox(anne)[-1]
    foreign = {"In-Reply-To": "<0102@ses.example>", "References": "<0101@ses.example> <0102@ses.example>"}

    joined = gate.deliver(anne.replies(reply, "It works.", subject="[External] Answer", headers=foreign))

    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)
    assert gate.ticket(1).state is State.OPEN


def test_a_reply_joins_by_the_tag_in_its_subject(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))

    joined = gate.deliver(anne.writes("Still broken.", subject="AW: No mail since Monday [#1]"))

    assert (joined.outcome.disposition, joined.outcome.reason) == (Disposition.JOINED, "by tag")
    assert gate.ticket(1).messages == 2


def test_two_tags_in_a_subject_name_no_ticket(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.writes("The other thing is broken too.", subject="Other"))

    opened = gate.deliver(anne.writes("Both still broken.", subject="Re: [#1] and [#2]"))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 3)
    assert gate.ticket(3).linked_to is None


def test_a_tag_of_no_ticket_opens_an_ordinary_one(gate: Gate, anne: Person, bart: Person) -> None:
    opened = gate.deliver(anne.writes("Invoice attached?", subject="Your order [#4711]"))

    assert opened.outcome.disposition is Disposition.OPENED
    assert (gate.ticket(1).subject, gate.ticket(1).linked_to) == ("Your order", None)


def test_the_same_subject_alone_never_joins(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken.", subject="Mail"))

    opened = gate.deliver(anne.writes("Something else.", subject="Re: Mail"))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 2)
    assert gate.ticket(1).messages == 1


def test_a_mail_whose_token_and_references_disagree_is_held(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.writes("The other thing is broken too.", subject="Other"))
    first, second = gate.mailbox(anne)

    held = gate.deliver(anne.replies(first, "Which one?", to=str(second.message["Reply-To"])))

    assert (held.outcome.disposition, held.outcome.ticket_id) == (Disposition.HELD, 2)
    assert held.outcome.reason == "its address says ticket #2, its references say #1"
    assert [gate.ticket(number).messages for number in (1, 2)] == [1, 1]


def test_a_held_contradiction_that_is_released_opens_a_linked_ticket(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.writes("The other thing is broken too.", subject="Other"))
    first, second = gate.mailbox(anne)
    held = gate.deliver(anne.replies(first, "Which one?", to=str(second.message["Reply-To"])))

    opened = gate.release(held.id)

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 3)
    assert gate.ticket(3).linked_to == 2


def test_one_mail_to_two_desks_is_one_ticket(gate: Gate, anne: Person, bart: Person) -> None:
    raw = anne.writes("Who can help?", to="billing@support.example, support@support.example")

    opened = gate.deliver(raw, to=("billing@support.example", "support@support.example"))

    assert opened.outcome.disposition is Disposition.OPENED
    assert [(ticket.id, ticket.desk) for ticket in gate.tickets()] == [(1, "billing")]
    assert len(gate.mailbox(anne)) == 1


def test_the_references_of_our_mails_lead_from_the_first_mail_to_the_last(
    gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken.", message_id="first"))
    [acknowledgement] = gate.mailbox(anne)
    gate.now = gate.now.replace(hour=10)

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "We are looking into it."))

    reply = gate.mailbox(anne)[-1].message
    ours = str(acknowledgement.message["Message-ID"])
    assert str(reply["References"]).split() == ["<first@client.example>", ours]
    assert reply["In-Reply-To"] == ours
