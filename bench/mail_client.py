"""A load client in a process of its own: raw SMTP or LMTP on kept connections, one line of JSON at the end.

python -m bench.mail_client PORT FILE --door smtp --connections 10 [--rate 50]
"""

import argparse
import asyncio
import json
import resource
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from bench import letters

HOST = "127.0.0.1"


class Load:
    """The letters that are still to be sent, and how long each took."""

    def __init__(self, path: Path, *, greeting: bytes, rate: float) -> None:
        self.greeting = greeting
        self.times: list[float] = []
        self.errors: list[str] = []
        self._rate = rate
        self._begun = 0
        self._begin = 0.0
        self._left = deque(
            (
                f"MAIL FROM:<{letter.sender}>\r\n".encode(),
                f"RCPT TO:<{letter.recipient}>\r\n".encode(),
                letter.raw.replace(b"\r\n.", b"\r\n..") + b".\r\n",
            )
            for letter in letters.load(path)
        )

    def start(self) -> None:
        """The clock runs."""
        self._begin = time.perf_counter()

    def take(self) -> tuple[bytes, bytes, bytes] | None:
        """The next letter."""
        return self._left.popleft() if self._left and not self.errors else None

    def wait_seconds(self) -> float:
        """How long the letter that was just taken must wait for its turn."""
        self._begun += 1
        return self._begin + self._begun / self._rate - time.perf_counter() if self._rate else 0.0

    def seconds(self) -> float:
        """Since the start."""
        return time.perf_counter() - self._begin


class Session(asyncio.Protocol):
    """One connection; each reply calls for the next line."""

    def __init__(self, load: Load) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._load = load
        self._buffer = b""
        self._next: Callable[[], None] = self._greet
        self._transport: asyncio.Transport | None = None
        self._recipient = self._body = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\r\n")
        for line in lines:
            if line[3:4] == b"-":
                continue
            if line[:1] not in b"23":
                self._load.errors.append(line.decode("utf-8", "replace"))
                self._say(b"QUIT\r\n", self._close)
            else:
                self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _say(self, line: bytes, then: Callable[[], None]) -> None:
        assert self._transport is not None
        self._next = then
        self._transport.write(line)

    def _greet(self) -> None:
        self._say(self._load.greeting, self._begin)

    def _begin(self) -> None:
        letter = self._load.take()
        if letter is None:
            self._say(b"QUIT\r\n", self._close)
            return
        line, self._recipient, self._body = letter
        wait = self._load.wait_seconds()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._mail, line)
        else:
            self._mail(line)

    def _mail(self, line: bytes) -> None:
        self._sent_at = time.perf_counter()
        self._say(line, lambda: self._say(self._recipient, lambda: self._say(b"DATA\r\n", self._content)))

    def _content(self) -> None:
        self._say(self._body, self._accepted)

    def _accepted(self) -> None:
        self._load.times.append(time.perf_counter() - self._sent_at)
        self._begin()

    def _close(self) -> None:
        assert self._transport is not None
        self._transport.close()


async def send(load: Load, port: int, connections: int) -> None:
    """Send everything over so many connections."""
    loop = asyncio.get_running_loop()
    load.start()
    sessions = [(await loop.create_connection(lambda: Session(load), HOST, port))[1] for _ in range(connections)]
    await asyncio.gather(*(session.done for session in sessions))


def main() -> None:
    """Parse, send, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--door", choices=("smtp", "lmtp"), default="smtp")
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.0, help="mails a second in all; 0: as fast as possible")
    options = parser.parse_args()
    greeting = b"LHLO client.example\r\n" if options.door == "lmtp" else b"EHLO client.example\r\n"
    load = Load(options.file, greeting=greeting, rate=options.rate)
    asyncio.run(send(load, options.port, options.connections))
    seconds = load.seconds()
    ended_at = time.perf_counter()
    times = sorted(load.times)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    report = {
        "mails": len(times),
        "began_at": ended_at - seconds,
        "ended_at": ended_at,
        "errors": load.errors[:3],
        "seconds": seconds,
        "per_second": len(times) / seconds,
        "p50_ms": 1000 * times[len(times) // 2] if times else None,
        "p99_ms": 1000 * times[max(0, int(len(times) * 0.99) - 1)] if times else None,
        "client_busy": (usage.ru_utime + usage.ru_stime) / seconds,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
