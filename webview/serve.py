"""The server of the web view: uvicorn in a thread, beside the gate's own event loop or alone.

A reverse proxy on the same host may say by X-Forwarded-For for whom it asks; nobody else is believed. There is no
access log: the URLs of sign-in links are secrets, and the gate's log counts what matters.
"""

import logging
import socket
import threading
import time

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from starlette.types import ASGIApp, Receive, Scope, Send

from mailgate.config import Settings
from mailgate.log_events import LogEvent

log = logging.getLogger(__name__)

BACKLOG = 256
CONNECTIONS = 200
"""At the same time; more are answered 503 at once."""

THREADS = 3
"""Pages made at the same time: they compute, and with one interpreter more threads only make each other wait. A few, so
that a long download does not hold up the rest."""

SERVER_THREADS = 8
"""The same where the store is a database server: most of them wait for it."""

_START_SECONDS = 10.0
_GRACE_SECONDS = 5


class WebServer:
    """One listening address. Port 0 lets the system choose one."""

    def __init__(self, app: ASGIApp, host: str, port: int, *, threads: int = THREADS) -> None:
        self._host, self._port = host, port
        logging.getLogger("uvicorn.access").disabled = True
        self._server = uvicorn.Server(
            uvicorn.Config(
                _in_few_threads(app, threads),
                lifespan="off",
                loop="asyncio",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=True,
                forwarded_allow_ips="127.0.0.1,::1",
                limit_concurrency=CONNECTIONS,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Listen, and return the port once pages are served. Raises OSError when the address cannot be had."""
        self._socket = _listen(self._host, self._port)
        port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="web", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise OSError(f"the web view did not start on {self._host}:{port}")
            time.sleep(0.01)
        return port

    def stop(self) -> None:
        """Take no more requests, and let those in hand end, for some seconds at most."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_GRACE_SECONDS + 5)
            if self._thread.is_alive():
                log.warning(LogEvent.WEB_LEFT_BEHIND(host=self._host))
        if self._socket is not None:
            self._socket.close()


def threads_for(settings: Settings) -> int:
    """How many pages are made in threads at the same time, which is how many connections to the store they need."""
    return THREADS if settings.store.is_embedded else SERVER_THREADS


def _in_few_threads(app: ASGIApp, threads: int) -> ASGIApp:
    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        current_default_thread_limiter().total_tokens = threads  # it belongs to the event loop that runs this
        await app(scope, receive, send)

    return limited


def _listen(host: str, port: int) -> socket.socket:
    # The protocol is named because asyncio sets TCP_NODELAY only where it is: without, each answer waits 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
