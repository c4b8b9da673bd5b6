"""A server that does to each connection just what a test wants: answers byte by byte, or silence, or a hang-up."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers.process import LOOPBACK

Talk = Callable[[socket.socket, threading.Event], None]
"""What is done with one connection; the event is set when the test is over."""


@contextmanager
def listening(talk: Talk, socket_path: Path | None = None) -> Iterator[str]:
    """A server that lets `talk` do as it likes with each connection, until the event is set; yields its address."""
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # the client may hang up first
                talk(self.request, over)

    server: socketserver.BaseServer
    if socket_path is None:
        server = socketserver.ThreadingTCPServer((LOOPBACK, 0), Handler)
        address = f"{LOOPBACK}:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(socket_path), Handler)
        address = str(socket_path)
    with server:
        loop = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        loop.start()
        try:
            yield address
        finally:
            over.set()
            server.shutdown()
            loop.join()


def read_request(connection: socket.socket) -> None:
    """Read until the client has closed its half."""
    while connection.recv(65536):
        pass


def answering(answer: bytes) -> Talk:
    """Read the request, send `answer` and close."""

    def talk(connection: socket.socket, _over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(answer)

    return talk


def say_nothing(connection: socket.socket, over: threading.Event) -> None:
    """Read the request and leave the connection open."""
    read_request(connection)
    over.wait()


def never_read(_connection: socket.socket, over: threading.Event) -> None:
    """Take the connection, and no byte of the request."""
    over.wait()


def drip(connection: socket.socket, over: threading.Event) -> None:
    """Answer a byte now and then, for ever: no single read times out."""
    read_request(connection)
    while not over.wait(0.02):
        connection.sendall(b"S")


def hang_up_at_once(connection: socket.socket, _over: threading.Event) -> None:
    """Close with the request unread, which resets the connection."""
    connection.recv(1)


def hang_up_after_reading(connection: socket.socket, _over: threading.Event) -> None:
    """Close without a word."""
    read_request(connection)


def talk_on(connection: socket.socket, over: threading.Event) -> None:
    """Send without end, and without reading."""
    while not over.is_set():
        connection.sendall(b"x" * 65536)
