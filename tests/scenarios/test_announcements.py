"""A mail of staff to many customers: counted, confirmed by reply, a few a minute, and stopped by a word."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from mailgate.inbound.spamd import SpamVerdict, Unscored
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.people import Role
from store import people, people_edits
from store.engine import reading, transaction
from store.schema import announcements
from tests.gate import BeginGate, Gate, Person, Received


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate that writes to two people a minute."""
    return begin(announcements={"per_minute": 2, "most_readers": 5, "per_day": 1})


@pytest.fixture
def customers(gate: Gate) -> list[Person]:
    """Four customers; the third has a contact for general matters, and the last shares his address with the first."""
    found = [gate.customer(f"Customer {n}", f"c{n}@customer.example") for n in (1, 2, 3)]
    with transaction(gate.parts.engine) as conn:
        people.add_contact(conn, 3, "Gerda", "gerda@customer.example", (Role.GENERAL,), now=gate.now)
        people.add_contact(conn, 3, "Ina", "ina@customer.example", (Role.INVOICE,), now=gate.now)
    gate.customer("Customer 4", "C1@customer.example")
    return [*found, Person("Gerda", "gerda@customer.example")]


MAIL = "!announce everybody\n\nOn Sunday all servers are restarted."


@pytest.fixture
def question(gate: Gate, customers: list[Person], bart: Person) -> Received:
    """What Bart is asked."""
    gate.deliver(bart.writes(MAIL, subject="Maintenance on Sunday"))
    return gate.mailbox(bart)[-1]


def got(gate: Gate, customers: list[Person]) -> list[int]:
    """How many mails each has."""
    return [len(gate.mailbox(one)) for one in customers]


def test_its_writer_is_asked_how_many_get_it_and_nobody_gets_it_before_his_yes(
    gate: Gate, customers: list[Person], bart: Person, question: Received
) -> None:
    text = " ".join(question.text.split())

    gate.later(hours=1)

    assert "“Maintenance on Sunday” is sent to 4 people at 3 customers, within about 2 minutes" in text
    assert got(gate, customers) == [0, 0, 0, 0]


def test_after_a_yes_each_gets_it_once_a_few_a_minute(
    gate: Gate, customers: list[Person], bart: Person, question: Received
) -> None:
    gate.deliver(bart.replies(question, "yes"))
    steps = []
    for _ in range(4):
        gate.later(minutes=1)
        steps.append(sum(got(gate, customers)))
    gate.later(hours=30)

    assert steps == [2, 4, 4, 4]
    assert got(gate, customers) == [1, 1, 1, 1]
    mail = gate.mailbox(customers[0])[0]
    assert mail.subject == "Maintenance on Sunday"
    assert mail.text.startswith("On Sunday all servers are restarted.")
    assert str(mail.message["From"]) == '"Bart Jones (Example Hosting)" <support@support.example>'
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert "on its way to 4 people" in " ".join(gate.mailbox(bart)[-1].text.split())
    assert not gate.mailbox(Person("Ina", "ina@customer.example"))


def test_an_answer_to_it_opens_a_ticket_and_a_program_s_answer_nothing(
    gate: Gate, customers: list[Person], bart: Person, question: Received
) -> None:
    gate.deliver(bart.replies(question, "yes"))
    gate.later(minutes=1)
    mail = gate.mailbox(customers[0])[0]

    gate.deliver(customers[0].replies(mail, "On Sunday?"))
    away = gate.deliver(
        customers[1].replies(gate.mailbox(customers[1])[0], "", headers={"Auto-Submitted": "auto-replied"})
    )

    assert [ticket.subject for ticket in gate.tickets()] == ["Re: Maintenance on Sunday"]
    assert away.outcome.disposition is Disposition.AUTOMATIC


