"""Staff decide on held mail by answering the mail that lists it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from mailgate.config import Verify
from mailgate.inbound.spamd import SpamVerdict
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from store.post import senders
from tests.gate import BEGIN, BeginGate, Gate, Person, Received

Told = Callable[..., Received]


@pytest.fixture
def lessons() -> list[tuple[bool, bytes]]:
    """What spamd was taught: is it spam, and the mail."""
    return []


@pytest.fixture
def desk(gate: Gate, lessons: list[tuple[bool, bytes]]) -> Gate:
    """A gate for which mail with the word VIAGRA is spam, and that keeps what it teaches."""

    def check(raw: bytes) -> SpamVerdict:
        return SpamVerdict(7.5, ("DRUGS",), None) if b"VIAGRA" in raw else SpamVerdict(0.1, (), None)

    def teach(raw: bytes, spam: bool) -> bool:
        lessons.append((spam, raw))
        return True

    return replace(gate, parts=replace(gate.parts, check_spam=check, teach_filter=teach))


def told(gate: Gate, person: Person) -> Received:
    """The newest list that this staff member has."""
    gate.later(seconds=1)
    lists = [mail for mail in gate.mailbox(person) if "for your decision" in mail.subject]
    return lists[-1]


def ends(gate: Gate, *spool_ids: int) -> list[Disposition]:
    return [gate.inbox(spool_id).outcome.disposition for spool_id in spool_ids]


def test_released_mail_opens_its_ticket_as_of_the_day_it_came(desk: Gate, bart: Person, cris: Person) -> None:
    held = desk.deliver(cris.writes("Do you sell servers?"))
    listed = told(desk, bart)
    desk.now += timedelta(days=2)

    answered = desk.deliver(bart.replies(listed, f"release {held.id}"))

    assert answered.outcome.disposition is Disposition.COMMAND
    assert ends(desk, held.id) == [Disposition.OPENED]
    assert desk.ticket(1).opened_at == BEGIN
    assert desk.inbox(held.id).decided_by == f"Bart Jones, mail {answered.id}, evidence D+T"
    assert f"Mail {held.id}: let in" in desk.mailbox(bart)[-2].text + desk.mailbox(bart)[-1].text


def test_each_line_decides_and_the_filter_learns(
    desk: Gate, anne: Person, bart: Person, cris: Person, lessons: list[tuple[bool, bytes]]
) -> None:
    ham, spam = anne.writes("Is VIAGRA in my logs?"), cris.writes("Buy VIAGRA!")
    ids = [desk.deliver(raw).id for raw in (ham, spam, cris.writes("Hello?"))]

    desk.deliver(bart.replies(told(desk, bart), f"release {ids[0]}\nspam {ids[1]}\nrefuse {ids[2]}\n\nBart"))

    assert ends(desk, *ids) == [Disposition.OPENED, Disposition.REFUSED, Disposition.REFUSED]
    assert sorted(lessons) == [(False, ham), (True, spam)]


def test_the_words_of_what_may_be_spam_are_in_no_list(desk: Gate, bart: Person, cris: Person) -> None:
    desk.deliver(cris.writes("Buy VIAGRA!", subject="Offer"))
    desk.deliver(cris.writes("Do you sell servers?"))

    text = told(desk, bart).text

    assert "VIAGRA" not in text
    assert "> Do you sell servers?" in text


def test_a_lesson_that_is_not_taken_is_told_three_times(desk: Gate, bart: Person, cris: Person) -> None:
    tries: list[bool] = []

    def down(_raw: bytes, spam: bool) -> bool:
        tries.append(spam)
        return False

    deaf = replace(desk, parts=replace(desk.parts, teach_filter=down))
    held = deaf.deliver(cris.writes("Buy VIAGRA!"))

    deaf.deliver(bart.replies(told(deaf, bart), f"spam {held.id}"))
    for _ in range(5):
        deaf.later(minutes=5)

    assert tries == [True] * 3
    assert ends(deaf, held.id) == [Disposition.REFUSED]


def test_an_allowed_sender_is_not_held_again_not_even_as_spam(desk: Gate, bart: Person, cris: Person) -> None:
    held = desk.deliver(cris.writes("Our new prices."))
    desk.deliver(bart.replies(told(desk, bart), f"allow {held.id}"))

    later = desk.deliver(cris.writes("Cheap VIAGRA, as you asked.", subject="Prices"))

    assert ends(desk, held.id, later.id) == [Disposition.OPENED, Disposition.OPENED]


def test_an_allowed_sender_who_is_not_proved_is_held(begin: BeginGate, cris: Person) -> None:
    gate = begin(authentication={"verify": Verify.TRUSTED_HEADER})  # and no header says anything: evidence 0
    with gate.parts.engine.begin() as conn:
        senders.allow(conn, cris.address, by="Bart Jones", now=gate.now)

    held = gate.deliver(cris.writes("Our new prices."))

    assert held.outcome.disposition is Disposition.HELD


def test_a_registered_sender_becomes_a_customer_and_the_mail_comes_in(desk: Gate, bart: Person, cris: Person) -> None:
    held = desk.deliver(cris.writes("I would like an account."))

    desk.deliver(bart.replies(told(desk, bart), f"register {held.id} Cris Cole"))
    later = desk.deliver(cris.writes("One thing more.", subject="Account"))

    assert ends(desk, held.id, later.id) == [Disposition.OPENED, Disposition.OPENED]
    assert desk.ticket(1).customer_id == 1
    assert desk.ticket(1).participants[0].name == "Cris Cole"


@pytest.mark.parametrize("line", ["relase 1", "release 1\nspam 1", "release 2", "please let it in", "register 1"])
def test_a_line_that_is_not_understood_means_that_nothing_is_done(
    desk: Gate, bart: Person, cris: Person, line: str
) -> None:
    held = desk.deliver(cris.writes("Do you sell servers?"))

    desk.deliver(bart.replies(told(desk, bart), line))

    answer = desk.mailbox(bart)[-1]
    assert ends(desk, held.id) == [Disposition.HELD]
    assert answer.subject == "Nothing was decided"
    assert line.splitlines()[-1] in answer.text
    desk.deliver(bart.replies(answer, f"release {held.id}"))
    assert ends(desk, held.id) == [Disposition.OPENED]


def test_two_who_decide_on_the_same_mail_learn_of_each_other(desk: Gate, bart: Person, cris: Person) -> None:
    jane = desk.staff("Jane Poole", "jane@hosting.example")
    held = desk.deliver(cris.writes("Do you sell servers?"))
    for_bart, for_jane = told(desk, bart), desk.mailbox(jane)[-1]

    desk.deliver(jane.replies(for_jane, f"refuse {held.id}"))
    desk.deliver(bart.replies(for_bart, f"release {held.id}"))

    words = " ".join(desk.mailbox(bart)[-1].text.split())
    assert ends(desk, held.id) == [Disposition.REFUSED]
    assert f"Mail {held.id}: nothing was done: mail {held.id} is not held: it is refused, by Jane Poole" in words


def test_nobody_else_can_use_the_address_of_a_list(desk: Gate, anne: Person, bart: Person, cris: Person) -> None:
    jane = desk.staff("Jane Poole", "jane@hosting.example")
    held = desk.deliver(cris.writes("Do you sell servers?"))
    listed = told(desk, bart)

    for person in (anne, cris, jane):
        desk.deliver(person.replies(listed, f"release {held.id}"))

    assert ends(desk, held.id) == [Disposition.HELD]


def test_an_out_of_office_reply_decides_nothing(desk: Gate, bart: Person, cris: Person) -> None:
    held = desk.deliver(cris.writes("Do you sell servers?"))
    listed = told(desk, bart)
    headers = {"Auto-Submitted": "auto-replied", "In-Reply-To": str(listed.message["Message-ID"])}
    raw = bart.writes(f"release {held.id}", to=str(listed.message["Reply-To"]), headers=headers)

    answered = desk.deliver(raw)

    assert answered.outcome.disposition is Disposition.AUTOMATIC
    assert ends(desk, held.id) == [Disposition.HELD]
    assert desk.outbox(Template.DECIDED) == ()


def test_each_morning_staff_get_the_list_of_all_that_still_waits(desk: Gate, bart: Person, cris: Person) -> None:
    ids = [desk.deliver(cris.writes(f"Number {number}.")).id for number in (1, 2)]
    desk.later(seconds=1)
    desk.refuse(ids[0])

    desk.now = BEGIN.replace(day=3, hour=6, minute=59)  # 7:59 in Berlin
    desk.later(seconds=1)
    before = len(desk.mailbox(bart))
    desk.later(seconds=60)
    desk.later(hours=1)

    digests = desk.mailbox(bart)[before:]
    assert [digest.subject for digest in digests] == ["1 held mail waits for your decision"]
    assert f"\n{ids[1]} " in digests[0].text
    assert "These held mails are still waiting for a decision." in " ".join(digests[0].text.split())


def test_a_morning_without_held_mail_has_no_list(desk: Gate, bart: Person) -> None:
    for _ in range(3):
        desk.later(days=1)

    assert desk.mailbox(bart) == []
