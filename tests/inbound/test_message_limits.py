"""How large a message may be, in all and in its parts."""

import pytest

from mailgate.mail.envelope import Door
from tests.gate import Gate
from tests.inbound.conftest import OpenDoor
from tests.inbound.door import SUPPORT, Client
from tests.inbound.spooled import spooled, spooled_bytes

MAIL = b"From: Anne <anne@customer.example>\r\nSubject: Quota\r\n\r\nIt is full.\r\n"
LIMIT = 100_000


def test_a_message_announced_as_too_large_is_refused_before_it_is_sent(open_door: OpenDoor) -> None:
    with open_door(max_message_bytes=LIMIT).client() as client:
        reply = client.say(f"MAIL FROM:<anne@customer.example> SIZE={LIMIT + 1}")

        assert reply.startswith("552 ")


def test_a_message_that_turns_out_too_large_is_refused_and_the_next_one_taken(open_door: OpenDoor, gate: Gate) -> None:
    with open_door(max_message_bytes=LIMIT).client() as client:
        refused = client.deliver(MAIL + b"x" * 70 + b"\r\n" * LIMIT)
        taken = client.deliver(MAIL)

    assert refused.startswith("552 ")
    assert taken.startswith("250 ")
    assert spooled_bytes(gate) == [MAIL]


def test_a_header_block_of_more_than_256_kib_is_refused(smtp: Client, gate: Gate) -> None:
    field = b"X-Note: " + b"x" * 900 + b"\r\n"

    reply = smtp.deliver(field * 300 + b"\r\nIt is full.\r\n")

    assert reply == "552 5.3.4 Message header too large"
    assert spooled(gate) == ()


def test_a_long_body_counts_for_no_header_when_there_is_none(smtp: Client) -> None:
    reply = smtp.deliver(b"\r\n" + b"one line of a long body\r\n" * 20_000)

    assert reply.startswith("250 ")


def test_a_line_of_70_000_bytes_is_refused_and_the_next_message_taken(smtp: Client, gate: Gate) -> None:
    refused = smtp.deliver(MAIL + b"x" * 70_000 + b"\r\n")
    taken = smtp.deliver(MAIL)

    assert refused.startswith("500 ")
    assert taken.startswith("250 ")
    assert spooled_bytes(gate) == [MAIL]


def test_a_line_of_60_000_bytes_is_kept_as_it_is(smtp: Client, gate: Gate) -> None:
    raw = MAIL + b"x" * 60_000 + b"\r\n"

    smtp.deliver(raw)

    assert spooled_bytes(gate) == [raw]


@pytest.mark.parametrize("endless", [b"xx", b"x\n", b"x\r", b"x\r\n"])
def test_what_is_past_the_limit_is_refused_at_its_end_and_the_next_one_taken(
    open_door: OpenDoor, gate: Gate, endless: bytes
) -> None:
    with open_door(max_message_bytes=LIMIT).client() as client:
        refused = client.deliver(MAIL + endless * LIMIT + b"\r\n")
        taken = client.deliver(MAIL)

    assert refused == "552 5.3.4 Message too large"
    assert taken.startswith("250 ")
    assert spooled_bytes(gate) == [MAIL]


def test_an_empty_message_ends_with_the_first_line(smtp: Client, gate: Gate) -> None:
    smtp.address()
    smtp.say("DATA")

    taken = smtp.say(".")

    assert taken.startswith("250 ")
    assert spooled_bytes(gate) == [b""]


def test_what_is_sent_behind_the_final_dot_is_the_next_command(smtp: Client, gate: Gate) -> None:
    smtp.address()
    smtp.say("DATA")

    smtp.send(MAIL + b".\r\nMAIL FROM:<anne@customer.example>\r\nRCPT TO:<nobody@support.example>\r\nNOOP\r\n")

    assert [smtp.reply()[:3] for _ in range(4)] == ["250", "250", "550", "250"]
    assert spooled_bytes(gate) == [MAIL]


def test_a_command_without_end_is_answered_and_the_next_one_obeyed(smtp: Client) -> None:
    refused = smtp.say("NOOP " + "x" * 200_000)

    assert refused.startswith("500 ")
    assert smtp.say("NOOP").startswith("250 ")


def test_a_dot_at_the_start_of_a_line_comes_through(smtp: Client, gate: Gate) -> None:
    raw = MAIL + b".\r\n..\r\n.signature\r\n"

    smtp.deliver(raw)

    assert spooled_bytes(gate) == [raw]


@pytest.mark.parametrize(("door", "verb"), [(Door.SMTP, "EHLO"), (Door.LMTP, "LHLO")])
def test_the_bytes_are_kept_as_they_came_whatever_their_charset(
    open_door: OpenDoor, gate: Gate, door: Door, verb: str
) -> None:
    raw = MAIL + bytes(range(128, 256)) + b"\r\n"

    with open_door(door).client(verb) as client:
        client.deliver(raw, SUPPORT)

    assert spooled_bytes(gate) == [raw]
