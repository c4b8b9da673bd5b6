"""Staff whose domain signs no mail: what answers the mail made for them waits for their yes, and nothing is silent."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailgate.inbound.spamd import SpamVerdict
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door
from mailgate.mail.sender.evidence import Level
from mailgate.tickets.ticket import Event, State
from store.post.spool import Accepted
from tests.gate import BEGIN, SUPPORT, BeginGate, Gate, Person, Received
from tests.scenarios.reports import report
from tests.signing import Signer
from tests.verifying import level, verifying
from tests.zone import Zone

HOSTING = Signer("hosting.example")
DATE = {"Date": "Mon, 02 Mar 2026 08:59:00 +0000"}

Deliver = Callable[[bytes], Accepted]


@pytest.fixture
def zone() -> Zone:
    """The staff's domain has a key, asks for nothing, and says nothing of hosts."""
    return Zone({HOSTING.name: HOSTING.record})


@pytest.fixture
def gate(begin: BeginGate, zone: Zone) -> Gate:
    """A gate that verifies senders, behind a mail server that brings mail by LMTP."""
    return verifying(begin, zone)


@pytest.fixture
def deliver(gate: Gate) -> Deliver:
    """As the mail server in front does: nobody knows the host of the sender."""
    return lambda raw: gate.deliver(raw, door=Door.LMTP, peer="127.0.0.1")


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person, deliver: Deliver) -> Received:
    """What Bart got of Anne's first mail."""
    deliver(anne.writes("It is broken."))
    return gate.mailbox(bart)[0]


def questions(gate: Gate, person: Person) -> list[Received]:
    """The mails that ask whether a mail was theirs."""
    return [mail for mail in gate.mailbox(person) if mail.subject.startswith("Did you write this?")]


def flat(mail: Received) -> str:
    return " ".join(mail.text.split())


def test_an_answer_without_the_proof_of_its_domain_goes_out_after_a_yes(
    gate: Gate, anne: Person, bart: Person, notification: Received, deliver: Deliver
) -> None:
    held = deliver(bart.replies(notification, "Hello Anne,\n\nplease try again.\n\nBart"))
    before = len(gate.mailbox(anne))
    [question] = questions(gate, bart)
    yes = deliver(bart.replies(question, "Yes, thanks"))

    assert (held.outcome.disposition, level(held), held.outcome.ticket_id) == (Disposition.HELD, Level.UNKNOWN, 1)
    assert question.subject == "Did you write this? Your answer on ticket #1 goes to Anne Miller"
    assert "- Hello Anne, - please try again. - Bart" in flat(question)
    assert "until mail of hosting.example is signed (DKIM)" in flat(question)
    assert before == 1
    assert (yes.outcome.disposition, level(yes)) == (Disposition.COMMAND, Level.CONFIRMED)
    assert "please try again." in gate.mailbox(anne)[-1].text
    assert gate.ticket(1).state is State.ANSWERED
    assert [event for event, _, _ in gate.events(1)] == [Event.STAFF_ASKED, Event.STAFF_CONFIRMED]


def test_a_no_and_silence_leave_the_answer_held(
    gate: Gate, anne: Person, bart: Person, notification: Received, deliver: Deliver
) -> None:
    refused = deliver(bart.replies(notification, "One."))
    deliver(bart.replies(questions(gate, bart)[0], "no"))
    waiting = deliver(bart.replies(notification, "Two."))
    gate.later(hours=73)

    assert [gate.inbox(one.id).outcome.disposition for one in (refused, waiting)] == [Disposition.HELD] * 2
    assert len(gate.outbox(Template.REPLY)) == 0
    assert any("We had no answer from you in time" in mail.text for mail in gate.mailbox(bart))


def test_a_signed_answer_asks_nothing(
    gate: Gate, anne: Person, bart: Person, notification: Received, deliver: Deliver
) -> None:
    deliver(HOSTING.sign(bart.replies(notification, "Please try again.", headers=DATE), at=BEGIN))

    assert questions(gate, bart) == []
    assert "Please try again." in gate.mailbox(anne)[-1].text


