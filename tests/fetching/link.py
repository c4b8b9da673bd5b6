"""A link to a server that can be cut: at a word of the client's, at one of the server's, or for a while."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.servers.process import LOOPBACK


class Link:
    """Passes connections on to a port, byte by byte, until it is told to cut them."""

    def __init__(self, port: int) -> None:
        self.taken = 0
        self.cut_when_asked: bytes | None = None  # the client's words do not reach the server
        self.cut_when_told: bytes | None = None  # the server's words reach the client up to here
        self.spoil_when_asked: bytes | None = None  # the server gets these words of the client's spelt wrongly
        self.hidden: bytes | None = None  # a word of the server's that the client gets to read as another one
        self.down = False
        self.mute = False  # takes connections, and says nothing
        self.asked = bytearray()
        self._to = port
        self._open: list[socket.socket] = []
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it all."""
        self._listener.close()
        self.cut()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.taken += 1
                if self.down:
                    client.close()
                    continue
                if self.mute:
                    self._open.append(client)
                    continue
                server = socket.create_connection((LOOPBACK, self._to))
                self._open += [client, server]
                for source, sink, asks in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._pass, args=(source, sink, asks), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, asks: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if asks:
                    self.asked += data
                word = self.cut_when_asked if asks else self.cut_when_told
                if word and word in data:
                    if not asks:
                        sink.sendall(data[: data.index(word)])
                    break
                if asks and self.spoil_when_asked:
                    data = data.replace(self.spoil_when_asked, b"X" * len(self.spoil_when_asked))
                sink.sendall(data.replace(self.hidden, b"X" * len(self.hidden)) if self.hidden and not asks else data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextmanager
def linked(port: int) -> Iterator[Link]:
    """A link for a block."""
    link = Link(port)
    try:
        yield link
    finally:
        link.close()
