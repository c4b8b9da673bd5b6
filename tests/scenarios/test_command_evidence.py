"""What the evidence of a customer's mail lets its commands do: done, confirmed first, taken as words, or held."""

from dataclasses import replace

import pytest

from mailgate.inbound.spamd import SpamVerdict, Unscored
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.mail.sender.evidence import Level
from mailgate.tickets.ticket import Event, State
from tests.gate import BeginGate, Gate, Person, Received
from tests.verifying import verifying
from tests.zone import Zone


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate that verifies senders: SPF speaks for customer.example from 192.0.2.7, nothing for anybody else."""
    zone = Zone({"customer.example": "v=spf1 ip4:192.0.2.7 -all"})
    return verifying(begin, zone)


@pytest.fixture
def acknowledgement(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Anne got for a mail that SPF speaks for."""
    gate.deliver(anne.writes("It is broken."), sender=anne.address)
    return gate.mailbox(anne)[0]


def test_a_close_that_only_spf_speaks_for_is_confirmed_at_the_registered_address(
    gate: Gate, anne: Person, acknowledgement: Received
) -> None:
    asked = gate.deliver(anne.replies(acknowledgement, "!close"), sender=anne.address)
    before = gate.ticket(1).state
    [question] = gate.mailbox(anne)[1:]
    gate.deliver(anne.replies(question, "yes"))

    assert asked.outcome.evidence is not None
    assert (asked.outcome.evidence.level, asked.outcome.disposition) == (Level.SPF, Disposition.COMMAND)
    assert "Ticket #1 is closed." in question.text
    assert (before, gate.ticket(1).state) == (State.OPEN, State.CLOSED)
    closed = next(entry for entry in gate.history(1) if entry.event is Event.CLOSED)
    assert (closed.author_name, closed.evidence) == ("Anne Miller", "C")


def test_the_yes_of_a_mail_that_nothing_speaks_for_counts_with_the_address_of_the_question(
    gate: Gate, anne: Person, acknowledgement: Received
) -> None:
    gate.deliver(anne.replies(acknowledgement, "!close"), sender=anne.address)

    yes = gate.deliver(anne.replies(gate.mailbox(anne)[-1], "yes"), peer="198.51.100.9")

    assert yes.outcome.disposition is Disposition.COMMAND
    assert gate.ticket(1).state is State.CLOSED


def test_what_only_shows_is_sent_to_the_registered_address_from_spf_up(
    gate: Gate, anne: Person, acknowledgement: Received
) -> None:
    gate.deliver(anne.replies(acknowledgement, "!status"), sender=anne.address)

    assert "Ticket #1 is open" in gate.mailbox(anne)[-1].text
    assert gate.outbox(Template.CONFIRM) == ()


def test_commands_of_an_unverified_mail_are_words_and_its_author_is_told_without_an_echo(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received
) -> None:
    forged = anne.replies(acknowledgement, "!close\n!add spy@evil.example\n\nBuy pills.")

    mail = gate.deliver(forged, sender="x@evil.example", peer="198.51.100.9")

    assert mail.outcome.evidence is not None
    assert (mail.outcome.evidence.level, mail.outcome.disposition) == (Level.UNKNOWN, Disposition.JOINED)
    assert gate.ticket(1).state is State.OPEN
    assert "!close" in gate.mailbox(bart)[-1].text
    assert "we could not verify that this mail is from" in gate.mailbox(bart)[-1].text
    told = gate.mailbox(anne)[-1]
    assert "were not carried out" in " ".join(told.text.split())
    assert told.subject == "Your commands [#1]"
    assert not any(word in told.raw.decode() for word in ("pills", "spy@", "!close"))
    assert gate.outbox(Template.CONFIRM) == ()


def test_a_list_that_a_forger_asks_for_is_sent_to_nobody(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    mail = gate.deliver(anne.writes("!tickets"), sender="x@evil.example", peer="198.51.100.9")

    assert mail.outcome.disposition is Disposition.OPENED
    assert [one.subject for one in gate.mailbox(anne)[1:]] == ["We have received your mail [#2]"]


def test_a_command_without_a_good_from_is_held_and_a_release_lets_only_its_words_in(
    gate: Gate, anne: Person, acknowledgement: Received
) -> None:
    doubled = anne.replies(acknowledgement, "!close").replace(b"From: ", b"From: x@evil.example\r\nFrom: ", 1)
    held = gate.deliver(doubled, sender=anne.address)

    gate.release(held.id)

    assert held.outcome.disposition is Disposition.HELD
    assert gate.ticket(1).state is State.OPEN


def test_what_was_not_checked_for_spam_is_confirmed_unless_it_answers_our_mail(begin: BeginGate) -> None:
    gate = begin()
    anne = gate.customer("Anne Miller", "anne@customer.example")
    gate.deliver(anne.writes("It is broken."))
    gate = replace(gate, parts=replace(gate.parts, check_spam=lambda raw: SpamVerdict(None, (), Unscored.UNREACHABLE)))

    gate.deliver(anne.writes("!close", subject="Re: No mail since Monday [#1]"))
    without_token = gate.ticket(1).state
    gate.deliver(anne.replies(gate.mailbox(anne)[0], "!close"))

    assert len(gate.outbox(Template.CONFIRM)) == 1
    assert (without_token, gate.ticket(1).state) == (State.OPEN, State.CLOSED)
