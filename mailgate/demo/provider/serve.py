"""The server: uvicorn on loopback, which can break a connection as a network does."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

from mailgate.demo.provider.app import application
from mailgate.demo.provider.state import State

LOOPBACK = "127.0.0.1"
_BACKLOG = 512
_START_SECONDS = 30.0
_GRACE_SECONDS = 2


class Provider:
    """One that runs. Port 0 lets the system choose one; `clock` tells another time than the world's, since 1970."""

    def __init__(
        self,
        host: str = LOOPBACK,
        port: int = 0,
        *,
        file: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Named, for TCP_NODELAY is set by asyncio only where the protocol is.
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((host, port))
            self._socket.listen(_BACKLOG)
        except OSError:
            self._socket.close()
            raise
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"
        self.state = State(base_url=self.url, file=file, clock=clock)
        self.state.load()
        self._connections: dict[tuple[str, int], asyncio.Transport] = {}
        logging.getLogger("uvicorn.access").disabled = True
        self._server = uvicorn.Server(
            uvicorn.Config(
                application(self.state, self._drop),
                lifespan="off",
                loop="asyncio",
                http=_protocol(self._connections),
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Serve until the process is told to end."""
        self._server.run([self._socket])

    def start(self) -> None:
        """Serve in a thread. Raises OSError when nothing comes of it."""
        self._thread = threading.Thread(target=self.run, name="provider", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise OSError(f"the provider's double did not start on {self.url}")
            time.sleep(0.005)

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.should_exit = self._server.force_exit = True
        if self._thread is not None:
            self._thread.join(_GRACE_SECONDS + 5)
        self._socket.close()

    def _drop(self, request: Request) -> None:
        connection = self._connections.get((request.client.host, request.client.port)) if request.client else None
        if connection is not None:
            connection.abort()


def _protocol(connections: dict[tuple[str, int], asyncio.Transport]) -> type[H11Protocol]:
    class Remembered(H11Protocol):
        """Uvicorn's own, which tells whose connection it is."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._peer = tuple(transport.get_extra_info("peername")[:2])
            connections[self._peer] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self._peer, None)
            super().connection_lost(exc)

    return Remembered
