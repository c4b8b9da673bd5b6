"""A network that stalls: a proxy before a server, which stops forwarding, or hangs up, when a test says so."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.servers.process import LOOPBACK


class Proxy:
    """Forwards each connection to one port. While it stalls, connections stand and connect, and no byte passes."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._flows = threading.Event()
        self._flows.set()
        self._over = self._hangs_up = False
        self._lock = threading.Lock()
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        """Forward nothing from now on; what has been sent meanwhile arrives later."""
        self._flows.clear()

    def flow(self) -> None:
        """Forward again."""
        self._hangs_up = False
        self._flows.set()

    def hang_up(self) -> None:
        """Close all connections, and each new one at once: as if the server were gone."""
        self._hangs_up = True
        self.cut()

    def cut(self) -> None:
        """Close all connections that stand."""
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        """Be gone."""
        self._over = True
        self._listener.close()
        self.flow()
        self.cut()

    def _accept(self) -> None:
        while not self._over:
            try:
                near, _ = self._listener.accept()
                if self._hangs_up:
                    near.close()
                    continue
                far = socket.create_connection((LOOPBACK, self._to_port))
            except OSError:
                continue
            with self._lock:
                self._ends += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._forward, args=(source, target), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    """One before this port, until the end of the block."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
