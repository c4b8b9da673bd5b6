"""What VIES is asked, and what its answers prove, against a server on loopback."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mailgate.billing.party import Proof
from mailgate.vies import Vies, ViesAway, ViesRefused
from tests.outbound.conftest import Certificate
from tests.servers.process import LOOPBACK, free_port
from tests.servers.scripted import listening
from tests.servers.vies import BASE, Register, vies

AT = datetime(2026, 3, 2, 11, 22, 33, 444000, tzinfo=UTC)
SELLER = "DE123456788"
WHOLE = {
    "countryCode": "AT", "vatNumber": "U12345675", "valid": True, "requestDate": "2026-03-02", "requestIdentifier": "W",
}  # fmt: skip


@pytest.fixture
def register() -> Iterator[Register]:
    """The service."""
    with vies() as running:
        yield running


def test_an_answer_is_a_proof_with_the_number_of_the_consultation(register: Register) -> None:
    proof = Vies(register.url, SELLER).ask("ATU12345675")

    assert proof == Proof("ATU12345675", AT, True, "WAPIAAAAX1", "vies")
    assert register.questions == [
        {
            "countryCode": "AT",
            "vatNumber": "U12345675",
            "requesterMemberStateCode": "DE",
            "requesterNumber": "123456788",
        }
    ]


def test_a_no_is_an_answer_too(register: Register) -> None:
    proof = Vies(register.url, SELLER).ask("ATU99999902")

    assert proof == Proof("ATU99999902", AT, False, "", "vies")


@pytest.mark.parametrize("seller", ["", "CHE-123.456.788", "GB123456782"])
def test_who_is_not_of_the_union_asks_in_nobodys_name(register: Register, seller: str) -> None:
    proof = Vies(register.url, seller).ask("EL123456783")

    assert (proof.is_valid, proof.number) == (True, "")
    assert register.questions == [{"countryCode": "EL", "vatNumber": "123456783"}]


@pytest.mark.parametrize(
    ("vat_id", "seller", "message"),
    [
        ("GR123456783", SELLER, "VIES refuses to check GR123456783: it takes this for no VAT id (INVALID_INPUT)"),
        ("ATU1234-567", SELLER, "it takes this for no VAT id"),
        ("ATU12345675", "DE123456789", "it does not know the VAT id in seller.vat_id"),
    ],
)
def test_what_it_refuses_for_good_is_no_proof(register: Register, vat_id: str, seller: str, message: str) -> None:
    with pytest.raises(ViesRefused) as raised:
        Vies(register.url, seller).ask(vat_id)

    assert message in str(raised.value)


@pytest.mark.parametrize("word", ["VAT_BLOCKED", "IP_BLOCKED"])
def test_who_is_shut_out_is_told(register: Register, word: str) -> None:
    register.error, register.error_status = word, 400

    with pytest.raises(ViesRefused, match=word):
        Vies(register.url, SELLER).ask("ATU12345675")


@pytest.mark.parametrize("status", [200, 400, 500, 503])
@pytest.mark.parametrize("word", ["MS_UNAVAILABLE", "MS_MAX_CONCURRENT_REQ", "SERVICE_UNAVAILABLE", "TIMEOUT", "NEW"])
def test_a_register_that_is_away_proves_nothing(register: Register, status: int, word: str) -> None:
    register.error, register.error_status = word, status

    with pytest.raises(ViesAway, match=f"cannot check ATU12345675 just now: {word}"):
        Vies(register.url, SELLER).ask("ATU12345675")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Maintenance</html>",
        b"[]",
        b"\xff\xfe",
        b"null",
        b"{}",
        json.dumps({"actionSucceed": False}).encode(),
        json.dumps(WHOLE | {"valid": "true"}).encode(),
        json.dumps(WHOLE | {"valid": None}).encode(),
        json.dumps(WHOLE | {"vatNumber": "U99999902"}).encode(),
        json.dumps(WHOLE | {"countryCode": "DE"}).encode(),
        json.dumps(WHOLE | {"requestDate": "yesterday"}).encode(),
        json.dumps(WHOLE | {"requestDate": 5}).encode(),
        json.dumps(WHOLE | {"requestIdentifier": 5}).encode(),
        json.dumps(WHOLE).encode()[:-1],
        json.dumps(WHOLE | {"name": "x" * 100_000}).encode(),
    ],
)
def test_an_answer_that_is_not_understood_proves_nothing(register: Register, body: bytes) -> None:
    register.body = body

    with pytest.raises(ViesAway):
        Vies(register.url, SELLER).ask("ATU12345675")


def test_what_is_whole_is_understood_with_a_date_alone(register: Register) -> None:
    register.body = json.dumps(WHOLE).encode()

    proof = Vies(register.url, SELLER).ask("ATU12345675")

    assert (proof.checked_at, proof.number) == (datetime(2026, 3, 2, tzinfo=UTC), "W")


def test_a_wrong_address_is_told_by_its_status(register: Register) -> None:
    with pytest.raises(ViesAway, match="something else than JSON, with status 404"):
        Vies(register.url.replace(BASE, "/rest"), SELLER).ask("ATU12345675")


def test_nobody_there_is_no_proof() -> None:
    with pytest.raises(ViesAway, match=f"VIES at {LOOPBACK} does not answer: ConnectionRefusedError"):
        Vies(f"http://{LOOPBACK}:{free_port()}", SELLER).ask("ATU12345675")


def test_silence_ends_after_the_time_limit() -> None:
    def silence(_connection: socket.socket, over: threading.Event) -> None:
        over.wait()

    with listening(silence) as address, pytest.raises(ViesAway, match="TimeoutError"):
        Vies(f"http://{address}", SELLER, timeout_seconds=0.1).ask("ATU12345675")


def test_a_redirection_is_not_followed() -> None:
    def redirect(connection: socket.socket, _over: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\n{}")

    with listening(redirect) as address, pytest.raises(ViesAway, match="status 301"):
        Vies(f"http://{address}", SELLER).ask("ATU12345675")


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Certificate) -> None:
    with vies(certificate.server) as register, pytest.raises(ViesAway, match="CERTIFICATE_VERIFY_FAILED"):
        Vies(register.url, SELLER).ask("ATU12345675")
    assert register.questions == []


def test_it_is_asked_by_tls(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.ca_file))

    with vies(certificate.server) as register:
        proof = Vies(register.url, SELLER).ask("ATU12345675")

    assert proof.is_valid
