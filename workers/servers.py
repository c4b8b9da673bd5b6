"""Do the servers answer that a gate hands work to: the broker, and spamd? Asked as a worker would."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailgate.config import HostPort, Settings
from mailgate.errors import MailgateError
from workers.brokers.connecting import ask, is_shared, shown

ANSWER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ServerState:
    """One server of the settings."""

    name: str
    address: str
    answers: bool
    detail: str  # why it does not


def ask_servers(settings: Settings) -> Iterator[ServerState]:
    """Ask each server of the settings for something; an answer may take about a second."""
    if is_shared(settings.workers):
        address = shown(settings.workers)
        try:
            ask(settings.workers, seconds=ANSWER_SECONDS)
        except MailgateError as error:
            yield ServerState("broker", address, False, str(error))
        else:
            yield ServerState("broker", address, True, "")
    if settings.spam.spamd is not None:
        address = str(settings.spam.spamd)
        try:
            _ping_spamd(settings.spam.spamd)
        except OSError as error:
            yield ServerState("spamd", address, False, error.strerror or str(error) or type(error).__name__)
        else:
            yield ServerState("spamd", address, True, "")


def _ping_spamd(place: HostPort | Path) -> None:
    """PING of its protocol. Raises OSError."""
    with _connected(place) as connection:
        connection.sendall(b"PING SPAMC/1.2\r\n\r\n")
        if not connection.recv(64).startswith(b"SPAMD/"):
            raise ConnectionError("what it says is no answer of spamd's protocol")


def _connected(place: HostPort | Path) -> socket.socket:
    if isinstance(place, HostPort):
        return socket.create_connection((place.host, place.port), timeout=ANSWER_SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(ANSWER_SECONDS)
    connection.connect(str(place))
    return connection
