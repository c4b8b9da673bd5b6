"""Fixtures of this folder: an acceptance that runs, listeners in front of it, and a certificate nobody has signed."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from mailgate.inbound.accept import Acceptance, Limits
from mailgate.jobs import Enqueue, FailPoint, no_fail_point
from mailgate.mail.envelope import Door
from store.archive import Archive
from tests.gate import Gate
from tests.inbound.door import Address, Client, listening

LIMITS = Limits(max_message_bytes=36700160, max_header_bytes=262144, min_free_bytes=0)


class OpenDoor(Protocol):
    """Opens a door of the gate; keywords are limits of a listener."""

    def __call__(
        self, door: Door = Door.SMTP, *, behind: Acceptance | None = None, certified: bool = False, **limits: float
    ) -> Address: ...


class BeginAcceptance(Protocol):
    """Begins an acceptance of the gate, with parts and limits of the test's own."""

    def __call__(
        self,
        *,
        archive: Archive | None = None,
        enqueue: Enqueue | None = None,
        fail_point: FailPoint = no_fail_point,
        limits: Limits = LIMITS,
    ) -> Acceptance: ...


@pytest.fixture
def begin_acceptance(gate: Gate) -> Iterator[BeginAcceptance]:
    """A function that begins an acceptance; all of them end with the test."""
    with ExitStack() as running:

        def begin(
            *,
            archive: Archive | None = None,
            enqueue: Enqueue | None = None,
            fail_point: FailPoint = no_fail_point,
            limits: Limits = LIMITS,
        ) -> Acceptance:
            parts = gate.parts
            directory = parts.settings.store.archive
            acceptance = Acceptance(
                parts.engine,
                archive or parts.archive,
                enqueue or parts.enqueue,
                limits,
                directory=directory,
                fail_point=fail_point,
            )
            acceptance.start()
            running.callback(acceptance.stop)
            return acceptance

        yield begin


@pytest.fixture
def acceptance(begin_acceptance: BeginAcceptance) -> Acceptance:
    """An acceptance that commits what comes in."""
    return begin_acceptance()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """The server's side of a self-signed certificate."""
    folder = tmp_path_factory.mktemp("certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-subj", "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", "req", *kind, *files], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


@pytest.fixture
def open_door(acceptance: Acceptance, request: pytest.FixtureRequest) -> Iterator[OpenDoor]:
    """A function that opens a door on a free port; all doors are shut with the test."""
    with ExitStack() as doors:

        def open_door(
            door: Door = Door.SMTP, *, behind: Acceptance | None = None, certified: bool = False, **limits: float
        ) -> Address:
            tls = request.getfixturevalue("tls") if certified else None
            return doors.enter_context(listening(behind or acceptance, door=door, tls=tls, **limits))

        yield open_door


@pytest.fixture
def smtp(open_door: OpenDoor) -> Iterator[Client]:
    """An SMTP client that has said hello."""
    with open_door().client() as client:
        yield client


@pytest.fixture
def lmtp(open_door: OpenDoor) -> Iterator[Client]:
    """An LMTP client that has said hello."""
    with open_door(Door.LMTP).client("LHLO") as client:
        yield client
