"""The `postfix` fixture itself: LMTP delivery recipient by recipient, a smarthost that relays, and a clean end."""

import smtplib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.postfix import Postfix, StartPostfix
from tests.servers.process import LOOPBACK, free_port, port_answers, wait_until

pytestmark = pytest.mark.server

ANNE = "anne@example.org"
BART = "bart@support.test"
CRIS = "cris@support.test"


class Sink:
    """What a mail server was given, by recipient; `refusing` says what it answers those that it does not take."""

    def __init__(self, refusing: Mapping[str, str] | None = None) -> None:
        self._refusing = dict(refusing or {})
        self._taken: list[tuple[str, bytes]] = []
        self._lock = threading.Lock()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """LMTP answers one line a recipient, in their order (RFC 2033 §4.2); SMTP has one recipient in these tests."""
        with self._lock:
            return "\r\n".join(self._answer(recipient, envelope) for recipient in envelope.rcpt_tos)

    def _answer(self, recipient: str, envelope: Envelope) -> str:
        if recipient in self._refusing:
            return self._refusing[recipient]
        assert isinstance(envelope.content, bytes)
        self._taken.append((recipient, envelope.content))
        return "250 2.0.0 taken"

    def take_all(self) -> None:
        with self._lock:
            self._refusing.clear()

    @property
    def recipients(self) -> list[str]:
        with self._lock:
            return [recipient for recipient, _ in self._taken]

    @property
    def messages(self) -> list[bytes]:
        with self._lock:
            return [message for _, message in self._taken]


class LmtpController(Controller):
    def factory(self) -> LMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def listening(sink: Sink, protocol: type[Controller]) -> Iterator[str]:
    """Run the sink; yields its address."""
    port = free_port()
    controller = protocol(sink, hostname=LOOPBACK, port=port, server_hostname="sink.test")
    controller.start()
    try:
        yield f"{LOOPBACK}:{port}"
    finally:
        controller.stop()


def send(through: Postfix, *recipients: str, subject: str = "No mail since Monday", sender: str = ANNE) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, ", ".join(recipients), subject
    mail.set_content("Hello, no mail has come in.")
    with smtplib.SMTP(through.host, through.port, timeout=10) as client:
        client.send_message(mail)


def test_a_front_delivers_its_domain_by_lmtp(postfix: StartPostfix) -> None:
    sink = Sink()
    with listening(sink, LmtpController) as address:
        front = postfix(lmtp={"support.test": address})

        send(front, BART, subject="To the desk")
        wait_until(lambda: bool(sink.recipients), what="delivery")
        wait_until(lambda: not front.queue(), what="empty queue")

    assert sink.recipients == [BART]
    assert b"Subject: To the desk" in sink.messages[0]


def test_only_the_recipient_answered_451_stays_in_the_queue(postfix: StartPostfix) -> None:
    sink = Sink(refusing={CRIS: "451 4.3.0 Please try again later"})
    with listening(sink, LmtpController) as address:
        front = postfix(lmtp={"support.test": address})

        send(front, BART, CRIS)
        wait_until(lambda: any(mail.queue_name == "deferred" for mail in front.queue()), what="deferred mail")
        [waiting] = front.queue()
        first = sink.recipients
        sink.take_all()
        front.flush()
        wait_until(lambda: not front.queue(), what="empty queue")

    assert waiting.sender == ANNE
    assert list(waiting.recipients) == [CRIS]
    assert "451 4.3.0 Please try again later" in waiting.recipients[CRIS]
    assert first == [BART]
    assert sink.recipients == [BART, CRIS]


def test_a_front_spreads_its_mail_over_two_servers_and_goes_to_the_other_when_one_is_away(
    postfix: StartPostfix,
) -> None:
    one, other = Sink(), Sink()
    with listening(one, LmtpController) as first:
        with listening(other, LmtpController) as second:
            front = postfix(lmtp={"support.test": (first, second)})

            for number in range(40):  # that all take the same way happens once in 2^39 times
                send(front, BART, sender=f"customer{number}@example.org")
            wait_until(lambda: len(one.recipients) + len(other.recipients) == 40, what="delivery")
            spread = (len(one.recipients), len(other.recipients))
        for number in range(10):
            send(front, BART, sender=f"customer{number}@example.org")
        wait_until(lambda: len(one.recipients) == spread[0] + 10, what="all mail at the one that is left")

    assert min(spread) > 0


def test_a_smarthost_relays_to_its_relayhost(postfix: StartPostfix) -> None:
    sink = Sink()
    with listening(sink, Controller) as address:
        smarthost = postfix(relayhost=address)

        send(smarthost, ANNE, subject="Invoice 17")
        wait_until(lambda: bool(sink.recipients), what="relayed mail")

    assert sink.recipients == [ANNE]
    assert b"Subject: Invoice 17" in sink.messages[0]


def test_mail_without_a_route_is_refused_and_never_leaves_the_machine(postfix: StartPostfix) -> None:
    front = postfix()

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(front, "cris@elsewhere.test")

    assert b"nothing leaves this machine" in refused.value.recipients["cris@elsewhere.test"][1]
    assert front.queue() == ()


def test_two_instances_run_side_by_side_and_each_ends_alone(postfix: StartPostfix) -> None:
    one, other = postfix(), postfix()

    one.stop()
    one.stop()

    assert not port_answers(one.port, begins=b"220")
    assert not one.directory.exists()
    assert port_answers(other.port, begins=b"220")
    assert one.address != other.address


def test_a_setting_that_a_test_gives_stands_once_so_that_no_process_warns(postfix: StartPostfix) -> None:
    server = postfix(main_cf="relay_domains = support.test\n")

    with smtplib.SMTP(server.host, server.port) as client:
        client.noop()

    wait_until(
        lambda: "disconnect from" in server.log, what="the line about the connection, written by a process of its own"
    )
    assert "overriding" not in server.log
