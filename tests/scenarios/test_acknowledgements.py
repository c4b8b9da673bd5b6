"""Who is acknowledged, how often, and how the acknowledgement keeps from being answered by a program."""

import pytest

from mailgate.config.settings import UnknownSender
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from tests.gate import BeginGate, Gate, Person


def test_an_acknowledgement_cannot_be_answered_by_a_program(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken.", message_id="first"))

    [acknowledgement] = gate.mailbox(anne)
    message = acknowledgement.message
    assert acknowledgement.reverse_path == ""
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["In-Reply-To"] == "<first@client.example>"


def test_a_ticket_is_acknowledged_once(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.replies(gate.mailbox(anne)[0], "Still broken."))
    gate.deliver(anne.writes("Hello?", subject="Re: No mail since Monday [#1]"))

    assert gate.ticket(1).messages == 3
    assert len(gate.mailbox(anne)) == 1


def test_a_hundred_mails_are_a_hundred_tickets_and_five_acknowledgements(begin: BeginGate) -> None:
    gate = begin(budgets={"tickets_per_sender_hour": 100})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    given = [gate.accept(anne.writes(f"Number {number}.")) for number in range(100)]
    gate.work()

    assert {gate.inbox(spool_id).outcome.disposition for spool_id in given} == {Disposition.OPENED}
    assert len(gate.tickets()) == 100
    assert len(gate.mailbox(anne)) == 5


def test_a_day_has_ten_acknowledgements_for_one_address(gate: Gate, anne: Person) -> None:
    for _ in range(4):
        for number in range(6):
            gate.deliver(anne.writes(f"At {gate.now}, number {number}."))
        gate.later(hours=2)
    on_this_day = len(gate.mailbox(anne))
    gate.later(hours=24)
    gate.deliver(anne.writes("The next day."))

    assert on_this_day == 10
    assert len(gate.mailbox(anne)) == 11


def test_the_budget_of_one_address_is_not_another_s(gate: Gate, anne: Person) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example")
    for number in range(8):
        gate.deliver(anne.writes(f"Number {number}."))

    gate.deliver(dora.writes("It is broken."))

    assert (len(gate.mailbox(anne)), len(gate.mailbox(dora))) == (5, 1)


def test_a_stranger_is_told_once_that_a_person_will_look(gate: Gate, bart: Person, cris: Person) -> None:
    given = [gate.accept(cris.writes(f"Number {number}.")) for number in range(20)]
    gate.work()

    assert {gate.inbox(spool_id).outcome.disposition for spool_id in given} == {Disposition.HELD}
    assert len(gate.mailbox(cris)) == 1


LIST_MAIL = [
    {"List-Id": "<users.list.example>", "Precedence": "list"},
    {"Precedence": "bulk"},
    {"X-Auto-Response-Suppress": "All"},
    {"List-Unsubscribe": "<mailto:leave@list.example>"},
]


@pytest.mark.parametrize("headers", LIST_MAIL)
def test_mail_through_a_list_opens_a_ticket_without_acknowledgement(
    gate: Gate, anne: Person, bart: Person, headers: dict[str, str]
) -> None:
    opened = gate.deliver(anne.writes("It is broken.", headers=headers))

    assert opened.outcome.disposition is Disposition.OPENED
    assert gate.mailbox(anne) == []
    assert "It is broken." in gate.mailbox(bart)[0].text


def test_mail_through_a_list_reopens_a_ticket(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!close"))
    assert gate.ticket(1).state == "closed"

    listed = {"List-Id": "<users.list.example>"}
    gate.deliver(anne.writes("Again!", subject="[users] Re: No mail since Monday [#1]", headers=listed))

    assert gate.ticket(1).state == "open"


def test_a_monitor_of_a_customer_opens_a_ticket_and_gets_no_answer(gate: Gate, anne: Person, bart: Person) -> None:
    opened = gate.deliver(anne.writes("Disk full on web1.", headers={"Auto-Submitted": "auto-generated"}))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.AUTOMATIC, 1)
    assert gate.mailbox(anne) == []
    assert "a program wrote this (auto-generated)" in gate.mailbox(bart)[0].text


@pytest.mark.parametrize("desk", ["postmaster@support.example", "abuse@support.example", "postmaster"])
def test_postmaster_and_abuse_take_mail_from_everybody(gate: Gate, bart: Person, cris: Person, desk: str) -> None:
    opened = gate.deliver(cris.writes("Your server sends me spam.", to="postmaster@support.example"), to=desk)

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 1)
    assert "Your server sends me spam." in gate.mailbox(bart)[0].text
    assert gate.mailbox(cris)[0].subject == "We have received your mail [#1]"


def test_an_unverified_customer_gets_an_acknowledgement_that_repeats_nothing(gate: Gate, anne: Person) -> None:
    blemished = anne.writes("It is broken.", subject="Buy pills").replace(b"Subject:", b"X-Odd: a\rb\r\nSubject:")

    opened = gate.deliver(blemished)

    assert opened.outcome.evidence is not None
    assert opened.outcome.evidence.level == "0"
    [acknowledgement] = gate.mailbox(anne)
    assert acknowledgement.subject == "We have received your mail [#1]"
    assert "Buy pills" not in acknowledgement.raw.decode()


def test_strangers_get_an_acknowledgement_with_a_fixed_subject_where_they_may_open_tickets(
    begin: BeginGate, cris: Person
) -> None:
    gate = begin(desk_rules={"unknown_sender": UnknownSender.OPEN})
    bart = gate.staff("Bart Jones", "bart@hosting.example")

    opened = gate.deliver(cris.writes("Do you sell servers?", subject="Buy pills"))

    assert (opened.outcome.disposition, gate.ticket(1).customer_id) == (Disposition.OPENED, None)
    assert gate.mailbox(cris)[0].subject == "We have received your mail [#1]"
    assert "Do you sell servers?" in gate.mailbox(bart)[0].text


def test_no_mail_goes_to_an_address_of_ours(gate: Gate, bart: Person) -> None:
    billing = gate.customer("Billing", "billing@support.example")
    loop = gate.staff("Loop", "bounce@support.example")
    anne = gate.customer("Anne Miller", "anne@customer.example")

    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.writes("Answer there.", headers={"Reply-To": "support@support.example"}))
    from_ours = gate.deliver(billing.writes("Who are you?"))

    assert (from_ours.outcome.disposition, from_ours.outcome.reason) == (
        Disposition.AUTOMATIC,
        "its author is an address of ours",
    )
    assert (gate.mailbox(billing), gate.mailbox(loop)) == ([], [])
    assert not [row for row in gate.outbox() if row.notice.to_address.endswith("@support.example")]
    assert [row.notice.template for row in gate.outbox(Template.ACKNOWLEDGEMENT)] == [Template.ACKNOWLEDGEMENT] * 2
