"""One client on the wire: what aiosmtpd does not do, or does otherwise, in the dialogues of SMTP and LMTP."""

import asyncio
import math
import re
from typing import Any, AnyStr, Protocol

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from mailgate.errors import LineTooLong, MessageTooLarge
from mailgate.inbound.clients import ListenerLimits
from mailgate.inbound.content import Content
from mailgate.mail.address import MAX_ADDRESS

BUSY = b"421 4.3.2 Too many connections, please try again later\r\n"
CLOSING = b"421 4.3.2 Shutting down, please try again later\r\n"
TIMEOUT = b"421 4.4.2 Timeout, closing connection\r\n"

ALL = 1 << 30
"""More than a reader ever holds: it gives what it has, at least one byte."""

FAREWELL_SECONDS = 1.0
"""For the last words to get through; a client that does not read them would stay connected for ever."""

# <path>, after a source route that is to be ignored (RFC 5321 §4.1.1.3), or what some programs write without brackets.
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PATH = re.compile(
    rf'(?:<(?:@[^\s:<>"]+:)?(?P<path>(?:{_QUOTED}|[^\s<>"])*)>|(?P<bare>[^\s<>"]+))(?P<parameters>(?: .*)?)\Z'
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Host(Protocol):
    """What a session needs of its listener."""

    limits: ListenerLimits

    def admit(self, session: "Connection", transport: asyncio.BaseTransport) -> bool: ...

    def forget(self, session: "Connection") -> None: ...

    def message_done(self, session: "Connection") -> None: ...


class Connection(SMTP):
    """One client: counted, timed while it sends, and told when the gate shuts down."""

    listener: Host
    address = ""  # what it is counted under
    in_message = False  # from the 354 to the last reply
    _message_deadline = 0.0
    _refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        restarted = self.transport is not None  # STARTTLS makes the connection anew
        if not restarted and not self.listener.admit(self, transport):
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(BUSY)
            transport.close()
            self.transport = None
            self._refused = True
            return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._refused:
            return
        self.listener.forget(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self.in_message:
            # aiosmtpd counts its timeout from the last command and would cut a long upload; here what arrives renews
            # it, and a deadline of its own bounds the whole message.
            left = self._message_deadline - self.loop.time()
            self._reset_timeout(max(0.001, min(left, self.listener.limits.idle_seconds)))
        super().data_received(data)

    def eof_received(self) -> bool | None:
        return None if self._refused else super().eof_received()

    def dismiss(self, farewell: bytes) -> None:
        """Say this and close, whether the client reads it or not."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.write(farewell)
            self.transport.close()
            self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)

    async def push(self, status: AnyStr) -> None:
        if status[:3] in ("354", b"354"):
            self.in_message = True
            self._message_deadline = self.loop.time() + self.listener.limits.data_seconds
        await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:
        """Instead of aiosmtpd's, which reads line by line: that took most of the time of a mail with a file."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            reply = await self._receive()
            self.envelope = self._create_envelope()  # done with this message
            await self.push(reply)
        finally:
            self.in_message = False
            self.listener.message_done(self)

    async def _receive(self) -> str:
        limits = self.listener.limits
        content = Content(max_bytes=limits.max_message_bytes, max_line_bytes=limits.max_line_bytes)
        behind = None
        while behind is None:
            arrived = await self._reader.read(ALL)
            if not arrived:
                raise ConnectionResetError("the client hung up within its message")
            behind = content.feed(arrived)
        if behind:
            self._reader.feed_data(behind)  # the reader is empty, so it stands where it stood
        self._message_deadline = math.inf  # the time until the reply is ours, not the client's
        self._reset_timeout()
        if content.is_too_large:
            return MessageTooLarge.reply
        if content.has_too_long_line():
            return LineTooLong.reply
        assert self.envelope is not None
        self.envelope.content = content.raw()
        return str(await self._call_handler_hook("DATA"))

    def _timeout_cb(self) -> None:
        self.dismiss(TIMEOUT)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Path and parameters of MAIL or RCPT, (None, None) for a malformed one.

        aiosmtpd asks the parser of header fields, which takes comments and control characters and raises on others.
        """
        found = None if _CONTROL.search(arg) else _PATH.match(arg.strip())
        if found is None:
            return None, None
        path: str = found["path"] if found["bare"] is None else found["bare"]
        return (path or "<>", found["parameters"].strip()) if len(path) <= MAX_ADDRESS else (None, None)


class SmtpSession(Connection):
    """One SMTP client."""


class LmtpSession(Connection, LMTP):
    """One LMTP client: after DATA it gets one reply for each recipient (RFC 2033 §4.2)."""

    _recipients = 0

    async def push(self, status: AnyStr) -> None:
        if self.in_message:
            line = status.decode("ascii") if isinstance(status, bytes) else status
            await super().push("\r\n".join([line] * self._recipients))
            return
        if self.envelope is not None:  # gone by the time of the reply
            self._recipients = len(self.envelope.rcpt_tos)
        await super().push(status)


def peer_address(transport: asyncio.BaseTransport) -> str:
    """The IP address of the other side, "" where there is none."""
    peer: Any = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else ""
