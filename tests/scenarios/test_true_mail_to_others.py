"""A true mail to somebody else, sent on to us: it is ours only if its signature covers the address of ours."""

from collections.abc import Sequence
from email.utils import parseaddr

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door
from mailgate.mail.sender.evidence import Level
from mailgate.tickets.ticket import State
from tests.gate import BEGIN, BeginGate, Gate, Person
from tests.signing import Signer
from tests.verifying import level, verifying
from tests.zone import Zone

CUSTOMER, HOSTING = Signer("customer.example"), Signer("hosting.example")
DATE = {"Date": "Mon, 02 Mar 2026 08:59:00 +0000"}
PAUL, SUPPORT, EVIL = "paul@stone.example", "support@support.example", "x@evil.example"
NAMED = ("from", "subject", "date", "message-id")


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate that verifies senders; Anne's domain signs, and names one host that may send for it."""
    zone = Zone(
        {
            CUSTOMER.name: CUSTOMER.record,
            HOSTING.name: HOSTING.record,
            "customer.example": "v=spf1 ip4:192.0.2.7 -all",
            "_dmarc.customer.example": "v=DMARC1; p=reject",
        }
    )
    return verifying(begin, zone)


def signed(
    anne: Person, text: str, *fields: str, to: str = PAUL, cc: str | None = None, subject: str = "Hello"
) -> bytes:
    headers = DATE | ({"Cc": cc} if cc else {})
    return CUSTOMER.sign(anne.writes(text, to=to, subject=subject, headers=headers), at=BEGIN, fields=(*NAMED, *fields))


ADDED = {
    "a Cc": lambda raw: raw.replace(b"\r\n\r\n", f"\r\nCc: {SUPPORT}\r\n\r\n".encode(), 1),
    "a Cc on top": lambda raw: f"Cc: {SUPPORT}\r\n".encode() + raw,
    "a Cc among others": lambda raw: f"Cc: {PAUL},\r\n\t{SUPPORT}\r\n".encode() + raw,
    "a second To": lambda raw: f"To: {SUPPORT}\r\n".encode() + raw,
    "a To in place of the true one": lambda raw: raw.replace(f"To: {PAUL}".encode(), f"To: {SUPPORT}".encode(), 1),
    "nothing": lambda raw: raw,
}


@pytest.mark.parametrize("how", ADDED)
@pytest.mark.parametrize("fields", [(), ("to",), ("to", "to"), ("cc",), ("to", "cc")], ids="+".join)
def test_an_address_of_ours_that_no_signature_covers_makes_no_mail_ours(
    gate: Gate, anne: Person, bart: Person, fields: Sequence[str], how: str
) -> None:
    gate.deliver(signed(anne, "It is broken.", "to", to=SUPPORT))
    raw = ADDED[how](signed(anne, "!close\n\nDone.", *fields, subject="Re: Hello [#1]"))

    settled = gate.deliver(raw, to=SUPPORT, sender=EVIL, door=Door.LMTP)

    assert level(settled) in (Level.NONE, Level.UNKNOWN)
    assert gate.ticket(1).state is State.OPEN
    assert gate.outbox(Template.HELD) == ()


@pytest.mark.parametrize("address", ["Help <Support@SUPPORT.example>", f"{PAUL}, {SUPPORT}", f"Team: {SUPPORT};"])
@pytest.mark.parametrize("field", ["to", "cc"])
def test_a_mail_is_ours_by_any_field_that_the_signature_covers(
    gate: Gate, anne: Person, bart: Person, field: str, address: str
) -> None:
    to, cc = (address, None) if field == "to" else (PAUL, address)

    settled = gate.deliver(signed(anne, "It is broken.", field, to=to, cc=cc), to=SUPPORT, door=Door.LMTP)

    assert (settled.outcome.disposition, level(settled)) == (Disposition.OPENED, Level.DKIM)


