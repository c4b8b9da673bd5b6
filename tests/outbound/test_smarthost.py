"""Opening a session: TLS, certificate and login, against real servers."""

import socket
import threading
import time
import traceback
from typing import Any

import pytest

from mailgate.config import Tls
from mailgate.errors import Temporary
from mailgate.outbound.failure import SmarthostDeferred, SmarthostNotReady, SmarthostUnreachable
from mailgate.outbound.smarthost import Smarthost, is_loopback
from tests.outbound.conftest import Certificate
from tests.outbound.sink import HOST, Sink, running
from tests.servers.scripted import Talk, listening, never_read


def smarthost(port: int, **more: Any) -> Smarthost:
    settings = {"host": HOST, "tls": Tls.NONE, "timeout_seconds": 5.0, "helo_name": "mail.example.net", **more}
    return Smarthost(port=port, **settings)


def send(host: Smarthost) -> None:
    with host.connect() as session:
        session.envelope("", "anne@example.org")
        session.data(b"Subject: x\r\n\r\nx\r\n")


def test_message_goes_out_without_tls_where_none_is_wanted(sink: Sink) -> None:
    send(smarthost(sink.port))

    assert sink.encrypted == [False]
    assert sink.verbs == ["MAIL", "RCPT", ".", "QUIT"]


def test_starttls_is_used_when_the_certificate_holds(certificate: Certificate) -> None:
    with running(Sink(), tls_context=certificate.server) as sink:
        send(smarthost(sink.port, tls=Tls.VERIFY, ca_file=certificate.ca_file))

    assert sink.encrypted == [True]


def test_unknown_certificate_is_not_believed_under_verify(certificate: Certificate) -> None:
    with running(Sink(), tls_context=certificate.server) as sink, pytest.raises(SmarthostNotReady) as failure:
        send(smarthost(sink.port, tls=Tls.VERIFY))

    assert failure.value.pause
    assert "self-signed certificate" in str(failure.value)
    assert sink.verbs == []


def test_certificate_of_another_name_is_not_believed_under_verify(certificate: Certificate) -> None:
    with running(Sink(), tls_context=certificate.server) as sink, pytest.raises(SmarthostNotReady) as failure:
        send(smarthost(sink.port, host="localhost", tls=Tls.VERIFY, ca_file=certificate.ca_file))

    assert "Hostname mismatch" in str(failure.value)
    assert sink.verbs == []


def test_missing_starttls_stops_everything_under_verify(sink: Sink) -> None:
    with pytest.raises(SmarthostNotReady) as failure:
        send(smarthost(sink.port, tls=Tls.VERIFY))

    assert failure.value.pause
    assert sink.verbs == []


def test_opportunistic_takes_any_certificate(certificate: Certificate) -> None:
    with running(Sink(), tls_context=certificate.server) as sink:
        send(smarthost(sink.port, tls=Tls.OPPORTUNISTIC))

    assert sink.encrypted == [True]


def test_opportunistic_does_without_tls_that_is_not_offered(sink: Sink) -> None:
    send(smarthost(sink.port, tls=Tls.OPPORTUNISTIC))

    assert sink.encrypted == [False]


def test_tls_may_come_before_smtp(certificate: Certificate) -> None:
    with running(Sink(), tls_first=certificate.server) as sink:
        send(smarthost(sink.port, tls=Tls.VERIFY, tls_first=True, ca_file=certificate.ca_file))
        with pytest.raises(SmarthostNotReady):
            send(smarthost(sink.port, tls=Tls.VERIFY, tls_first=True))

    assert len(sink.messages) == 1


def test_tls_toward_a_server_that_speaks_none_is_a_matter_of_set_up(sink: Sink) -> None:
    with pytest.raises(SmarthostNotReady) as failure:
        send(smarthost(sink.port, tls=Tls.VERIFY, tls_first=True))

    assert failure.value.pause


def test_login_is_made_under_tls(certificate: Certificate) -> None:
    with running(Sink(), tls_context=certificate.server, auth_required=True) as sink:
        send(smarthost(sink.port, tls=Tls.VERIFY, ca_file=certificate.ca_file, user="jane", password="secret"))

    assert sink.logins == [b"jane"]
    assert len(sink.messages) == 1


def test_login_without_tls_is_made_on_loopback() -> None:
    with running(Sink(), auth_require_tls=False) as sink:
        send(smarthost(sink.port, user="jane", password="secret"))

    assert sink.logins == [b"jane"]