def test_two_answers_that_begin_alike_are_two_questions_each_for_its_own(
    gate: Gate, anne: Person, bart: Person, notification: Received, deliver: Deliver
) -> None:
    opening = "\n".join(f"Line {number}." for number in range(12))
    for end in ("First.", "Second."):
        deliver(bart.replies(notification, f"{opening}\n{end}"))
    first, second = questions(gate, bart)

    deliver(bart.replies(second, "yes"))

    assert "- …" in second.text
    assert first.message["Reply-To"] != second.message["Reply-To"]
    assert ("Second." in gate.mailbox(anne)[-1].text, "First." in gate.mailbox(anne)[-1].text) == (True, False)


def test_a_working_day_of_answers_is_asked_for_one_by_one(
    gate: Gate, anne: Person, bart: Person, notification: Received, deliver: Deliver
) -> None:
    for number in range(12):  # more than an address gets of automatic answers in a day
        deliver(bart.replies(notification, f"Step {number}."))
        deliver(bart.replies(questions(gate, bart)[-1], "yes"))

    assert [row.state for row in gate.outbox(Template.REPLY)] == ["sent"] * 12


def test_outlook_which_wants_no_automatic_answers_is_asked_and_answered_all_the_same(
    gate: Gate, bart: Person, notification: Received, deliver: Deliver
) -> None:
    suppress = {"X-Auto-Response-Suppress": "All"}
    deliver(bart.replies(notification, "Try again.", headers=suppress))
    [question] = questions(gate, bart)
    for _ in range(2):
        deliver(bart.replies(question, "yes", headers=suppress))

    assert [mail.subject for mail in gate.mailbox(bart)[-2:]] == ["Your answer", "Your answer"]
    assert "As you say, this is done now" in gate.mailbox(bart)[-2].text
    assert "Your answer was not used" in gate.mailbox(bart)[-1].text


@pytest.mark.parametrize("text", ["!close", "!note He has not paid.", "!close\n\nAll is well."])
def test_commands_in_an_unproved_answer_are_asked_for_as_well(
    gate: Gate, bart: Person, notification: Received, deliver: Deliver, text: str
) -> None:
    deliver(bart.replies(notification, text))
    before = (gate.ticket(1).state, len(gate.history(1)))
    [question] = questions(gate, bart)
    deliver(bart.replies(question, "yes"))

    assert f"- {text.splitlines()[0]}" in question.text
    assert before == (State.OPEN, 2)  # her mail, and that he was asked
    assert gate.ticket(1).state is (State.OPEN if "note" in text else State.CLOSED)
    assert len(gate.history(1)) > 3


def test_a_release_by_mail_is_asked_for_and_then_done(gate: Gate, bart: Person, cris: Person, deliver: Deliver) -> None:
    held = deliver(cris.writes("Do you sell servers?"))
    gate.later(seconds=1)
    [listed] = [mail for mail in gate.mailbox(bart) if "for your decision" in mail.subject]
    deliver(bart.replies(listed, f"release {held.id}"))
    [question] = questions(gate, bart)
    before = gate.inbox(held.id).outcome.disposition
    deliver(bart.replies(question, "yes"))

    assert f"- release {held.id}" in question.text
    assert before is Disposition.HELD
    assert gate.inbox(held.id).outcome.disposition is Disposition.OPENED
    assert any(f"Mail {held.id}: let in" in mail.text for mail in gate.mailbox(bart))


def test_a_misspelt_release_is_answered_at_once(gate: Gate, bart: Person, cris: Person, deliver: Deliver) -> None:
    held = deliver(cris.writes("Do you sell servers?"))
    gate.later(seconds=1)

    deliver(bart.replies(gate.mailbox(bart)[-1], f"relase {held.id}"))

    assert questions(gate, bart) == []
    assert gate.mailbox(bart)[-1].subject == "Nothing was decided"


def test_what_a_domain_asks_to_refuse_is_held_and_says_so_whatever_it_asks_for(
    begin: BeginGate, anne: Person, bart: Person, cris: Person
) -> None:
    gate = verifying(begin, Zone({"_dmarc.hosting.example": "v=DMARC1; p=reject"}))
    gate.deliver(anne.writes("It is broken."), door=Door.LMTP)
    gate.deliver(cris.writes("Do you sell servers?"), door=Door.LMTP)
    gate.later(seconds=1)
    notification, alert = gate.mailbox(bart)

    for raw in (bart.replies(notification, "Try again."), bart.replies(alert, "release 2")):
        held = gate.deliver(raw, door=Door.LMTP)
        told = flat(gate.mailbox(bart)[-1])

        assert (held.outcome.disposition, level(held)) == (Disposition.HELD, Level.NONE)
        assert "hosting.example asks everybody to keep out mail without that proof" in told
        assert "mailgate doctor --only staff-mail" in told
    assert gate.outbox(Template.REPLY) == ()
    assert gate.inbox(2).outcome.disposition is Disposition.HELD


