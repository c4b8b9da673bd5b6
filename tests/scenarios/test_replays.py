"""A signed mail counts once: whoever sends it again changes nothing by what he adds where no signature covers it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from mailgate.config import Verify
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door
from mailgate.mail.sender.evidence import Level
from mailgate.tickets.ticket import State
from tests.gate import BEGIN, BeginGate, Gate, Person
from tests.signing import Signer
from tests.verifying import level, verifying
from tests.zone import Zone

CUSTOMER, SECOND = Signer("customer.example"), Signer("customer.example", "s2")
DATE = "Mon, 02 Mar 2026 08:59:00 +0000"
EVIL = "x@evil.example"


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate that verifies senders; the domain of Anne signs."""
    zone = Zone(
        {one.name: one.record for one in (CUSTOMER, SECOND)} | {"_dmarc.customer.example": "v=DMARC1; p=reject"}
    )
    return verifying(begin, zone)


def closes(gate: Gate, anne: Person) -> bytes:
    """Anne opens a ticket, and her signed mail closes it."""
    gate.deliver(CUSTOMER.sign(anne.writes("It is broken.", headers={"Date": DATE}), at=BEGIN))
    raw = CUSTOMER.sign(_dated(anne.replies(gate.mailbox(anne)[0], "!close")), at=BEGIN)
    assert gate.deliver(raw).outcome.disposition is Disposition.COMMAND
    assert gate.ticket(1).state is State.CLOSED
    return raw


def _dated(raw: bytes) -> bytes:
    return f"Date: {DATE}\r\n".encode() + raw


def _refolded(raw: bytes) -> bytes:
    """The same Subject on two lines, as a relay may write it."""
    return raw.replace(b"Subject: Re: No", b"Subject: Re:\r\n  No", 1)


ALTERED: dict[str, Callable[[bytes], bytes]] = {
    "a field on top": lambda raw: b"X-Odd: 1\r\n" + raw,
    "a field below the signature": lambda raw: raw.replace(b"\r\nFrom:", b"\r\nX-Odd: 1\r\nFrom:", 1),
    "a field at the end of the header": lambda raw: raw.replace(b"\r\n\r\n", b"\r\nX-Odd: 1\r\n\r\n", 1),
    "an answer to somewhere else": lambda raw: b"Reply-To: x@evil.example\r\n" + raw,
    "a field on two lines": _refolded,
    "another case of a field's name": lambda raw: raw.replace(b"\r\nSubject:", b"\r\nSUBJECT:", 1),
    "blanks at the end of a line": lambda raw: raw.replace(b"!close\r\n", b"!close  \r\n", 1),
    "blanks and blank lines at the end": lambda raw: raw + b" \t\r\n \r\n",
    "blanks inside the signature": lambda raw: raw.replace(b"; b=", b"; b= ", 1),
    "a signature of somebody else": lambda raw: Signer("evil.example").sign(raw, at=BEGIN),
    "the signature once more": lambda raw: raw[: raw.index(b"\r\n") + 2] + raw,
}


@pytest.mark.parametrize("how", ALTERED)
def test_a_signed_command_that_is_sent_again_is_not_carried_out_again(
    gate: Gate, anne: Person, bart: Person, how: str
) -> None:
    raw = closes(gate, anne)
    altered = ALTERED[how](raw)
    assert altered != raw
    gate.deliver(CUSTOMER.sign(_dated(anne.replies(gate.mailbox(anne)[0], "It is broken again.")), at=BEGIN))
    assert gate.ticket(1).state is State.OPEN

    again = gate.deliver(altered, sender=EVIL, door=Door.LMTP)

    assert (again.outcome.disposition, level(again)) == (Disposition.DUPLICATE, Level.DKIM)
    assert again.outcome.reason in ("the same mail as 2", "the same signed mail as 2")
    assert gate.ticket(1).state is State.OPEN


def test_a_signature_that_is_taken_away_leaves_the_mail_what_it_was(gate: Gate, anne: Person) -> None:
    mail = anne.writes("!status", headers={"Date": DATE})
    by_one = SECOND.sign(mail, at=BEGIN)
    by_both = CUSTOMER.sign(by_one, at=BEGIN)
    gate.deliver(by_both)

    again = gate.deliver(by_one, sender=EVIL)

    assert (again.outcome.disposition, level(again)) == (Disposition.DUPLICATE, Level.DKIM)


def test_a_signed_mail_is_known_for_as_long_as_its_signature_can_be_valid(begin: BeginGate) -> None:
    gate = begin(authentication={"verify": Verify.TRUSTED_HEADER, "trusted_authserv_ids": ("mx.in.example",)})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    found = (
        b"Authentication-Results: mx.in.example; dkim=pass header.d=customer.example;"
        b" dmarc=pass header.from=customer.example\r\n"
        b"Received: from a by mx.in.example; Mon, 2 Mar 2026 09:00:00 +0000\r\n"
    )
    near = partial(gate.deliver, door=Door.LMTP, peer="127.0.0.1")
    raw = CUSTOMER.sign(anne.writes("!status", headers={"Date": DATE}), at=BEGIN)
    first = near(found + raw)
    gate.now += timedelta(days=400)

    same = near(found + raw)
    altered = near(found + b"X-Odd: 1\r\n" + raw)

    assert level(first) is Level.DKIM
    assert [one.outcome.disposition for one in (same, altered)] == [Disposition.DUPLICATE] * 2


def test_two_mails_that_say_the_same_are_two(gate: Gate, anne: Person, bart: Person) -> None:
    one, other = (CUSTOMER.sign(anne.writes("It is broken.", headers={"Date": DATE}), at=BEGIN) for _ in range(2))

    settled = [gate.deliver(raw).outcome.disposition for raw in (one, other)]

    assert settled == [Disposition.OPENED, Disposition.OPENED]  # each has a Message-ID of its own


def test_a_forged_copy_that_came_first_does_not_stand_in_the_way_of_the_true_mail(
    gate: Gate, anne: Person, bart: Person
) -> None:
    raw = CUSTOMER.sign(anne.writes("It is broken.", headers={"Date": DATE}), at=BEGIN)
    gate.deliver(raw.replace(b"It is broken.", b"All is well.."), sender=EVIL)
    gate.deliver(raw.replace(b"\r\n\r\n", b"\r\nSubject: Hello\r\n\r\n", 1), sender=EVIL)

    true = gate.deliver(raw)

    assert (true.outcome.disposition, level(true)) == (Disposition.OPENED, Level.DKIM)


def test_a_mail_by_way_of_a_list_that_leaves_it_whole_is_the_same_mail(gate: Gate, anne: Person, bart: Person) -> None:
    raw = CUSTOMER.sign(
        anne.writes("It is broken.", to="support@support.example, friends@lists.example", headers={"Date": DATE}),
        at=BEGIN,
    )
    gate.deliver(raw, to="support@support.example")

    by_list = gate.deliver(b"List-Id: <friends.lists.example>\r\nX-Loop: 1\r\n" + raw, to="support@support.example")

    assert by_list.outcome.disposition is Disposition.DUPLICATE
    assert gate.ticket(1).messages == 1


def test_a_held_mail_that_is_let_in_is_no_copy_of_itself(gate: Gate, anne: Person, bart: Person) -> None:
    other = Person("Bo Hill", "bo@customer.example")
    held = gate.deliver(CUSTOMER.sign(other.writes("Do you sell servers?", headers={"Date": DATE}), at=BEGIN))

    opened = gate.release(held.id)

    assert (held.outcome.disposition, level(held)) == (Disposition.HELD, Level.DKIM)
    assert opened.outcome.disposition is Disposition.OPENED
