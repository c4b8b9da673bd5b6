"""STARTTLS: what was said before it does not count after it (RFC 3207 §4.2)."""

from store.engine import transaction
from store.post.spool import lend
from tests.gate import Gate
from tests.inbound.conftest import OpenDoor
from tests.inbound.spooled import spooled, spooled_bytes
from tests.servers.process import wait_until
from workers.actors import utc_now

MAIL = b"From: Anne <anne@customer.example>\r\nSubject: Quota\r\n\r\nIt is full.\r\n"


def test_a_mail_comes_in_by_tls(open_door: OpenDoor, gate: Gate) -> None:
    with open_door(certified=True).client() as client:
        client.start_tls()
        client.say("EHLO client.example")
        client.deliver(MAIL)

    [row] = spooled(gate)
    assert spooled_bytes(gate) == [MAIL]
    with transaction(gate.parts.engine) as conn:
        (lent,) = lend(conn, (row.id,), now=utc_now())
    assert lent.envelope.tls


def test_starttls_is_offered_only_with_a_certificate(open_door: OpenDoor) -> None:
    with open_door().client() as client:
        assert client.say("STARTTLS").startswith("454 ")


def test_the_envelope_begins_anew_after_starttls(open_door: OpenDoor) -> None:
    with open_door(certified=True).client() as client:
        client.address()

        client.start_tls()

        assert client.say("DATA").startswith("503 ")
        assert client.say("MAIL FROM:<anne@customer.example>").startswith("503 ")


def test_a_command_pipelined_behind_starttls_is_thrown_away(open_door: OpenDoor) -> None:
    with open_door(certified=True).client() as client:
        client.start_tls(injected=b"MAIL FROM:<forged@bank.example>\r\n")

        assert client.say("EHLO client.example").startswith("250")
        assert client.say("RCPT TO:<support@support.example>") == "503 Error: need MAIL command"


def test_a_broken_handshake_ends_the_connection_and_is_counted_out(open_door: OpenDoor) -> None:
    door = open_door(certified=True, max_connections=1)
    with door.client() as client:
        client.say("STARTTLS")

        client.send(b"this is no handshake\r\n" * 10)

        assert client.ended()

    def admitted() -> bool:
        with door.connect() as next_one:
            return next_one.reply().startswith("220 ")

    wait_until(admitted, what="a place for the next client")
