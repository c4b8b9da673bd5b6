"""The mail to ourselves: by a smarthost that brings it back as it was, cut short, as undeliverable, or not at all."""

import asyncio
import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from mailgate.config import HostPort, Verify
from mailgate.setup import loop
from mailgate.setup.finding import Finding, Status
from mailgate.setup.site import Site
from tests.gate import SUPPORT, BeginGate, Gate
from tests.outbound.sink import HOST, Sink, running
from tests.program import configured
from tests.servers.process import LOOPBACK

Bring = Callable[[bytes, str], None]
"""Takes a mail and its recipient on to wherever that may be."""


def nowhere(_raw: bytes, _to: str) -> None:
    """It is taken, and never seen again."""


@dataclass
class Relay(Sink):
    """A smarthost that takes each mail further before it says yes."""

    bring: Bring = field(default=nowhere)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take it, and on with it."""
        reply = await super().handle_DATA(server, session, envelope)
        await asyncio.to_thread(self.bring, self.messages[-1], envelope.rcpt_tos[0])
        return reply


@dataclass
class World:
    """A gate and the smarthost that brings its mail back."""

    gate: Gate
    site: Site
    relay: Relay

    def disposition(self) -> tuple[str, str | None]:
        """What became of the one mail that came in."""
        self.gate.work()
        outcome = self.gate.inbox(1).outcome
        return outcome.disposition.value, outcome.reason


@pytest.fixture
def world(tmp_path: Path, begin: BeginGate) -> Iterator[World]:
    with ExitStack() as starting:
        relay = Relay()
        starting.enter_context(running(relay))
        gate = begin(
            smarthost={"address": HostPort(HOST, relay.port)},
            authentication={
                "verify": Verify.TRUSTED_HEADER,
                "trusted_authserv_ids": ("mx.hosting.example", "mx2.hosting.example"),
            },
        )
        gate.now = Site(tmp_path, gate.parts.settings).now()
        yield World(gate, Site(tmp_path / "config.toml", gate.parts.settings), relay)


def test_a_mail_that_comes_back_with_its_token_is_well_and_no_ticket(world: World) -> None:
    world.relay.bring = lambda raw, to: void(world.gate.accept(b"Received: by front\r\n" + raw, to=to))

    found = loop.loop(world.site)

    assert found.status is Status.OK
    assert "1 hops" in found.detail
    assert world.disposition() == ("command", "the loop test of mailgate doctor")
    assert world.gate.tickets() == ()
    assert world.gate.outbox() == ()


def test_a_token_that_gets_lost_fails_and_the_mail_is_no_ticket_either(world: World) -> None:
    world.relay.bring = lambda raw, _to: void(world.gate.accept(raw, to=SUPPORT))

    found = loop.loop(world.site)

    assert found.status is Status.FAIL
    assert "recipient_delimiter" in found.fix
    assert world.disposition() == ("automatic", "its author is an address of ours")


@pytest.mark.parametrize("check", [loop.loop, loop.forged_results])
def test_a_mail_that_is_returned_fails_and_so_does_not_become_a_bounce_of_somebody(
    world: World, check: Callable[[Site], Finding]
) -> None:
    def refuse(raw: bytes, to: str) -> None:
        report = EmailMessage()
        report["From"], report["To"] = "MAILER-DAEMON@front.example", to
        report["Subject"] = "Undelivered Mail Returned to Sender"
        report["Message-ID"] = "<report@front.example>"
        report.set_content("User unknown\n\n" + raw.decode())
        world.gate.accept(report.as_bytes(), to=to, sender="")

    world.relay.bring = refuse

    found = check(world.site)

    assert (found.status, found.detail) == (
        Status.FAIL,
        "it came back as undeliverable: Undelivered Mail Returned to Sender",
    )
    assert world.disposition()[0] == "command"


def test_a_mail_that_stays_away_fails_when_the_time_is_over(world: World) -> None:
    found = loop.loop(world.site, wait_seconds=0.1)

    assert found.status is Status.FAIL
    assert found.detail == "not back within 0.1 s"


def test_a_smarthost_that_refuses_it_fails(world: World) -> None:
    world.relay.replies["RCPT"] = ["550 5.7.1 Relaying denied"]

    assert "Relaying denied" in loop.loop(world.site).detail


@pytest.mark.parametrize(("strips", "status"), [(True, Status.OK), (False, Status.FAIL)])
def test_forged_results_must_not_come_through(world: World, strips: bool, status: Status) -> None:
    def front(raw: bytes, to: str) -> None:
        head, _, body = raw.partition(b"\r\n\r\n")
        fields = head.replace(b"\r\n ", b" ").split(b"\r\n")
        kept = [line for line in fields if not strips or not line.startswith(b"Authentication-Results:")]
        world.gate.accept(b"\r\n".join([b"Received: by front", *kept]) + b"\r\n\r\n" + body, to=to)

    world.relay.bring = front

    assert loop.forged_results(world.site).status is status
    assert world.disposition()[0] == "command"


def test_the_program_asks_through_its_own_door(tmp_path: Path) -> None:
    relay = Relay()
    with running(relay):
        program = configured(tmp_path, {"smarthost": {"address": f"{HOST}:{relay.port}", "tls": "none"}})

        def bring(raw: bytes, to: str) -> None:
            with smtplib.LMTP(LOOPBACK, program.lmtp_port) as client:
                client.sendmail("", [to], raw)

        relay.bring = bring
        with program.serve():
            found = program.rows("doctor", "--only", "loop")

    assert [(row["check"], row["status"]) for row in found] == [("loop", "ok")]


def void(_value: object) -> None:
    """Its value is of no interest."""
