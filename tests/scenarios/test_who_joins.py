"""Only a participant joins: others who name a ticket get one of their own, and strangers wait for a person."""

from collections.abc import Callable

import pytest

from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event
from tests.gate import SUPPORT, Gate, Person, Received

Claim = Callable[[Person, Received], bytes]


def _by_token(person: Person, leaked: Received) -> bytes:
    return person.replies(leaked, "I know more.", headers={}, subject="About that")


def _by_references(person: Person, leaked: Received) -> bytes:
    return person.replies(leaked, "I know more.", to=SUPPORT, subject="About that")


def _by_tag(person: Person, leaked: Received) -> bytes:
    return person.writes("I know more.", subject=leaked.subject)


CLAIMS = [(_by_token, "token"), (_by_references, "references"), (_by_tag, "tag")]


@pytest.mark.parametrize(("claim", "road"), CLAIMS)
def test_another_customer_who_names_a_ticket_gets_a_linked_one(
    gate: Gate, anne: Person, bart: Person, claim: Claim, road: str
) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example")
    gate.deliver(anne.writes("It is broken."))
    [leaked] = gate.mailbox(anne)

    opened = gate.deliver(claim(dora, leaked))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 2)
    assert gate.ticket(1).messages == 1
    assert gate.ticket(2).linked_to == 1
    assert {number: gate.events(number) for number in (1, 2)} == {
        1: [(Event.NAMED, "Dora Dean", {"other": 2, "address": "dora@other.example", "why": road})],
        2: [(Event.LINKED, "Dora Dean", {"other": 1, "why": road})],
    }
    assert f"linked to #1: its author takes no part in #1, which it names by {road}" in gate.mailbox(bart)[-1].text
    assert "[#2]" in gate.mailbox(dora)[0].subject


@pytest.mark.parametrize("claim", [claim for claim, _ in CLAIMS])
def test_a_colleague_who_takes_no_part_gets_a_linked_ticket(
    gate: Gate, anne: Person, bart: Person, claim: Claim
) -> None:
    eric = gate.contact(1, "Eric Miller", "eric@customer.example")
    gate.deliver(anne.writes("It is broken."))

    opened = gate.deliver(claim(eric, gate.mailbox(anne)[0]))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 2)
    assert (gate.ticket(2).linked_to, gate.ticket(2).customer_id) == (1, 1)


@pytest.mark.parametrize("claim", [claim for claim, _ in CLAIMS])
def test_a_stranger_who_names_a_ticket_is_held_and_his_claim_is_noted(
    gate: Gate, anne: Person, bart: Person, cris: Person, claim: Claim
) -> None:
    gate.deliver(anne.writes("It is broken."))

    held = gate.deliver(claim(cris, gate.mailbox(anne)[0]))

    assert (held.outcome.disposition, held.outcome.ticket_id) == (Disposition.HELD, 1)
    assert held.outcome.reason == "its author is neither a customer's contact nor staff; it names ticket #1"
    assert (gate.ticket(1).messages, len(gate.history(1))) == (1, 1)
    assert gate.mailbox(cris)[0].subject == "Your mail has reached us"


def test_a_released_claim_opens_a_linked_ticket_of_the_stranger_s_own(
    gate: Gate, anne: Person, bart: Person, cris: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    held = gate.deliver(_by_token(cris, gate.mailbox(anne)[0]))

    opened = gate.release(held.id)

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 2)
    assert (gate.ticket(2).linked_to, gate.ticket(2).customer_id) == (1, None)
    assert gate.ticket(1).messages == 1


def test_a_new_ticket_keeps_no_tag_of_another(gate: Gate, anne: Person, bart: Person) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example")
    gate.deliver(anne.writes("It is broken."))

    gate.deliver(dora.writes("Mine too!", subject="Re: No mail since Monday [#1]"))

    assert gate.ticket(2).subject == "Re: No mail since Monday"
    assert gate.mailbox(dora)[0].subject == "Re: No mail since Monday [#2]"


def test_whoever_is_copied_on_a_reply_does_not_become_a_participant(
    gate: Gate, anne: Person, bart: Person, cris: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    cc = {"Cc": f"{cris.address}, bart@hosting.example"}
    gate.deliver(anne.writes("Still.", subject="Re: No mail since Monday [#1]", headers=cc))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Secret: the password policy changed."))

    assert [person.address for person in gate.ticket(1).participants] == ["anne@customer.example"]
    assert gate.mailbox(cris) == []
    assert "Secret" in gate.mailbox(anne)[-1].text
