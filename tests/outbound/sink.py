"""A smarthost of the tests: a real SMTP server that keeps what it takes and answers as it was told."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
JANE = LoginPassword(login=b"jane", password=b"secret")


@dataclass
class Sink:
    """`replies` holds, by verb, the answers to come; after these all is taken. `.` is the verb of the final dot."""

    replies: dict[str, list[str]] = field(default_factory=dict)
    messages: list[bytes] = field(default_factory=list)
    paths: list[tuple[str | None, list[str]]] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    connections: int = 0
    closes_after_dot: bool = False
    port: int = 0

    def reply(self, verb: str, usual: str) -> str:
        self.verbs.append(verb)
        to_come = self.replies.get(verb)
        return to_come.pop(0) if to_come else usual

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += session.host_name is None and session.ssl is None
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.reply("MAIL", "250 OK")
        if reply.startswith("2"):
            envelope.mail_from = address
        return reply

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.reply("RCPT", "250 OK")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return self.reply("RSET", "250 OK")

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return self.reply("QUIT", "221 Bye")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = self.reply(".", f"250 2.0.0 OK: queued as {len(self.messages) + 1}")
        if reply.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.messages.append(envelope.content)
            self.paths.append((envelope.mail_from, envelope.rcpt_tos))
            self.encrypted.append(session.ssl is not None)
        if self.closes_after_dot:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return reply

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.logins.append(data.login)
        answer = self.replies.get("AUTH")
        if answer:
            return AuthResult(success=False, handled=False, message=answer.pop(0))
        return AuthResult(success=data == JANE, handled=False)


@contextmanager
def running(sink: Sink, *, host: str = HOST, tls_first: ssl.SSLContext | None = None, **options: Any) -> Iterator[Sink]:
    """The sink on a free port of the loopback interface; `options` are those of aiosmtpd's SMTP."""
    with socket.create_server((host, 0)) as free:
        sink.port = free.getsockname()[1]
    controller = Controller(
        sink, host, sink.port, ssl_context=tls_first, authenticator=sink.authenticate, data_size_limit=None, **options
    )
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
