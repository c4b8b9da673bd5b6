"""A listener for the payment provider's calls, which say "look now" and are never believed.

It stands apart from the web view, which changes nothing. A call that is signed as it should be brings forward when the
things that it names are looked at; the job asks the provider how they stand. Late, twice, out of order or not at all:
the end is the same, since everything is looked at in its turn anyhow.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import HostPort, read_secret
from mailgate.errors import MailgateError
from mailgate.log_events import LogEvent
from mailgate.payments.stripe.calls import SIGNATURE, NotBelieved, told
from store.billing.hastened import look_now
from store.engine import transaction
from workers.small_server import SmallServer

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024
"""Stripe's largest events have a few tens of kilobytes."""

_FIELD = "HTTP_" + SIGNATURE.upper().replace("-", "_")


class ProviderCalls:
    """The listener. `start` raises OSError when the address cannot be had."""

    def __init__(
        self, engine: Engine, provider: str, address: HostPort, secret_file: Path, *, clock: Callable[[], datetime]
    ) -> None:
        self._engine, self._provider, self._address = engine, provider, address
        self._secret_file, self._clock = secret_file, clock
        self._server: SmallServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Listen; returns the port."""
        try:
            self._server = SmallServer(self._address.host, self._address.port, self._answer)
        except OSError as error:
            raise OSError(f"payments.webhook_listen: {self._address}: {error.strerror or error}") from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="provider calls", daemon=True)
        self._thread.start()
        port: int = self._server.server_port
        log.info(LogEvent.LISTENING_CALLS(host=self._address.host, port=port))
        return port

    def stop(self) -> None:
        """Take no more calls."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        status = self._heard(environ)
        body = b"" if status.startswith("2") else f"{status[4:]}\n".encode()
        start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return iter((body,))

    def _heard(self, environ: dict[str, Any]) -> str:
        if environ["REQUEST_METHOD"] != "POST":
            return "405 Method Not Allowed"
        length = str(environ.get("CONTENT_LENGTH") or "")
        if not (length.isascii() and length.isdigit()):
            return "411 Length Required"
        if len(length) > 9 or int(length) > MOST_BYTES:
            return "413 Content Too Large"
        body = environ["wsgi.input"].read(int(length))
        try:
            call = told(body, str(environ.get(_FIELD) or ""), secret=read_secret(self._secret_file), now=self._clock())
            with transaction(self._engine) as conn:
                found = look_now(conn, self._provider, call.ids, lists=call.lists, now=self._clock())
        except NotBelieved as error:
            log.warning(LogEvent.CALL_REFUSED(why=error))
            return "400 Bad Request"
        except (MailgateError, OperationalError, TimeoutError) as error:  # the provider calls again, for days
            log.warning(LogEvent.CALL_LOST(error=error))
            return "503 Service Unavailable"
        log.info(LogEvent.CALL_HEARD(things=found))
        return "204 No Content"
