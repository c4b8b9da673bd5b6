"""Failures that count: after some, nothing is sent there for a while; what must arrive goes to the next contact."""

from datetime import timedelta

import pytest

from mailgate.letters.kind import Template
from mailgate.people import Role
from mailgate.tickets.ticket import Event, State
from store import people
from store.engine import reading, transaction
from store.post import suppressions
from store.post.outbox import OutState
from tests.gate import BeginGate, Gate, Person
from tests.scenarios.reports import report

FULL = "452 4.2.2 <anne@customer.example>: mailbox full"
FULL_FOR_GOOD = "550 5.2.2 <anne@customer.example>: mailbox full"
GONE = "550 5.1.1 <anne@customer.example>: no such user here"


def left_alone(gate: Gate) -> list[str]:
    with reading(gate.parts.engine) as conn:
        return [one.address for one in suppressions.listing(conn, now=gate.now)]


def another(gate: Gate, name: str, *roles: Role) -> Person:
    person = Person(f"{name} Miller", f"{name.lower()}@customer.example")
    with transaction(gate.parts.engine) as conn:
        people.add_contact(conn, 1, person.name, person.address, roles, now=gate.now)
    return person


@pytest.fixture
def asked(gate: Gate, anne: Person, bart: Person) -> Gate:
    """Anne has written, Bart was told."""
    gate.deliver(anne.writes("It is broken."))
    return gate


def answer(gate: Gate, bart: Person, *refusals: str) -> None:
    """Bart answers the first mail once more, and each attempt to deliver to a customer meets one of these replies."""
    gate.sink.replies["RCPT"] = list(refusals)
    gate.deliver(bart.replies(gate.mailbox(bart)[0], f"Please try again, {gate.now:%d %b}."))


def test_an_address_is_left_alone_after_the_third_failure_in_a_row(asked: Gate, bart: Person) -> None:
    seen = []
    for _ in range(3):
        answer(asked, bart, FULL_FOR_GOOD)
        seen.append(left_alone(asked))
        asked.now += timedelta(hours=20)

    assert seen == [[], [], ["anne@customer.example"]]


def test_failures_of_long_ago_count_less(asked: Gate, bart: Person) -> None:
    for _ in range(4):
        answer(asked, bart, FULL_FOR_GOOD)
        asked.now += timedelta(days=15)

    assert left_alone(asked) == []


def test_after_some_days_it_is_tried_again_and_a_verified_mail_from_there_ends_it_at_once(
    asked: Gate, anne: Person, bart: Person
) -> None:
    for _ in range(3):
        answer(asked, bart, FULL_FOR_GOOD)

    then = left_alone(asked)
    asked.now += timedelta(days=7)
    later = left_alone(asked)
    asked.deliver(anne.writes("I have made room.", subject="Hello"))
    answer(asked, bart, FULL_FOR_GOOD)

    assert (then, later, left_alone(asked)) == (["anne@customer.example"], [], [])


def test_mail_that_is_given_up_since_the_mailbox_stays_full_counts_and_a_smarthost_that_is_down_does_not(
    asked: Gate, bart: Person
) -> None:
    with transaction(asked.parts.engine) as conn:
        assert suppressions.score(conn, "anne@customer.example") is None
    answer(asked, bart, *[FULL] * 100)
    asked.later(hours=97)
    with reading(asked.parts.engine) as conn:
        after_full = suppressions.score(conn, "anne@customer.example")
    asked.sink.replies["RCPT"] = []
    asked.sink.replies["MAIL"] = ["451 4.4.1 no way out"] * 100
    asked.deliver(bart.replies(asked.mailbox(bart)[0], "Once more."))
    asked.later(hours=97)

    assert after_full is not None
    assert after_full.points == 1.0
    with reading(asked.parts.engine) as conn:
        assert suppressions.score(conn, "anne@customer.example") == after_full


def test_reports_of_a_full_mailbox_count_and_reports_of_a_policy_do_not(asked: Gate, bart: Person) -> None:
    for status, words in (("5.2.2", b"552 5.2.2 mailbox full"), ("5.7.1", b"550 5.7.1 blocked")) * 2:
        answer(asked, bart)
        raw = report(asked.outbox(Template.REPLY)[-1].reverse_path, about="anne@customer.example", status=status)
        asked.deliver(raw.replace(b"550 5.1.1 unknown user", words), sender="")

    with reading(asked.parts.engine) as conn:
        score = suppressions.score(conn, "anne@customer.example")
    assert score is not None
    assert score.points == 2.0


