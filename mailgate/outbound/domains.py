"""Domains: how many mails are on their way to one recipient's domain at once, and when it is left in peace.

A domain that puts our mail off gets less at a time, and after some of that in a row nothing for a while: whoever goes
on at the same pace is put off for longer. Known to this process alone, and forgotten with it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailgate.mail.address import address_key

CROWDED = timedelta(seconds=2)
"""A mail to a domain that has enough in hand comes again after this."""

READERS_IN_A_ROW = 3
"""One reader whose mail is put off may be greylisted, or his mailbox full; so many say something of the domain."""

MAX_PAUSE = timedelta(hours=1)
MAX_KNOWN = 10_000  # domains that are remembered; beyond it those are forgotten that are neither busy nor paused


@dataclass(slots=True)
class _Domain:
    limit: int
    busy: int = 0
    put_off: set[str] = field(default_factory=set)  # readers whose mail was, with none taken since
    pauses: int = 0  # one after the other
    paused_until: datetime | None = None


class Domains:
    """Turns by domain, `at_once` of them each; for any threads."""

    def __init__(self, at_once: int, *, pause: timedelta) -> None:
        """Without a `pause` (zero) no domain is ever left in peace."""
        self._at_once = at_once
        self._first_pause = pause
        self._known: dict[str, _Domain] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, address: str, *, now: datetime) -> Iterator[datetime | None]:
        """Yields None when a mail to this address may go, else when it should come again: nobody waits here."""
        name = _domain_of(address)
        again_at = self._enter(name, now)
        try:
            yield again_at
        finally:
            if again_at is None:
                self._leave(name)

    def taken(self, address: str) -> None:
        """The smarthost took a mail for this address: the domain is well."""
        with self._lock:
            known = self._known.get(_domain_of(address))
            if known is not None:
                known.put_off, known.pauses, known.paused_until = set(), 0, None
                known.limit = min(known.limit + 1, self._at_once)

    def put_off(self, address: str, *, now: datetime) -> None:
        """A mail was put off for the sake of this address (4yz at RCPT)."""
        with self._lock:
            known = self._of(_domain_of(address), now)
            known.limit = max(known.limit // 2, 1)
            if len(known.put_off) < READERS_IN_A_ROW:
                known.put_off.add(address_key(address))
            if len(known.put_off) == READERS_IN_A_ROW and self._first_pause:
                known.paused_until = now + min(self._first_pause * 2**known.pauses, MAX_PAUSE)
                known.pauses = min(known.pauses + 1, 12)

    def _enter(self, name: str, now: datetime) -> datetime | None:
        with self._lock:
            known = self._of(name, now)
            if known.paused_until is not None and known.paused_until > now:
                return known.paused_until
            if known.busy >= known.limit:
                return now + CROWDED
            known.busy += 1
            return None

    def _of(self, name: str, now: datetime) -> _Domain:
        if len(self._known) >= MAX_KNOWN and name not in self._known:
            self._known = {
                one: known
                for one, known in self._known.items()
                if known.busy or (known.paused_until is not None and known.paused_until > now)
            }
        return self._known.setdefault(name, _Domain(self._at_once))

    def _leave(self, name: str) -> None:
        with self._lock:
            known = self._known[name]
            known.busy -= 1
            if not known.busy and not known.put_off and known.limit == self._at_once:
                del self._known[name]  # nothing is remembered of a domain that is well


def _domain_of(address: str) -> str:
    return address_key(address).rpartition("@")[2]
