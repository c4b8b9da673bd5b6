"""Smarthost: where it is, how far to trust it, and how to open a session: connect, TLS, log in.

It fails with SmarthostUnreachable or, where a person must put something in order, SmarthostNotReady.
"""

import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mailgate.config import Tls
from mailgate.outbound.connection import Connection, TlsConnection
from mailgate.outbound.failure import SmarthostDeferred, SmarthostNotReady, SmarthostUnreachable
from mailgate.outbound.session import AFTER_DOT_SECONDS, Session, reply_line

SUBMISSIONS_PORT = 465  # TLS from the first byte, RFC 8314 §3.3


@dataclass(frozen=True, slots=True)
class Smarthost:
    """The mail server that takes our mail and passes it on (RFC 5321 §3.6.2: a relay)."""

    host: str
    port: int
    tls: Tls = Tls.VERIFY
    user: str = ""  # "": no login
    password: str = field(default="", repr=False)
    timeout_seconds: float = 60.0  # for each step but the last
    after_dot_seconds: float = AFTER_DOT_SECONDS
    helo_name: str = "localhost"
    tls_first: bool | None = None  # TLS before SMTP instead of STARTTLS; None: as the port says
    ca_file: Path | None = None  # certificates to believe instead of the system's

    @contextmanager
    def connect(self) -> Iterator[Session]:
        """A session for one or more messages, closed at the end."""
        session = self.open()
        try:
            yield session
        finally:
            session.close()

    def open(self) -> Session:
        """Connect, encrypt, log in. The session is the caller's to close."""
        smtp: Connection | None = None
        try:
            smtp = self._greet()
            self._encrypt(smtp)
            self._log_in(smtp)
        except BaseException as error:
            if smtp is not None:
                smtp.close()
            if isinstance(error, OSError | ValueError):  # SMTPException and SSLError are OSErrors
                # A UnicodeError carries what it could not encode: perhaps the password.
                raise self._failure(error) from (None if isinstance(error, UnicodeError) else error)
            raise
        return Session(smtp, after_dot_seconds=self.after_dot_seconds)

    @property
    def speaks_tls_first(self) -> bool:
        """TLS comes before SMTP: as `tls_first` says, else on port 465 unless TLS is off."""
        if self.tls_first is not None:
            return self.tls_first
        return self.port == SUBMISSIONS_PORT and self.tls is not Tls.NONE

    def _greet(self) -> Connection:
        smtp = (
            TlsConnection(self.host, self.port, self.helo_name, seconds=self.timeout_seconds, context=self._context())
            if self.speaks_tls_first
            else Connection(self.host, self.port, self.helo_name, seconds=self.timeout_seconds)
        )
        assert smtp.sock is not None
        # The final dot is a small packet behind a large one: Nagle's algorithm would keep it back for an ACK.
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return smtp

    def _encrypt(self, smtp: Connection) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self.tls is Tls.NONE or isinstance(smtp.sock, ssl.SSLSocket):
            return
        if smtp.has_extn("starttls"):
            smtp.starttls(context=self._context())
            smtp.ehlo_or_helo_if_needed()  # what was offered before TLS may be forged (RFC 3207 §4.2)
        elif self.tls is Tls.VERIFY:
            raise SmarthostNotReady(f"{self.host}:{self.port} does not offer STARTTLS, but smarthost.tls is 'verify'")

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.tls is not Tls.VERIFY:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _log_in(self, smtp: Connection) -> None:
        if not self.user:
            return
        assert smtp.sock is not None
        if not isinstance(smtp.sock, ssl.SSLSocket) and not is_loopback(smtp.sock.getpeername()[0]):
            raise SmarthostNotReady(f"{self.host}:{self.port} is not encrypted: the password is not sent to it")
        smtp.login(self.user, self.password)

    def _failure(self, error: OSError | ValueError) -> SmarthostDeferred:
        where = f"{self.host}:{self.port}"
        match error:  # the narrower class first
            case ssl.SSLCertVerificationError():
                return SmarthostNotReady(f"certificate of {where} does not hold: {error.verify_message}")
            case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | smtplib.SMTPServerDisconnected():
                return SmarthostUnreachable(f"{where} closed the connection: {error}")
            case ssl.SSLError():
                return SmarthostNotReady(f"no TLS with {where}: {error.reason or error}")
            case smtplib.SMTPConnectError() | smtplib.SMTPHeloError() | smtplib.SMTPResponseException(smtp_code=421):
                return SmarthostUnreachable(f"{where} does not want to talk", _reply_line_of(error))
            case smtplib.SMTPAuthenticationError():
                return SmarthostNotReady(f"{where} refused our login", _reply_line_of(error))
            case smtplib.SMTPResponseException():
                return SmarthostNotReady(f"{where} refused STARTTLS", _reply_line_of(error))
            case smtplib.SMTPException():  # login is not offered, or in no way that we know
                return SmarthostNotReady(f"{where} takes no login: {error}")
            case UnicodeError():
                return SmarthostNotReady(f"host, user and password for {where} must be ASCII")
            case ValueError():
                return SmarthostNotReady(f"{where} answered our login with nonsense")
        return SmarthostUnreachable(f"no connection to {where}: {error}")


def _reply_line_of(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    return reply_line(error.smtp_code, text.encode() if isinstance(text, str) else text)


def is_loopback(address: str) -> bool:
    """An IP address of this machine alone: what is sent there crosses no wire."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback
