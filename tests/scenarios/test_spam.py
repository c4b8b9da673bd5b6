"""Probable spam of people whom we know is kept for review and they are told; without a spamd mail still comes in."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.config import HostPort
from mailgate.inbound.spamd import SpamVerdict, Unscored
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from tests.gate import Gate, Person, begin_gate
from tests.servers.process import free_port
from tests.servers.scripted import Talk, answering, listening, say_nothing
from tests.servers.spamd import SpamdServer

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def _host_port(address: str) -> HostPort:
    host, _, port = address.rpartition(":")
    return HostPort(host, int(port))


@pytest.fixture
def scored(tmp_path: Path, spamd: SpamdServer) -> Iterator[Gate]:
    """A gate that asks the real spamd."""
    with begin_gate(tmp_path, spam={"spamd": _host_port(spamd.address), "timeout_seconds": 20.0}) as gate:
        yield gate


@pytest.fixture
def judged(gate: Gate) -> Gate:
    """A gate for which mail with the word VIAGRA scores 7.5; what it teaches is kept in `gate.sink.verbs`."""

    def check(raw: bytes) -> SpamVerdict:
        return SpamVerdict(7.5, ("DRUGS", "SHOUTING"), None) if b"VIAGRA" in raw else SpamVerdict(0.1, (), None)

    def teach(raw: bytes, spam: bool) -> bool:
        gate.sink.verbs.append("teach spam" if spam else "teach ham")
        return True

    return replace(gate, parts=replace(gate.parts, check_spam=check, teach_filter=teach))


@pytest.mark.server
def test_gtube_of_a_customer_is_quarantined_and_released(scored: Gate) -> None:
    anne = scored.customer("Anne Miller", "anne@customer.example")
    bart = scored.staff("Bart Jones", "bart@hosting.example")
    raw = anne.writes(f"Is this the pattern?\n\n{GTUBE}\n", subject="A question of patterns")

    held = scored.deliver(raw)
    opened = scored.release(held.id)

    assert held.outcome.disposition is Disposition.QUARANTINED
    assert held.outcome.spam_score is not None
    assert held.outcome.spam_score >= 1000
    assert "GTUBE" in (held.outcome.reason or "")
    assert scored.mailbox(anne)[0].subject == "Your mail has reached us"
    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 1)
    assert "Is this the pattern?" in scored.mailbox(bart)[-1].text
    assert not scored.parts.teach_filter(raw, False)  # spamd knew it as ham already


@pytest.mark.server
def test_gtube_that_is_refused_is_taught_as_spam(scored: Gate) -> None:
    anne = scored.customer("Anne Miller", "anne@customer.example")
    raw = anne.writes(f"Refuse this one.\n\n{GTUBE}\n", subject="Unwanted zebra offers")
    held = scored.deliver(raw)

    refused = scored.refuse(held.id)

    assert refused.outcome.disposition is Disposition.REFUSED
    assert not scored.parts.teach_filter(raw, True)  # spamd knew it as spam already


@pytest.mark.server
def test_an_ordinary_mail_has_its_score_noted(scored: Gate) -> None:
    anne = scored.customer("Anne Miller", "anne@customer.example")

    opened = scored.deliver(anne.writes("Since Monday every mail to our office comes back.\n\nAnne"))

    assert opened.outcome.disposition is Disposition.OPENED
    assert opened.outcome.spam_score is not None
    assert opened.outcome.spam_score < 5


def test_a_customer_s_probable_spam_is_quarantined_with_score_and_reason(
    judged: Gate, anne: Person, bart: Person
) -> None:
    held = judged.deliver(anne.writes("Is VIAGRA in my logs?"))

    assert (held.outcome.disposition, held.outcome.spam_score) == (Disposition.QUARANTINED, 7.5)
    assert held.outcome.reason == "spam score 7.5, held from 5: DRUGS SHOUTING"
    assert [mail.subject for mail in judged.mailbox(anne)] == ["Your mail has reached us"]
    assert judged.tickets() == ()


def test_a_stranger_s_probable_spam_is_not_answered(judged: Gate, bart: Person, cris: Person) -> None:
    held = judged.deliver(cris.writes("Buy VIAGRA!"))

    assert held.outcome.disposition is Disposition.QUARANTINED
    assert judged.mailbox(cris) == []


def test_a_score_at_the_limit_is_held(judged: Gate, anne: Person) -> None:
    at_the_limit = replace(judged, parts=replace(judged.parts, check_spam=lambda raw: SpamVerdict(5.0, ("X",), None)))
    below = replace(judged, parts=replace(judged.parts, check_spam=lambda raw: SpamVerdict(4.9, ("X",), None)))

    dispositions = [
        at_the_limit.deliver(anne.writes("One.")).outcome.disposition,
        below.deliver(anne.writes("Two.")).outcome.disposition,
    ]

    assert dispositions == [Disposition.QUARANTINED, Disposition.OPENED]


def test_a_released_mail_teaches_ham_and_is_not_scored_again(judged: Gate, anne: Person, bart: Person) -> None:
    held = judged.deliver(anne.writes("Is VIAGRA in my logs?"))

    opened = judged.release(held.id)

    assert opened.outcome.disposition is Disposition.OPENED
    assert [verb for verb in judged.sink.verbs if verb.startswith("teach")] == ["teach ham"]


def test_a_refused_mail_teaches_spam(judged: Gate, anne: Person, bart: Person) -> None:
    held = judged.deliver(anne.writes("Is VIAGRA in my logs?"))

    refused = judged.refuse(held.id)

    assert refused.outcome.disposition is Disposition.REFUSED
    assert [verb for verb in judged.sink.verbs if verb.startswith("teach")] == ["teach spam"]


def test_a_staff_reply_that_scores_high_is_quarantined_and_not_answered(
    judged: Gate, anne: Person, bart: Person
) -> None:
    judged.deliver(anne.writes("It is broken."))

    held = judged.deliver(bart.replies(judged.mailbox(bart)[0], "VIAGRA is in the logs."))
    sent = judged.release(held.id)

    assert (held.outcome.disposition, sent.outcome.disposition) == (Disposition.QUARANTINED, Disposition.JOINED)
    assert judged.outbox(Template.HELD) == ()
    assert judged.ticket(1).state is State.ANSWERED


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (None, Unscored.UNREACHABLE),
        (say_nothing, Unscored.TIMED_OUT),
        (answering(b"HTTP/1.1 200 OK\r\n\r\n"), Unscored.NONSENSE),
    ],
    ids=["down", "slow", "nonsense"],
)
def test_without_a_score_mail_is_processed_and_the_notification_says_so(
    tmp_path: Path, talk: Talk | None, reason: Unscored
) -> None:
    with listening(talk or say_nothing) as address:
        place = _host_port(address) if talk else HostPort("127.0.0.1", free_port())
        with begin_gate(tmp_path, spam={"spamd": place, "timeout_seconds": 0.3}) as gate:
            anne = gate.customer("Anne Miller", "anne@customer.example")
            bart = gate.staff("Bart Jones", "bart@hosting.example")

            opened = gate.deliver(anne.writes("It is broken."))

            assert (opened.outcome.disposition, opened.outcome.spam_score) == (Disposition.OPENED, None)
            assert f"not checked for spam ({reason.value})" in gate.mailbox(bart)[0].text
            assert len(gate.mailbox(anne)) == 1


def test_without_a_score_only_a_token_lets_staff_act(gate: Gate, anne: Person, bart: Person) -> None:
    unscored = replace(
        gate, parts=replace(gate.parts, check_spam=lambda raw: SpamVerdict(None, (), Unscored.UNREACHABLE))
    )
    unscored.deliver(anne.writes("It is broken."))

    replied = unscored.deliver(bart.replies(unscored.mailbox(bart)[0], "Please try again."))
    begun = unscored.deliver(bart.writes("!customer anne@customer.example\nHello", subject="News"))

    assert replied.outcome.disposition is Disposition.JOINED
    assert begun.outcome.disposition is Disposition.HELD
    assert (begun.outcome.reason or "").startswith("not enough evidence to open a ticket for a customer")
