"""How mail comes in and pages go out: listeners, folders on IMAP servers, and what is taken in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from mailgate.config import kinds
from mailgate.config.kinds import one_of
from mailgate.config.values import HostPort, is_loopback

SMTP_LISTEN = HostPort("127.0.0.1", 2525)
LMTP_LISTEN = HostPort("127.0.0.1", 2424)
WEB_LISTEN = HostPort("127.0.0.1", 8025)


class ImapTls(StrEnum):
    """How the connection to an IMAP server is secured; the certificate must be valid for both kinds of TLS."""

    IMPLICIT = "implicit"  # from the first byte, RFC 8314 §3.2
    STARTTLS = "starttls"
    NONE = "none"  # to this machine only


class After(StrEnum):
    """What happens on the IMAP server to a mail that is on our disk."""

    MARK = "mark"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Smtp:
    """Our own SMTP listener; `certificate` and `key` are both set or both None."""

    listen: kinds.Listen = SMTP_LISTEN
    certificate: kinds.OptionalFile = None
    key: kinds.OptionalFile = None


@dataclass(frozen=True, slots=True)
class Lmtp:
    """Our own LMTP listener."""

    listen: kinds.Listen = LMTP_LISTEN


@dataclass(frozen=True, slots=True)
class Web:
    """The web view."""

    listen: kinds.Listen = WEB_LISTEN
    public_url: kinds.WebUrl = "http://127.0.0.1:8025"  # no slash at its end
    store_url: kinds.ServerUrl = ""

    @property
    def is_public(self) -> bool:
        """There are pages, and others than this machine can reach them."""
        return self.listen is not None and not is_loopback(urlsplit(self.public_url).hostname or "")

    def staff_page(self, place: str) -> str | None:
        """The address of a page for staff, such as "tickets/7"; None where there are no pages."""
        return f"{self.public_url.rstrip('/')}/staff/{place}" if self.listen else None


@dataclass(frozen=True, slots=True)
class ImapFolder:
    """One `[[imap]]`: a folder to fetch mail from; `desk` is the name of the desk that it is for."""

    host: kinds.Host
    user: kinds.Name
    password_file: kinds.File
    desk: kinds.Name
    folder: kinds.Name = "INBOX"
    tls: Annotated[ImapTls, one_of(ImapTls)] = ImapTls.IMPLICIT
    port: kinds.OptionalPort = 0  # 0: the standard one, see `server`
    after: Annotated[After, one_of(After)] = After.MARK
    move_to: kinds.Text = ""
    poll_seconds: Annotated[float, kinds.number(0.1, 1_500)] = 60.0  # IDLE must be renewed within 29 min, RFC 2177 §3
    timeout_seconds: kinds.Timeout = 30.0

    @property
    def server(self) -> HostPort:
        """Where to connect to."""
        return HostPort(self.host, self.port or (993 if self.tls is ImapTls.IMPLICIT else 143))

    @property
    def name(self) -> str:
        """What the folder is called in the store, the log and `mailgate status`; the port is no part of it, so that
        another kind of TLS does not make it another folder."""
        return f"{self.user}@{self.host.lower()}/{self.folder}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken in; the same for all doors."""

    max_message_bytes: kinds.Bytes = 36_700_160
    max_header_bytes: kinds.Bytes = 262_144
    max_line_bytes: kinds.Bytes = 65_536
    max_recipients: kinds.Positive = 100
    max_hops: kinds.Positive = 50
    max_connections: kinds.Positive = 200
    max_connections_per_address: kinds.Positive = 20
    idle_seconds: kinds.Timeout = 300.0
    data_seconds: kinds.Timeout = 600.0
    min_free_bytes: kinds.FreeBytes = 268_435_456


@dataclass(frozen=True, slots=True)
class Metrics:
    """The listener for `/metrics` and `/healthz`; None is off."""

    listen: kinds.Listen = None
