"""Clients: what one listener allows them, and how many may be connected to all of them."""

import ipaddress
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListenerLimits:
    """What a listener allows one client and all of them."""

    max_message_bytes: int
    max_line_bytes: int
    max_recipients: int
    max_connections: int
    max_connections_per_address: int  # loopback is exempt: a front MTA stands there
    idle_seconds: float
    data_seconds: float  # for one whole message, however steadily it drips


class Clients:
    """Counts connections. One is shared by all listeners of a process, on their one event loop."""

    def __init__(self, limits: ListenerLimits) -> None:
        self._limits = limits
        self._by_address: Counter[str] = Counter()

    def admit(self, address: str) -> bool:
        """Count a client in, unless there are too many."""
        if self._by_address.total() >= self._limits.max_connections:
            return False
        if not _is_loopback(address) and self._by_address[address] >= self._limits.max_connections_per_address:
            return False
        self._by_address[address] += 1
        return True

    def forget(self, address: str) -> None:
        """Count out a client that was admitted."""
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