def test_the_settings_say_how_many_and_how_long(begin: BeginGate) -> None:
    gate = begin(suppression={"failures": 1, "failures_days": 2, "dead_days": 1})
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))

    answer(gate, bart, FULL_FOR_GOOD)
    for_now = left_alone(gate)
    gate.now += timedelta(days=2)
    ended = left_alone(gate)
    answer(gate, bart, GONE)
    dead = left_alone(gate)
    gate.now += timedelta(days=1)

    assert (for_now, ended, dead, left_alone(gate)) == ([anne.address], [], [anne.address], [])


@pytest.mark.parametrize("way", ["refused", "reported", "known"])
def test_an_answer_that_does_not_reach_its_reader_goes_to_the_next_contact(
    asked: Gate, anne: Person, bart: Person, way: str
) -> None:
    another(asked, "Ina", Role.INVOICE)
    karl = another(asked, "Karl", Role.SUPPORT)
    another(asked, "Lena", Role.OWNER)
    if way == "known":
        with transaction(asked.parts.engine) as conn:
            suppressions.add(conn, anne.address, GONE, since=asked.now, until=asked.now + timedelta(days=1))

    answer(asked, bart, *([GONE] if way == "refused" else []))
    if way == "reported":
        asked.deliver(report(asked.outbox(Template.REPLY)[0].reverse_path, about=anne.address), sender="")

    replies = {row.notice.to_address: row.state for row in asked.outbox(Template.REPLY)}
    assert replies == {anne.address: OutState.FAILED, karl.address: OutState.SENT}
    mail = asked.mailbox(karl)[-1]
    assert "Please try again" in mail.text
    assert asked.ticket(1).state is State.ANSWERED
    event, _, lost = asked.events(1)[-1]
    assert (event, lost["to"]) == (Event.NOTICE_LOST, anne.address)
    assert "karl@customer.example" in asked.mailbox(bart)[-1].text


def test_whoever_gets_it_in_place_of_another_can_answer(asked: Gate, bart: Person) -> None:
    karl = another(asked, "Karl", Role.SUPPORT)
    answer(asked, bart, GONE)

    joined = asked.deliver(karl.replies(asked.mailbox(karl)[-1], "It works again, thank you."))

    assert (joined.outcome.disposition.value, joined.outcome.ticket_id) == ("joined", 1)


def test_one_after_the_other_is_tried_and_then_it_is_staff_s_turn(asked: Gate, anne: Person, bart: Person) -> None:
    karl, lena = another(asked, "Karl", Role.SUPPORT), another(asked, "Lena", Role.OWNER)

    answer(asked, bart, GONE, "250 OK", GONE, "250 OK", GONE)  # between them Bart is told of each

    tried = [(row.notice.to_address, row.state) for row in asked.outbox(Template.REPLY)]
    assert tried == [(person.address, OutState.FAILED) for person in (anne, karl, lena)]
    assert asked.ticket(1).state is State.OPEN
    assert asked.events(1)[-1][0] is Event.UNDELIVERED


def test_nobody_else_is_asked_for_while_one_of_its_readers_has_it(asked: Gate, anne: Person, bart: Person) -> None:
    karl = another(asked, "Karl", Role.SUPPORT)
    lena = another(asked, "Lena", Role.OWNER)
    asked.deliver(anne.replies(asked.mailbox(anne)[0], "!add karl@customer.example"))

    answer(asked, bart, GONE)

    assert [row.notice.to_address for row in asked.outbox(Template.REPLY)] == [anne.address, karl.address]
    assert all("Please try again" not in mail.text for mail in asked.mailbox(lena))


def test_a_mail_in_doubt_may_have_arrived_and_nobody_else_gets_it(begin: BeginGate) -> None:
    gate = begin(smarthost={"in_doubt": "park"})
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart", "bart@hosting.example")
    another(gate, "Karl", Role.SUPPORT)
    gate.deliver(anne.writes("It is broken."))

    gate.sink.closes_after_dot = True
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))

    assert [row.notice.to_address for row in gate.outbox(Template.REPLY)] == [anne.address]


def test_after_a_merge_it_goes_to_the_next_contact_and_not_to_the_same_address_again(
    asked: Gate, anne: Person, bart: Person
) -> None:
    asked.deliver(anne.writes("Still no mail.", subject="Mail again"))
    karl = another(asked, "Karl", Role.SUPPORT)
    answer(asked, bart, "451 4.7.1 later")
    asked.deliver(bart.replies(asked.mailbox(bart)[0], "!merge 2"))

    asked.sink.replies["RCPT"] = [GONE]
    asked.later(minutes=5)

    tried = [(row.notice.to_address, row.state) for row in asked.outbox(Template.REPLY)]
    assert tried == [(anne.address, OutState.FAILED), (karl.address, OutState.SENT)]
