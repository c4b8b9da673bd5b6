"""One message never becomes two, and bytes that systems read differently do not come in by SMTP (B01, B02)."""

import pytest

from tests.gate import Gate
from tests.inbound.door import Client
from tests.inbound.spooled import spooled, spooled_bytes

HEAD = b"From: Anne <anne@customer.example>\r\nSubject: Quota\r\n\r\n"
SECOND = b"MAIL FROM:<ceo@bank.example>\r\nRCPT TO:<support@support.example>\r\nDATA\r\nSubject: forged\r\n\r\nPay!"
FALSE_ENDS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\r\n.\r\r\n"]
NULS = [HEAD + b"It is\0full.\r\n", b"Subject: Quo\0ta\r\n\r\nIt is full.\r\n", HEAD + b"x\r\n\0.\r\nx"]


@pytest.mark.parametrize("end", FALSE_ENDS)
def test_smtp_takes_no_false_end_for_the_end_and_refuses_the_message(smtp: Client, gate: Gate, end: bytes) -> None:
    smtp.address()
    smtp.say("DATA")

    smtp.send(HEAD + b"x" + end + SECOND + b"\r\n.\r\n")

    assert smtp.reply() == "550 5.5.2 Bare CR or LF is not allowed; lines must end with CRLF"
    assert smtp.say("NOOP").startswith("250 ")
    assert spooled(gate) == ()


@pytest.mark.parametrize("end", FALSE_ENDS)
def test_lmtp_takes_no_false_end_for_the_end_and_keeps_the_one_message(lmtp: Client, gate: Gate, end: bytes) -> None:
    lmtp.address()
    lmtp.say("DATA")

    lmtp.send(HEAD + b"x" + end + SECOND + b"\r\n.\r\n")

    assert lmtp.reply().startswith("250 ")
    assert lmtp.say("NOOP").startswith("250 ")
    assert spooled_bytes(gate) == [_without_stuffing(HEAD + b"x" + end + SECOND + b"\r\n")]


@pytest.mark.parametrize("raw", NULS)
def test_smtp_refuses_nul(smtp: Client, gate: Gate, raw: bytes) -> None:
    reply = smtp.deliver(raw)

    assert reply == "550 5.6.0 Message contains NUL bytes"
    assert spooled(gate) == ()


@pytest.mark.parametrize("raw", NULS)
def test_lmtp_keeps_nul(lmtp: Client, gate: Gate, raw: bytes) -> None:
    reply = lmtp.deliver(raw)

    assert reply.startswith("250 ")
    assert spooled_bytes(gate) == [raw if raw.endswith(b"\r\n") else raw + b"\r\n"]


def _without_stuffing(raw: bytes) -> bytes:
    return raw.replace(b"\r\n.", b"\r\n")
