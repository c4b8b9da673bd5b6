"""Do the servers answer that a gate cannot do without for long: the broker, spamd, the bucket of large mails?"""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from mailgate.config import HostPort, Settings
from mailgate.errors import MailgateError
from store.archive import Objects, objects_of
from workers.brokers.connecting import ask, is_shared, shown

ANSWER_SECONDS = 1.0

NO_BLOB = "0" * 64


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
        yield _asked("broker", shown(settings.workers), partial(ask, settings.workers, seconds=ANSWER_SECONDS))
    if settings.spam.spamd is not None:
        yield _asked("spamd", str(settings.spam.spamd), partial(_ping_spamd, settings.spam.spamd))
    if settings.s3.bucket:
        address = f"s3://{settings.s3.bucket}/{settings.s3.prefix}"
        yield _asked("archive", address, lambda: _bucket(settings).size(NO_BLOB))


def _asked(name: str, address: str, question: Callable[[], object]) -> ServerState:
    try:
        question()
    except OSError as error:
        return ServerState(name, address, False, error.strerror or str(error) or type(error).__name__)
    except MailgateError as error:
        return ServerState(name, address, False, str(error))
    return ServerState(name, address, True, "")


@lru_cache(maxsize=1)
def _bucket(settings: Settings) -> Objects:
    """The bucket, asked with little patience; kept, since a client of it takes a quarter of a second to make."""
    patience = min(ANSWER_SECONDS, settings.s3.timeout_seconds)
    return objects_of(replace(settings, s3=replace(settings.s3, timeout_seconds=patience)))


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