def test_password_is_never_sent_unencrypted_to_another_host() -> None:
    outside = own_address()
    with running(Sink(), host=outside, auth_require_tls=False) as sink, pytest.raises(SmarthostNotReady) as failure:
        send(smarthost(sink.port, host=outside, user="jane", password="secret"))

    assert failure.value.pause
    assert "not encrypted" in str(failure.value)
    assert sink.logins == []


@pytest.mark.parametrize("reply", ["535 5.7.8 Authentication failed", "454 4.7.0 Try later", "530 5.7.0 No"])
def test_refused_login_pauses(reply: str) -> None:
    with (
        running(Sink(replies={"AUTH": [reply] * 3}), auth_require_tls=False) as sink,
        pytest.raises(SmarthostNotReady) as failure,
    ):
        send(smarthost(sink.port, user="jane", password="wrong"))

    assert isinstance(failure.value, Temporary)
    assert failure.value.pause
    assert failure.value.reply_line == reply
    assert sink.verbs == []


def test_login_that_is_not_offered_pauses() -> None:
    with listening(script("220 hi", "250 me")) as address, pytest.raises(SmarthostNotReady) as failure:
        send(smarthost(port_of(address), user="jane", password="secret"))

    assert failure.value.pause


def test_password_shows_nowhere() -> None:
    with running(Sink(), auth_require_tls=False) as sink:
        host = smarthost(sink.port, user="jane", password="pässword-of-jane")
        with pytest.raises(SmarthostNotReady) as failure:
            send(host)

    shown = repr(host) + "".join(traceback.format_exception(failure.value))
    assert "word-of-jane" not in shown
    assert "\\xe4" not in shown
    assert failure.value.__cause__ is None


def test_nobody_listening_is_temporary() -> None:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(SmarthostUnreachable) as failure:
        send(smarthost(port))

    assert not failure.value.pause
    assert failure.value.reply_line == ""


def test_name_that_does_not_resolve_is_temporary() -> None:
    with pytest.raises(SmarthostDeferred):
        send(smarthost(25, host="smarthost.invalid"))


@pytest.mark.parametrize("greeting", ["421 4.3.2 Shutting down", "554 5.3.2 No SMTP service here", "hello?"])
def test_unfriendly_greeting_is_temporary(greeting: str) -> None:
    with listening(script(greeting)) as address, pytest.raises(SmarthostUnreachable) as failure:
        send(smarthost(port_of(address)))

    assert not failure.value.pause
    if greeting[0].isdigit():
        assert failure.value.reply_line == greeting


def test_connection_closed_at_once_is_temporary() -> None:
    with listening(script()) as address, pytest.raises(SmarthostUnreachable):
        send(smarthost(port_of(address)))


@pytest.mark.alone
def test_server_that_keeps_silent_is_given_up() -> None:
    with listening(never_read) as address:
        began = time.monotonic()
        with pytest.raises(SmarthostUnreachable):
            send(smarthost(port_of(address), timeout_seconds=0.2))

    assert time.monotonic() - began < 3


@pytest.mark.alone
def test_server_that_drips_its_reply_is_given_up() -> None:
    def drip(connection: socket.socket, over: threading.Event) -> None:
        while not over.wait(0.02):
            connection.sendall(b"2")

    with listening(drip) as address:
        began = time.monotonic()
        with pytest.raises(SmarthostUnreachable):
            send(smarthost(port_of(address), timeout_seconds=0.3))

    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("port", "tls", "first"),
    [
        (465, Tls.VERIFY, True),
        (465, Tls.OPPORTUNISTIC, True),
        (465, Tls.NONE, False),
        (587, Tls.VERIFY, False),
        (25, Tls.OPPORTUNISTIC, False),
    ],
)
def test_port_465_speaks_tls_first_unless_tls_is_off(port: int, tls: Tls, first: bool) -> None:
    assert smarthost(port, tls=tls).speaks_tls_first is first


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("192.0.2.1", False),
        ("fe80::1%eth0", False),
        ("::", False),
    ],
)
def test_only_this_machine_is_loopback(address: str, loopback: bool) -> None:
    assert is_loopback(address) is loopback


def script(*replies: str) -> Talk:
    """A greeting, then a reply a line received, then the end."""

    def talk(connection: socket.socket, _over: threading.Event) -> None:
        for reply in replies:
            connection.sendall(f"{reply}\r\n".encode())
            connection.recv(1000)

    return talk


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def own_address() -> str:
    """An address of this machine that is not the loopback one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: only the route is looked up
        except OSError:
            pytest.skip("this machine has no address but its loopback ones")
        return str(probe.getsockname()[0])