def test_it_can_be_stopped(gate: Gate, customers: list[Person], bart: Person, question: Received) -> None:
    gate.deliver(bart.replies(question, "yes"))
    gate.later(seconds=1)

    gate.deliver(bart.writes("!announce stop", subject="Stop"))
    gate.later(hours=1)
    gate.deliver(bart.writes("!announce stop", subject="Stop, please"))

    assert sum(got(gate, customers)) == 2
    assert "Stopped: 2 of 4 people" in " ".join(gate.mailbox(bart)[-2].text.split())
    assert "No mail to many customers is on its way." in " ".join(gate.mailbox(bart)[-1].text.split())


def test_a_no_or_a_colleague_s_release_sends_nothing(
    gate: Gate, customers: list[Person], bart: Person, question: Received
) -> None:
    released = gate.release(1)
    gate.deliver(bart.replies(question, "no"))
    gate.later(hours=1)

    assert released.outcome.disposition is Disposition.HELD
    assert got(gate, customers) == [0, 0, 0, 0]
    with reading(gate.parts.engine) as conn:
        assert conn.execute(select(announcements)).first() is None


def test_who_has_left_meanwhile_gets_nothing(
    gate: Gate, customers: list[Person], bart: Person, question: Received
) -> None:
    gate.deliver(bart.replies(question, "yes"))
    gate.later(seconds=1)
    with transaction(gate.parts.engine) as conn:
        contact = people.contacts_with(conn, customers[3].address)[0]
        people_edits.remove_contact(conn, contact.id, now=gate.now)

    gate.later(minutes=2)

    assert got(gate, customers) == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "case",
    [
        ("!announce everybody", "there are no words of yours below it"),
        ("!announce", "a name is needed here"),
        ("!announce basic\nHello.", "basic is no product; write !announce everybody"),
    ],
)
def test_what_goes_to_nobody_comes_back(
    gate: Gate, customers: list[Person], bart: Person, case: tuple[str, str]
) -> None:
    text, why = case

    gate.deliver(bart.writes(text, subject="Maintenance"))

    assert why in " ".join(gate.mailbox(bart)[-1].text.split())
    assert not gate.outbox(Template.CONFIRM)


def test_more_people_or_mails_than_the_settings_allow_are_refused(
    gate: Gate, customers: list[Person], bart: Person, question: Received
) -> None:
    gate.deliver(bart.replies(question, "yes"))
    gate.deliver(bart.writes(f"{MAIL} Again.", subject="Again"))
    once_a_day = " ".join(gate.mailbox(bart)[-1].text.split())
    for number in range(2):
        gate.customer("More", f"more{number}@customer.example")
    gate.now = gate.now.replace(day=4)
    gate.deliver(bart.writes(f"{MAIL} Once more.", subject="Once more"))

    assert "1 such mails have begun within a day, which is what announcements.per_day allows" in once_a_day
    assert "it would go to 6 people, and announcements.most_readers allows 5" in " ".join(
        gate.mailbox(bart)[-1].text.split()
    )


def test_a_customer_cannot_announce(gate: Gate, customers: list[Person], bart: Person) -> None:
    gate.deliver(customers[0].writes(MAIL, subject="Cheap pills"))

    assert not gate.outbox(Template.CONFIRM)
    assert got(gate, customers)[1:] == [0, 0, 0]


def test_what_was_not_checked_for_spam_is_asked_for_once_and_with_how_many_get_it(
    gate: Gate, customers: list[Person], bart: Person
) -> None:
    unscored = SpamVerdict(None, (), Unscored.UNREACHABLE)
    gate = replace(gate, parts=replace(gate.parts, check_spam=lambda raw: unscored))

    gate.deliver(bart.writes(MAIL, subject="Maintenance on Sunday"))
    [question] = gate.mailbox(bart)
    gate.deliver(bart.replies(question, "yes"))
    for _ in range(3):
        gate.later(minutes=1)

    assert "is sent to 4 people at 3 customers" in " ".join(question.text.split())
    assert got(gate, customers) == [1, 1, 1, 1]