def test_what_else_is_in_an_unsigned_cc_takes_nothing_away(gate: Gate, anne: Person, bart: Person) -> None:
    raw = signed(anne, "It is broken.", "to", to=SUPPORT).replace(b"\r\n\r\n", b"\r\nCc: x@evil.example\r\n\r\n", 1)

    assert level(gate.deliver(raw, to=SUPPORT, door=Door.LMTP)) is Level.DKIM


def test_a_blind_copy_is_believed_as_far_as_its_host_is(gate: Gate, anne: Person, bart: Person) -> None:
    by_host = gate.deliver(signed(anne, "One.", "to"), to=SUPPORT, sender=anne.address)
    by_another = gate.deliver(signed(anne, "Two.", "to"), to=SUPPORT, sender=EVIL, peer="198.51.100.9")

    assert [level(one) for one in (by_host, by_another)] == [Level.SPF, Level.UNKNOWN]
    assert [one.outcome.disposition for one in (by_host, by_another)] == [Disposition.OPENED] * 2


def test_the_reason_tells_staff_which_field_it_was(gate: Gate, anne: Person, bart: Person) -> None:
    settled = gate.deliver(signed(anne, "It is broken.", to=SUPPORT), to=SUPPORT, sender=EVIL, door=Door.LMTP)

    assert settled.outcome.evidence is not None
    assert settled.outcome.evidence.reasons[0] == (
        "the DKIM signature of customer.example is valid, but leaves out the To or Cc that names us"
    )


@pytest.mark.parametrize("door", [Door.LMTP, Door.IMAP])
def test_a_token_that_only_the_envelope_or_an_unsigned_field_has_proves_nothing(
    gate: Gate, anne: Person, bart: Person, door: Door
) -> None:
    """Whoever gets a true mail of Bart's in copy, and has seen a reply address of his, may be the quicker one."""
    gate.deliver(signed(anne, "It is broken.", "to", to=SUPPORT))
    _, token = parseaddr(str(gate.mailbox(bart)[0].message["Reply-To"]))
    raw = HOSTING.sign(bart.writes("Ann never pays.", to=SUPPORT, subject="Re: Hello [#1]", headers=DATE), at=BEGIN)
    before = len(gate.mailbox(anne))

    settled = gate.deliver(f"Delivered-To: {token}\r\n".encode() + raw, to=token, sender=EVIL, door=door)

    assert level(settled) is Level.DKIM
    assert len(gate.mailbox(anne)) == before


def test_an_answer_to_the_address_that_was_made_for_its_author_is_proved_by_it(
    gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(signed(anne, "It is broken.", "to", to=SUPPORT))
    raw = bart.replies(gate.mailbox(bart)[0], "It works again.")

    settled = gate.deliver(HOSTING.sign(f"Date: {DATE['Date']}\r\n".encode() + raw, at=BEGIN), door=Door.LMTP)

    assert level(settled) is Level.TOKEN
    assert "It works again." in gate.mailbox(anne)[-1].text


@pytest.mark.parametrize("service", ["sign-in", "confirm", "bounce", "postmaster"])
@pytest.mark.parametrize("is_signed", [True, False])
def test_a_mail_to_a_desk_that_somebody_brings_to_another_address_of_ours_first_is_not_lost(
    gate: Gate, anne: Person, bart: Person, service: str, is_signed: bool
) -> None:
    raw = anne.writes("It is broken.", to=SUPPORT, headers=DATE)
    if is_signed:
        raw = CUSTOMER.sign(raw, at=BEGIN)
    sender = EVIL if is_signed else anne.address

    first = gate.deliver(raw, to=f"{service}@support.example", sender=sender)
    true = gate.deliver(raw, to=SUPPORT, sender=anne.address)

    assert [first.outcome.disposition, true.outcome.disposition] == [Disposition.OPENED, Disposition.DUPLICATE]
    assert gate.ticket(1).messages == 1
    assert gate.outbox(Template.SIGN_IN) == ()