def test_a_mail_that_answers_nothing_and_proves_nothing_calls_for_no_question(
    gate: Gate, bart: Person, notification: Received, deliver: Deliver
) -> None:
    held = deliver(bart.writes("Send it.", to=SUPPORT, subject="Re: No mail since Monday [#1]"))

    assert held.outcome.disposition is Disposition.HELD
    assert questions(gate, bart) == []
    assert "without proof that it is from hosting.example, and it does not answer a mail" in flat(
        gate.mailbox(bart)[-1]
    )


def test_a_colleague_s_address_calls_for_no_question(
    gate: Gate, bart: Person, notification: Received, deliver: Deliver
) -> None:
    fred = gate.staff("Fred Frost", "fred@hosting.example")

    deliver(fred.replies(notification, "Try again."))

    assert questions(gate, fred) == questions(gate, bart) == []
    assert "Answer such a mail instead" in flat(gate.mailbox(fred)[-1])


def test_what_the_filter_takes_for_spam_is_told_to_its_writer_without_its_words(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate = replace(gate, parts=replace(gate.parts, check_spam=lambda raw: SpamVerdict(9.0, ("DRUGS",), None)))

    proved = gate.deliver(bart.replies(notification, "Buy VIAGRA"), door=Door.LMTP)
    told = gate.mailbox(bart)[-1]
    before = len(gate.mailbox(bart))
    forged = gate.deliver(bart.writes("Cheap pills", to=SUPPORT), door=Door.LMTP)

    assert [one.outcome.disposition for one in (proved, forged)] == [Disposition.QUARANTINED] * 2
    assert "The spam filter took it for spam." in flat(told)
    assert "VIAGRA" not in told.text
    assert len(gate.mailbox(bart)) == before


def test_a_second_answer_that_is_no_answer_is_held_and_said_to_be(
    gate: Gate, bart: Person, notification: Received, deliver: Deliver
) -> None:
    deliver(bart.replies(notification, "Try again."))
    for words in ("perhaps", "or later"):
        last = deliver(bart.replies(questions(gate, bart)[-1], words))

    assert last.outcome.disposition is Disposition.HELD
    assert "Your mail is held" in gate.mailbox(bart)[-1].text


def test_lost_words_go_to_the_address_that_a_reply_names_after_a_yes(
    gate: Gate, anne: Person, bart: Person, notification: Received, deliver: Deliver
) -> None:
    new = Person("", "anne.miller@new.example")
    deliver(bart.replies(notification, "Please try again."))
    deliver(bart.replies(questions(gate, bart)[0], "yes"))
    gate.deliver(report(gate.mailbox(anne)[-1].reverse_path, about=anne.address), sender="", door=Door.LMTP)

    deliver(bart.replies(gate.mailbox(bart)[-1], new.address))
    before = gate.mailbox(new)
    question = questions(gate, bart)[-1]
    deliver(bart.replies(question, "yes"))

    assert before == []
    assert f"Your words of ticket #1 that did not arrive are sent to {new.address}" in flat(question)
    assert "Please try again." in gate.mailbox(new)[0].text


def test_a_mail_that_waits_for_its_writer_s_yes_is_told_of_each_morning_and_not_at_once(
    gate: Gate, bart: Person, notification: Received, deliver: Deliver
) -> None:
    held = deliver(bart.replies(notification, "Try again."))
    gate.later(seconds=1)
    at_once = gate.outbox(Template.HELD_ALERT)
    gate.later(hours=24)

    assert at_once == ()
    [listed] = [mail for mail in gate.mailbox(bart) if "for your decision" in mail.subject]
    assert f"\n{held.id} " in listed.text
    deliver(bart.replies(questions(gate, bart)[0], "no"))
    gate.later(hours=1)
    assert len(gate.outbox(Template.HELD_ALERT)) == 1
