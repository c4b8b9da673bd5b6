"""Mail servers that send at a steady rate, each mail until there is a 250 for it, to whichever gate is there."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue

from bench.letters import Letter
from tests.inbound.door import Address, Client

PAUSE_SECONDS = 0.1
"""Before the next attempt; the next gate is asked then."""


@dataclass
class Senders:
    """`ports`: where the gates are now. `promised`: the ids that gates answered with, by the digest of the bytes."""

    ports: Callable[[], Sequence[int]]
    taken: int = 0
    promised: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    _waiting: "SimpleQueue[Letter | None]" = field(default_factory=SimpleQueue)
    _given_up: threading.Event = field(default_factory=threading.Event)

    def take(self, letters: Sequence[Letter], *, rate: float) -> None:
        """Send these too, so many a second; comes back when the last has had its turn. 0: as fast as possible."""
        begin = time.monotonic()
        for number, letter in enumerate(letters, 1):
            self.taken += 1
            self._waiting.put(letter)
            wait = begin + number / rate - time.monotonic() if rate else 0.0
            if wait > 0 and self._given_up.wait(wait):
                return

    @property
    def are_done(self) -> bool:
        """There is a 250 for each mail."""
        return len(self.promised) == self.taken

    def end(self, threads: Sequence[threading.Thread]) -> None:
        """What has no 250 by now never gets one."""
        self._given_up.set()
        for _ in threads:
            self._waiting.put(None)
        for thread in threads:
            thread.join()

    def run(self, place: int) -> None:
        """One connection, until the end."""
        client: Client | None = None
        while (letter := self._waiting.get()) is not None:
            digest = hashlib.sha256(letter.raw).hexdigest()
            while digest not in self.promised and not self._given_up.is_set():
                ports = self.ports()
                client = self._try(letter, digest, client, ports[place % len(ports)])
                if client is None:
                    place += 1
        if client is not None:
            client.hang_up()

    def _try(self, letter: Letter, digest: str, client: Client | None, port: int) -> Client | None:
        """Send it once; the connection when it still stands."""
        try:
            client = client or Address(port).client()
            reply = client.deliver(letter.raw, letter.recipient, sender=letter.sender)
        except OSError:
            reply = ""
        if reply.startswith("250 ") and (words := reply.split())[-1].isdigit():
            self.promised[digest] = int(words[-1])
            return client
        if reply:
            self.refused.append(reply)
        if client is not None:
            client.hang_up()
        time.sleep(PAUSE_SECONDS)
        return None


@contextmanager
def sending_to(ports: Callable[[], Sequence[int]], *, connections: int) -> Iterator[Senders]:
    """So many connections, until the end of the block."""
    senders = Senders(ports)
    threads = [threading.Thread(target=senders.run, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    try:
        yield senders
    finally:
        senders.end(threads)
