"""Do the listeners of the settings answer? Asked from outside, as a client would."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from mailgate.config import HostPort, Settings
from mailgate.config.settings import NOT_BUILT

ANSWER_SECONDS = 1.0

_GREETINGS = {"smtp": b"220", "lmtp": b"220", "web": b"HTTP/"}
"""How the first line of each listener begins."""


@dataclass(frozen=True, slots=True)
class ListenerState:
    """One listener of the settings."""

    name: str
    address: str
    answers: bool
    detail: str  # its greeting, or why there is none


def ask_listeners(settings: Settings) -> Iterator[ListenerState]:
    """Connect to each listener of the settings and wait for its greeting, a second at most."""
    unbuilt = {section for section, key, _ in NOT_BUILT if key == "listen"}
    host = urlsplit(settings.web.public_url).netloc  # the web view answers to no other, and logs who asks for one
    for name, begins in _GREETINGS.items():
        address: HostPort | None = getattr(settings, name).listen
        if address is None or not address.port or name in unbuilt:  # port 0 was another one at each start
            continue
        request = f"HEAD / HTTP/1.0\r\nHost: {host}\r\n\r\n" if name == "web" else ""
        try:
            greeting = _ask(address, request.encode())
        except OSError as error:
            yield ListenerState(name, str(address), False, error.strerror or str(error) or type(error).__name__)
            continue
        yield ListenerState(name, str(address), greeting.startswith(begins), greeting.decode("ascii", "replace"))


def _ask(address: HostPort, request: bytes) -> bytes:
    """The first line that a listener says. Raises OSError."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask, not where to listen
    host = everywhere.get(address.host, address.host)
    with socket.create_connection((host, address.port), timeout=ANSWER_SECONDS) as connection:
        connection.sendall(request)
        line = connection.recv(512).partition(b"\r\n")[0]
        if not request:
            connection.sendall(b"QUIT\r\n")
    return line
