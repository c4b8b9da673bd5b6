"""One listener of the gate on a free port, in a thread of its own, and a client that speaks to it line by line."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Self

from mailgate.config import Settings
from mailgate.desks import is_ours
from mailgate.inbound.accept import Acceptance
from mailgate.inbound.clients import ListenerLimits
from mailgate.inbound.smtp import Gate, Listener
from mailgate.mail.envelope import Door
from tests.servers.process import LOOPBACK
from workers.actors import utc_now

DOMAIN = "support.example"
SENDER = "anne@customer.example"
SUPPORT = "support@support.example"
PATIENCE_SECONDS = 20.0
GRACE_SECONDS = 5.0

LIMITS = ListenerLimits(
    max_message_bytes=36700160,
    max_line_bytes=65536,
    max_recipients=100,
    max_connections=200,
    max_connections_per_address=20,
    idle_seconds=60.0,
    data_seconds=60.0,
)


class Client:
    """A mail client with no manners of its own: what is sent is up to the test, replies come back as they were."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((LOOPBACK, port), timeout=PATIENCE_SECONDS)
        self._lines = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def send(self, data: bytes) -> None:
        """These bytes, and no line end."""
        self.socket.sendall(data)

    def reply(self) -> str:
        """The next whole reply without its last line end, "" when the other side has hung up."""
        lines = []
        while line := self._lines.readline():
            lines.append(line)
            if line[3:4] != b"-":
                break
        return b"".join(lines).decode("ascii").removesuffix("\r\n")

    def say(self, command: str | bytes) -> str:
        """One command, and its reply."""
        self.send((command.encode("ascii") if isinstance(command, str) else command) + b"\r\n")
        return self.reply()

    def greet(self, verb: str = "EHLO") -> None:
        """Read the banner and say hello. Raises ConnectionError when nobody answers so."""
        if not (self.reply().startswith("220 ") and self.say(f"{verb} client.example").startswith("250")):
            raise ConnectionError("no welcome")

    def address(self, *recipients: str, sender: str = SENDER) -> list[str]:
        """The envelope of one message up to DATA; returns the replies to the recipients."""
        accepted = self.say(f"MAIL FROM:<{sender}>")
        if not accepted.startswith("250 "):
            raise ConnectionError(f"not accepted: {accepted}")
        return [self.say(f"RCPT TO:<{recipient}>") for recipient in recipients or (SUPPORT,)]

    def data(self, raw: bytes) -> str:
        """DATA and the message, dot-stuffed, with its final dot; returns the reply, of LMTP the first."""
        begun = self.say("DATA")
        if not begun.startswith("354 "):
            raise ConnectionError(f"not begun: {begun}")
        self.send(raw.replace(b"\r\n.", b"\r\n..") + (b"" if raw.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return self.reply()

    def deliver(self, raw: bytes, *recipients: str, sender: str = SENDER) -> str:
        """One whole message; returns the last reply."""
        self.address(*recipients, sender=sender)
        return self.data(raw)

    def start_tls(self, *, injected: bytes = b"") -> None:
        """Go on in TLS, with any certificate; `injected` is sent in clear, in one packet with the command."""
        assert self.say(b"STARTTLS\r\n" + injected.removesuffix(b"\r\n") if injected else "STARTTLS").startswith("220 ")
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._lines.close()
        self.socket = context.wrap_socket(self.socket)
        self._lines = self.socket.makefile("rb")

    def ended(self) -> bool:
        """The other side has hung up, politely or not; waits for it."""
        try:
            return self._lines.read() == b""
        except ConnectionError:
            return True

    def hang_up(self) -> None:
        """Close without a word."""
        self._lines.close()
        self.socket.close()


@dataclass(frozen=True, slots=True)
class Address:
    """Where a listener listens."""

    port: int

    def connect(self) -> Client:
        """A client that has said nothing yet."""
        return Client(self.port)

    def client(self, verb: str = "EHLO") -> Client:
        """A client that has said hello."""
        client = self.connect()
        try:
            client.greet(verb)
        except OSError:
            client.hang_up()
            raise
        return client


@contextmanager
def listening(
    acceptance: Acceptance,
    *,
    door: Door = Door.SMTP,
    tls: ssl.SSLContext | None = None,
    grace_seconds: float = GRACE_SECONDS,
    **limits: float,
) -> Iterator[Address]:
    """A listener whose limits are those of `LIMITS` but for what is given; the shipped desks are ours."""
    with listening_to(acceptance, (door,), tls=tls, grace_seconds=grace_seconds, **limits) as (address,):
        yield address


@contextmanager
def listening_to(
    acceptance: Acceptance,
    doors: tuple[Door, ...],
    *,
    tls: ssl.SSLContext | None = None,
    grace_seconds: float = GRACE_SECONDS,
    **limits: float,
) -> Iterator[tuple[Address, ...]]:
    """Several listeners of one gate."""
    allowed = replace(LIMITS, **limits)  # type: ignore[arg-type]
    gate = Gate(acceptance, lambda address: is_ours(address, Settings().desks, DOMAIN), allowed, clock=utc_now)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="listener")
    thread.start()
    listeners = [Listener(door, gate, allowed, hostname=DOMAIN, tls=tls) for door in doors]

    async def start() -> tuple[Address, ...]:
        return tuple([Address(await listener.start(LOOPBACK, 0)) for listener in listeners])

    async def stop() -> None:
        for listener in listeners:
            await listener.stop(grace_seconds=grace_seconds)
        await loop.shutdown_default_executor()

    try:
        yield asyncio.run_coroutine_threadsafe(start(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
