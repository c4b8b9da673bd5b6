"""Signed reply addresses that are forged, old, meant for something else or for somebody else."""

from datetime import timedelta

import pytest

from mailgate.mail.address_token import AddressToken, Key, Purpose, seal
from mailgate.mail.disposition import Disposition
from store import keys
from store.engine import reading, transaction
from tests.gate import Gate, Person, Received


@pytest.fixture
def acknowledgement(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Anne got for her first mail; its Reply-To carries the token."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(anne)[0]


def _changed(address: str) -> str:
    local_part, _, domain = address.partition("@")
    middle = len(local_part) - 8  # the last letter may hold bits that mean nothing
    letter = "b" if local_part[middle] == "a" else "a"
    return f"{local_part[:middle]}{letter}{local_part[middle + 1 :]}@{domain}"


def _sealed(gate: Gate, purpose: Purpose, ticket: int, person: int, *, secret: bytes | None = None) -> str:
    with reading(gate.parts.engine) as conn:
        kid, own = keys.signing(conn)
    token = AddressToken(purpose, ticket, person, gate.now.date() + timedelta(days=60))
    return f"support+{seal(token, Key(kid, secret or own))}@support.example"


def test_a_forged_token_opens_a_linked_ticket(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    forged = _changed(str(acknowledgement.message["Reply-To"]))

    opened = gate.deliver(anne.replies(acknowledgement, "Let me in.", to=forged))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 2)
    assert opened.outcome.reason == "its reply address is not valid (forged)"
    assert opened.outcome.evidence is not None
    assert opened.outcome.evidence.level == "D"
    assert (gate.ticket(2).linked_to, gate.ticket(1).messages) == (1, 1)


def test_a_token_made_with_somebody_s_own_key_is_forged(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    forged = _sealed(gate, Purpose.REPLY, 1, 1, secret=b"guessed" * 5)

    opened = gate.deliver(anne.writes("Let me in.", to=forged))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 2)
    assert gate.ticket(2).linked_to is None


def test_a_token_lasts_sixty_days(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    gate.now += timedelta(days=60)

    joined = gate.deliver(anne.replies(acknowledgement, "It is broken again."))

    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)


def test_an_expired_token_opens_a_linked_ticket_although_the_references_are_right(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received
) -> None:
    gate.now += timedelta(days=61)

    opened = gate.deliver(anne.replies(acknowledgement, "It is broken again."))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 2)
    assert gate.ticket(2).linked_to == 1
    assert "linked to #1: its reply address is not valid (expired)" in gate.mailbox(bart)[-1].text


@pytest.mark.parametrize("purpose", [Purpose.STAFF, Purpose.VERP, Purpose.CONFIRM, Purpose.SIGN_IN])
def test_a_token_of_another_purpose_does_not_join(
    gate: Gate, anne: Person, acknowledgement: Received, purpose: Purpose
) -> None:
    opened = gate.deliver(anne.writes("Let me in.", to=_sealed(gate, purpose, 1, 1)))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 2)
    assert opened.outcome.reason == "its reply address is not valid (wrong-purpose)"


@pytest.mark.parametrize("purpose", [Purpose.VERP, Purpose.SIGN_IN])
def test_with_a_good_token_of_another_purpose_the_references_decide(
    gate: Gate, anne: Person, acknowledgement: Received, purpose: Purpose
) -> None:
    to = _sealed(gate, purpose, 1, 1)
    headers = {"In-Reply-To": str(acknowledgement.message["Message-ID"])}
    dora = gate.customer("Dora Dean", "dora@other.example")

    joined = gate.deliver(anne.writes("My program takes the return address.", to=to, headers=headers))
    other = gate.deliver(dora.writes("Let me in.", to=to, headers=headers))

    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)
    assert (other.outcome.disposition, other.outcome.ticket_id) == (Disposition.OPENED, 2)


def test_somebody_else_s_token_is_no_better_evidence(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example")

    opened = gate.deliver(dora.replies(acknowledgement, "Forwarded to me."))

    assert opened.outcome.ticket_id == 2
    assert opened.outcome.evidence is not None
    assert opened.outcome.evidence.level == "D"


def test_addresses_made_before_a_key_rotation_still_work(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    with transaction(gate.parts.engine) as conn:
        new = keys.rotate(conn, now=gate.now)

    joined = gate.deliver(anne.replies(acknowledgement, "Still broken.", headers={}, subject="Hm"))
    gate.deliver(anne.writes("Another matter.", subject="Other"))

    assert (joined.outcome.disposition, joined.outcome.reason) == (Disposition.JOINED, "by token")
    later = gate.mailbox(anne)[-1]
    assert new == 2
    assert (
        str(later.message["Reply-To"]).split("+")[1][:2] != str(acknowledgement.message["Reply-To"]).split("+")[1][:2]
    )


def test_a_reply_address_in_capitals_is_the_same(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    shouted = str(acknowledgement.message["Reply-To"]).upper()

    joined = gate.deliver(anne.replies(acknowledgement, "Still broken.", to=shouted, headers={}, subject="Hm"))

    assert (joined.outcome.disposition, joined.outcome.reason) == (Disposition.JOINED, "by token")


def test_a_detail_of_somebody_s_own_is_no_token(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    joined = gate.deliver(anne.replies(acknowledgement, "Still broken.", to="support+phone@support.example"))

    assert (joined.outcome.disposition, joined.outcome.reason) == (Disposition.JOINED, "by references")
