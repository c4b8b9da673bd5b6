"""How many clients may be there, and for how long."""

import socket
import time
from dataclasses import replace

import pytest

from mailgate.inbound.accept import Acceptance
from mailgate.inbound.clients import Clients
from mailgate.mail.envelope import Door
from tests.gate import Gate
from tests.inbound.conftest import OpenDoor
from tests.inbound.door import LIMITS, Client, listening, listening_to
from tests.inbound.spooled import spooled_bytes
from tests.servers.process import wait_until

MAIL = b"From: Anne <anne@customer.example>\r\nSubject: Quota\r\n\r\nIt is full.\r\n"
BUSY = "421 4.3.2 Too many connections, please try again later"
TIMEOUT = "421 4.4.2 Timeout, closing connection"


def test_the_client_past_the_last_place_is_sent_away_and_welcome_later(open_door: OpenDoor) -> None:
    door = open_door(max_connections=2)
    with door.client(), door.client() as leaving:
        with door.connect() as third:
            assert third.reply() == BUSY
            assert third.ended()
        leaving.say("QUIT")
        assert leaving.ended()

        with door.client() as fourth:
            assert fourth.say("NOOP").startswith("250 ")


def test_smtp_and_lmtp_clients_share_the_places(acceptance: Acceptance) -> None:
    with (
        listening_to(acceptance, (Door.SMTP, Door.LMTP), max_connections=1) as (smtp, lmtp),
        smtp.client(),
        lmtp.connect() as second,
    ):
        assert second.reply() == BUSY


def test_loopback_may_have_more_connections_than_others(open_door: OpenDoor) -> None:
    door = open_door(max_connections_per_address=1)

    with door.client(), door.client() as second:
        assert second.say("NOOP").startswith("250 ")


@pytest.mark.parametrize(
    ("address", "admitted"),
    [("192.0.2.1", 2), ("2001:db8::1", 2), ("127.0.0.1", 5), ("127.9.9.9", 5), ("::1", 5), ("::ffff:192.0.2.1", 2)],
)
def test_one_address_has_only_so_many_places(address: str, admitted: int) -> None:
    clients = Clients(replace(LIMITS, max_connections=5, max_connections_per_address=2))

    answers = [clients.admit(address) for _ in range(6)]

    assert answers == [True] * admitted + [False] * (6 - admitted)


def test_a_client_that_leaves_makes_room_for_another_of_its_address() -> None:
    clients = Clients(replace(LIMITS, max_connections_per_address=1))
    clients.admit("192.0.2.1")

    clients.forget("192.0.2.1")

    assert clients.admit("192.0.2.1")
    assert clients.admit("192.0.2.2")
    assert not clients.admit("192.0.2.1")


def test_a_silent_client_is_told_that_its_time_is_over(open_door: OpenDoor) -> None:
    with open_door(idle_seconds=0.3).client() as client:
        assert client.reply() == TIMEOUT
        assert client.ended()


def test_a_client_that_falls_silent_within_its_message_is_cut_off(open_door: OpenDoor, gate: Gate) -> None:
    with open_door(idle_seconds=0.3).client() as client:
        client.address()
        client.say("DATA")
        client.send(MAIL)

        assert client.reply() == TIMEOUT
        assert client.ended()
    assert spooled_bytes(gate) == []


def test_a_slow_upload_outlives_the_idle_limit_as_long_as_something_comes(open_door: OpenDoor, gate: Gate) -> None:
    raw = MAIL + b"one line of many\r\n" * 100
    with open_door(idle_seconds=1.0).client() as client:
        client.address()
        client.say("DATA")
        drip(client, raw + b".\r\n", for_seconds=5.0)

        assert client.reply().startswith("250 ")
    assert spooled_bytes(gate) == [raw]


def test_no_upload_outlives_the_deadline_of_a_message(open_door: OpenDoor, gate: Gate) -> None:
    with open_door(idle_seconds=60.0, data_seconds=1.0).client() as client:
        client.address()
        client.say("DATA")
        with pytest.raises(ConnectionError):
            drip(client, MAIL * 1000, for_seconds=20.0)

    assert spooled_bytes(gate) == []


def test_a_client_that_never_reads_is_cut_off_all_the_same(open_door: OpenDoor) -> None:
    door = open_door(idle_seconds=0.3, max_connections=1)
    with door.connect() as deaf:
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            deaf.send(b"HELP\r\n" * 1_000_000)

        def admitted() -> bool:
            with door.connect() as next_one:
                return next_one.reply().startswith("220 ")

        wait_until(admitted, what="a place for the next client")


def test_who_does_not_come_to_an_end_is_cut_off_when_the_gate_shuts_down(acceptance: Acceptance, gate: Gate) -> None:
    with listening(acceptance, grace_seconds=0.2) as door:
        client = door.client()
        client.address()
        client.say("DATA")
        client.send(MAIL)

    assert client.ended()
    client.hang_up()
    assert spooled_bytes(gate) == []


def drip(client: Client, data: bytes, *, for_seconds: float) -> None:
    """Send evenly, a little every tenth of a second: this is about time passing, so there is nothing to wait for."""
    steps = round(for_seconds * 10)
    size = -(-len(data) // steps)
    for start in range(0, len(data), size):
        client.send(data[start : start + size])
        time.sleep(for_seconds / steps)
