"""How often something may be tried: counted in memory, for each name by itself. A restart forgets."""

import ipaddress
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

_MAX_NAMES = 20_000
"""What is remembered at most; whoever was quiet longest is forgotten first."""


class Budget:
    """`limit` takings by one name within `window`; may be used by many threads at once."""

    def __init__(self, limit: int, window: timedelta) -> None:
        self._limit = limit
        self._window = window
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def window(self) -> timedelta:
        """How long a taking counts."""
        return self._window

    def take(self, name: str, now: datetime) -> bool:
        """Take one; False when the budget of this name is used up, and then nothing is taken."""
        with self._lock:
            times = self._taken.setdefault(name, deque())
            self._taken.move_to_end(name)
            while times and times[0] <= now - self._window:
                times.popleft()
            if len(self._taken) > _MAX_NAMES:
                self._taken.popitem(last=False)
            if len(times) >= self._limit:
                return False
            times.append(now)
            return True


def network_of(peer: str | None) -> str:
    """The network that an address belongs to: what one household or office shares, as far as anybody can tell."""
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:
        return peer or ""
    prefix = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, prefix), strict=False))
