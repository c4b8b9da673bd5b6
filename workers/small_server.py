"""A small server for HTTP, of threads: for listeners that answer a few programs, apart from the web view."""

import logging
import socket
from collections.abc import Callable
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from mailgate.log_events import LogEvent

log = logging.getLogger(__name__)

REQUEST_SECONDS = 10.0


class SmallServer(ThreadingMixIn, WSGIServer):
    """Answers by a WSGI application. Raises OSError when the address cannot be had."""

    daemon_threads = True

    def __init__(self, host: str, port: int, app: Callable[..., Any]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Request)
        self.set_app(app)

    def server_bind(self) -> None:
        """Without HTTPServer's own question to the DNS for our name, which may wait long for it."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no event of ours."""
        log.debug(LogEvent.CLIENT_GONE(), exc_info=True)


class _Request(WSGIRequestHandler):
    timeout = REQUEST_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the standard library
        """No access log: a probe every few seconds is no event."""
