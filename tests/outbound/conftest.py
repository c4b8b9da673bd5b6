"""Fixtures of this folder: a smarthost that takes everything, and a certificate that nobody has signed."""

import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.outbound.sink import Sink, running


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate of 127.0.0.1, and the server's side of it."""

    ca_file: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificate")
    key, ca_file = folder / "key.pem", folder / "certificate.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(ca_file)]
    subprocess.run(["openssl", "req", *kind, *names, *files], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(ca_file, key)
    return Certificate(ca_file, server)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A smarthost without TLS and without login."""
    with running(Sink()) as server:
        yield server
