"""What stands before every page: the host that was asked for, the method, the headers, and the page of a failure.

A page that fails is logged with an id, and the visitor is shown that id. A store that cannot be read just now is no
failure: the visitor is asked to come again. Signed words of links are never logged.
"""

import logging
import re
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailgate.log_events import LogEvent
from store.archive import ArchiveUnavailable
from store.engine import is_busy

log = logging.getLogger(__name__)

PAGE_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FORM_PATH = "/sign-in"
"""The only URL of the web view that takes a POST."""

_HEADERS = (
    (b"content-security-policy", PAGE_CSP.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"Cookie"),
)
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[0-9a-zA-Z.-]+)(?::(?P<port>[0-9]{1,5}))?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"http": 80, "https": 443}

ErrorPage = Callable[[int, str, Headers], Response]
"""(status, id of the failure or "", header of the request) → the page that says so."""


def _is_sign_in(path: str) -> bool:
    return path == FORM_PATH


class Front:
    """ASGI middleware around the routes."""

    def __init__(
        self, app: ASGIApp, *, public_url: str, error_page: ErrorPage, takes_form: Callable[[str], bool] = _is_sign_in
    ) -> None:
        self._app = app
        self._public = urlsplit(public_url)
        self._error_page = error_page
        self._takes_form = takes_form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, head=scope["method"] == "HEAD")
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, answer.send)
            return
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:
            if (is_busy(error) or isinstance(error, ArchiveUnavailable)) and not answer.begun:
                log.warning(LogEvent.BUSY(method=scope["method"], path=shown_path(scope["path"]), error=error))
                await self._error_page(503, "", Headers(scope=scope))(scope, receive, answer.send)
                return
            incident = secrets.token_hex(4)
            log.exception(
                LogEvent.FAILED_REQUEST(request=incident, method=scope["method"], path=shown_path(scope["path"]))
            )
            if answer.begun:
                raise
            await self._error_page(500, incident, Headers(scope=scope))(scope, receive, answer.send)

    def _refusal(self, scope: Scope) -> Response | None:
        # By the Host alone, never by X-Forwarded-Host; an absolute request URI leaves no path that begins with "/".
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0]) or not scope["path"].startswith("/"):
            log.warning(LogEvent.REFUSED_HOST(host=",".join(hosts)[:200], path=shown_path(scope["path"])))
            return self._error_page(400, "", Headers(scope=scope))
        allowed = ("GET", "HEAD", "POST") if self._takes_form(scope["path"]) else ("GET", "HEAD")
        if scope["method"] in allowed:
            return None
        log.warning(LogEvent.REFUSED_METHOD(method=scope["method"][:20], path=shown_path(scope["path"])))
        response = self._error_page(405, "", Headers(scope=scope))
        response.headers["Allow"] = ", ".join(allowed)
        return response

    def _is_ours(self, host: str) -> bool:
        asked = _HOST.fullmatch(host)
        if asked is None:
            return False
        name = asked["name"].lower().strip("[]")
        if self._public.hostname in _LOOPBACK:
            return name in _LOOPBACK
        usual = _PORTS.get(self._public.scheme, 0)
        return name == self._public.hostname and int(asked["port"] or usual) == (self._public.port or usual)


class _Answer:
    """Sends a response on, with the headers that it lacks, and to HEAD without its body."""

    def __init__(self, send: Send, *, head: bool) -> None:
        self._send = send
        self._head = head
        self.begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = list(message["headers"])
            said = {name.lower() for name, _ in headers}
            headers.extend(header for header in _HEADERS if header[0] not in said)
            message = {**message, "headers": headers}
        elif self._head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def shown_path(path: str) -> str:
    """A path as the log may have it: without a signed word, and not longer than a line."""
    return next((f"{place}…" for place in ("/in/", "/f/") if path.startswith(place)), ascii(path[:200]))
