"""Checks of the way out: a smarthost of the tests, and a clock that it tells."""

import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from mailgate.config import Tls
from mailgate.setup import sending
from mailgate.setup.finding import Status
from tests.outbound.sink import Sink, running
from tests.servers.process import free_port
from tests.servers.scripted import listening
from tests.setup.sites import site_in, smarthost_at


def test_a_smarthost_that_greets_is_well(tmp_path: Path) -> None:
    with running(Sink()) as sink:
        found = sending.smarthost(site_in(tmp_path, smarthost=smarthost_at(sink.port)))

    assert found.status is Status.OK
    assert sink.messages == []


def test_a_smarthost_that_is_not_there_fails(tmp_path: Path) -> None:
    port = free_port()

    found = sending.smarthost(site_in(tmp_path, smarthost=smarthost_at(port)))

    assert found.status is Status.FAIL
    assert f"127.0.0.1:{port}" in found.detail


@pytest.mark.parametrize(("password", "status"), [("secret", Status.OK), ("guess", Status.FAIL)])
def test_a_login_that_is_refused_fails(tmp_path: Path, password: str, status: Status) -> None:
    secret = tmp_path / "password"
    secret.write_text(password)

    with running(Sink(), auth_require_tls=False) as sink:
        login = smarthost_at(sink.port, user="jane", password_file=secret)
        found = sending.smarthost(site_in(tmp_path, smarthost=login))

    assert found.status is status


def test_a_smarthost_without_tls_fails_where_tls_is_asked_for(tmp_path: Path) -> None:
    with running(Sink()) as sink:
        found = sending.smarthost(site_in(tmp_path, smarthost=smarthost_at(sink.port, tls=Tls.VERIFY)))

    assert found.status is Status.FAIL
    assert "STARTTLS" in found.detail


def test_a_gate_without_smarthost_is_warned_of(tmp_path: Path) -> None:
    assert sending.smarthost(site_in(tmp_path)).status is Status.WARN


@pytest.mark.parametrize(
    ("off", "status"),
    [
        (timedelta(), Status.OK),
        (timedelta(seconds=30), Status.WARN),
        (timedelta(seconds=-30), Status.WARN),
        (timedelta(hours=1), Status.FAIL),
    ],
)
def test_the_clock_is_compared_with_that_of_the_smarthost(tmp_path: Path, off: timedelta, status: Status) -> None:
    def greet(connection: socket.socket, _over: threading.Event) -> None:
        connection.sendall(f"220 mail.example ESMTP; {format_datetime(datetime.now(UTC) - off)}\r\n".encode())
        connection.recv(100)

    with listening(greet) as address:
        site = site_in(tmp_path, smarthost=smarthost_at(int(address.rpartition(":")[2])))
        found = sending.clock(site)

    assert found.status is status


def test_where_nobody_tells_the_time_nothing_is_said(tmp_path: Path) -> None:
    with running(Sink()) as sink:
        found = sending.clock(site_in(tmp_path, smarthost=smarthost_at(sink.port)))

    assert found.status is Status.SKIPPED
