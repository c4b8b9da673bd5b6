"""After DATA, LMTP answers for each recipient (RFC 2033 §4.2)."""

import errno
from dataclasses import replace

import pytest

from mailgate.mail.envelope import Door
from tests.gate import Gate
from tests.inbound.conftest import LIMITS, BeginAcceptance, OpenDoor
from tests.inbound.door import Client
from tests.inbound.obstacles import BrokenArchive
from tests.inbound.spooled import spooled

MAIL = b"From: Anne <anne@customer.example>\r\nSubject: Quota\r\n\r\nIt is full.\r\n"
TWO = ("support@support.example", "billing@support.example")


def test_one_message_for_two_is_one_row_and_two_replies(lmtp: Client, gate: Gate) -> None:
    first = lmtp.deliver(MAIL, *TWO)
    second = lmtp.reply()

    [row] = spooled(gate)
    assert first == second == f"250 2.0.0 Accepted, id {row.id}"
    assert row.forward_paths == TWO
    assert _in_step(lmtp)


def test_a_refused_recipient_gets_no_second_reply(lmtp: Client, gate: Gate) -> None:
    known, unknown = lmtp.address("support@support.example", "nobody@support.example")

    reply = lmtp.data(MAIL)

    assert (known[:3], unknown[:3], reply[:3]) == ("250", "550", "250")
    assert _in_step(lmtp)


def test_a_recipient_named_twice_gets_two_replies(lmtp: Client) -> None:
    first = lmtp.deliver(MAIL, TWO[0], TWO[0])
    second = lmtp.reply()

    assert first == second
    assert _in_step(lmtp)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (MAIL + b"one line of many\r\n" * 7_000, "552"),
        (MAIL + b"x" * 70_000 + b"\r\n", "500"),
        ((b"X-Note: " + b"x" * 900 + b"\r\n") * 80 + b"\r\nIt is full.\r\n", "552"),
    ],
)
def test_a_refused_message_is_refused_for_each(
    open_door: OpenDoor, begin_acceptance: BeginAcceptance, gate: Gate, raw: bytes, code: str
) -> None:
    strict = begin_acceptance(limits=replace(LIMITS, max_header_bytes=65_536))
    with open_door(Door.LMTP, behind=strict, max_message_bytes=100_000).client("LHLO") as client:
        first = client.deliver(raw, *TWO)
        second = client.reply()

        assert (first[:3], second) == (code, first)
        assert _in_step(client)
    assert spooled(gate) == ()


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (OSError(errno.ENOSPC, "no space"), "452 4.3.1 Insufficient system storage, please try again later"),
        (OSError(errno.EIO, "broken disk"), "451 4.3.0 Please try again later"),
        (RuntimeError("broken code"), "451 4.3.0 Please try again later"),
    ],
)
def test_a_failure_of_ours_is_told_to_each(
    open_door: OpenDoor, begin_acceptance: BeginAcceptance, gate: Gate, error: Exception, reply: str
) -> None:
    broken = begin_acceptance(archive=BrokenArchive(gate.parts.settings.store.archive, error))
    with open_door(Door.LMTP, behind=broken).client("LHLO") as client:
        first = client.deliver(MAIL, *TWO)
        second = client.reply()

        assert first == second == reply
        assert _in_step(client)


def _in_step(client: Client) -> bool:
    """The next reply is that to the next command: none was too many."""
    return client.say("RSET") == "250 OK" and client.say("VRFY x").startswith("252 ")
