"""Mail servers that send to a gate at the same time, while it lives and after it has come back."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue

from tests.gate import SUPPORT, Person
from tests.inbound.door import Address, Client
from tests.program import Program


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail with a text of its own; `opener` is the number of the mail that opened its ticket."""

    number: int
    opener: int
    author: Person
    raw: bytes
    to: str = SUPPORT

    @property
    def text(self) -> str:
        """What stands in its body, and nowhere else."""
        return text_of(self.number)


def text_of(number: int) -> str:
    """The words of the mail with this number."""
    return f"Question {number} of many."


@dataclass
class Clients:
    """Each sends one mail after the other over one connection, and again what got no 250 (RFC 5321 §4.5.4.1)."""

    promised: dict[bytes, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    _waiting: "SimpleQueue[Mail | None]" = field(default_factory=SimpleQueue)
    _gate_is_up: threading.Event = field(default_factory=threading.Event)
    _ended: bool = False

    def take(self, mails: Iterable[Mail]) -> None:
        """Send these too."""
        for mail in mails:
            self._waiting.put(mail)

    def gate_comes(self) -> None:
        """It may be connected to."""
        self._gate_is_up.set()

    def gate_goes(self) -> None:
        """No new connections, or they would be refused as fast as they can be tried."""
        self._gate_is_up.clear()

    def run(self, port: int, verb: str) -> None:
        """One client, until all have ended."""
        client: Client | None = None
        while (mail := self._waiting.get()) is not None:
            while mail.raw not in self.promised and not self._ended:
                client = self._try(mail, client, port, verb)
        if client is not None:
            client.hang_up()

    def end(self, threads: Iterable[threading.Thread]) -> None:
        """What has not been sent by now never is."""
        self._ended = True
        self._gate_is_up.set()
        for _ in threads:
            self._waiting.put(None)
        for thread in threads:
            thread.join()

    def _try(self, mail: Mail, client: Client | None, port: int, verb: str) -> Client | None:
        """Send it once; the connection when it still stands."""
        try:
            if client is None:
                self._gate_is_up.wait()
                client = Address(port).client(verb)
            reply = client.deliver(mail.raw, mail.to, sender=mail.author.address)
        except OSError:
            reply = ""
        if reply.startswith("250 "):
            self.promised[mail.raw] = int(reply.rpartition(" ")[2])
            return client
        if reply:
            self.refused.append(reply)
        if client is not None:
            client.hang_up()
        return None


@contextmanager
def pouring(program: Program, *, smtp: int, lmtp: int) -> Iterator[Clients]:
    """So many clients at each door, until the end of the block."""
    clients = Clients()
    doors = [(program.smtp_port, "EHLO")] * smtp + [(program.lmtp_port, "LHLO")] * lmtp
    threads = [threading.Thread(target=clients.run, args=door) for door in doors]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        clients.end(threads)
