"""Connection: smtplib, but its timeout is for a whole reply.

A socket's own timeout begins anew with every byte: a server that sends one a minute would keep a worker for ever.
"""

import io
import smtplib
import time
from typing import Any

SMTP_TIMEOUT_SECONDS = 300.0  # RFC 5321 §4.5.3.2: five minutes for most commands


class Connection(smtplib.SMTP):
    """A client that waits `reply_seconds` for each reply, from the asking to its last line."""

    reply_seconds: float = SMTP_TIMEOUT_SECONDS
    _reply_by: float = 0.0
    # Of smtplib's own; its stubs do not name it.
    file: Any

    def __init__(self, host: str, port: int, helo_name: str, *, seconds: float, **more: Any) -> None:
        self.reply_seconds = seconds
        super().__init__(host, port, helo_name, timeout=seconds, **more)

    def getreply(self) -> tuple[int, bytes]:
        """The next reply; SMTPServerDisconnected when it does not come, or not to its end."""
        if self.file is None:
            self.file = io.BufferedReader(_ReplyReader(self))
        self._reply_by = time.monotonic() + self.reply_seconds
        try:
            return super().getreply()
        finally:
            if self.sock is not None:
                self.sock.settimeout(self.timeout)

    def seconds_left(self) -> float:
        """How long the reply being read may still take."""
        return self._reply_by - time.monotonic()


class TlsConnection(Connection, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte (RFC 8314 §3.3)."""


class _ReplyReader(io.RawIOBase):
    """The raw bytes of replies, under the deadline of the one being read."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        seconds = self._connection.seconds_left()
        if seconds <= 0 or self._connection.sock is None:
            raise TimeoutError("timed out")
        self._connection.sock.settimeout(seconds)
        return self._connection.sock.recv_into(buffer)
