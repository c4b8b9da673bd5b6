"""The web view beside a running gate: its own read-only handle on the store, and the one way in that it has."""

from collections.abc import Callable

from starlette.types import ASGIApp

from mailgate.errors import BadAddress
from mailgate.mail.envelope import Door, Envelope
from mailgate.mail.parse import parse
from mailgate.wiring.drawing import drawer
from store.archive import archive_of
from store.engine import connect_for_pages
from webview.app import create_app
from webview.serve import WebServer, threads_for
from workers.embedded import Running

Around = Callable[[ASGIApp], ASGIApp]
"""Puts something before the pages."""


def nothing_around(app: ASGIApp) -> ASGIApp:
    """The pages as they are."""
    return app


class WebView:
    """The pages of a running gate; `start` after the gate, `stop` before it."""

    def __init__(self, running: Running, around: Around) -> None:
        settings = running.parts.settings
        assert settings.web.listen is not None
        self._acceptance = running.acceptance
        self._clock = running.clock
        threads = threads_for(settings)
        self._engine = connect_for_pages(settings.pages_url, at_once=threads)
        draw = drawer(running.parts.make_pdf)
        app = create_app(settings, self._engine, archive_of(settings), self._submit, self._clock, draw=draw)
        self._server = WebServer(around(app), settings.web.listen.host, settings.web.listen.port, threads=threads)

    def start(self) -> int:
        """Serve pages; returns the port. Raises OSError when the address cannot be had."""
        return self._server.start()

    def stop(self) -> None:
        """Let the requests in hand end, then serve no more."""
        self._server.stop()
        self._engine.dispose()

    def _submit(self, raw: bytes) -> None:
        """Take a mail of the sign-in form in as if a mail server had brought it; nobody's address stands behind it."""
        recipients = tuple(entry.address for entry in parse(raw).to)
        if not recipients:
            raise BadAddress("a mail of the sign-in form has no recipient")
        self._acceptance.accept(raw, Envelope(None, recipients, Door.FORM, self._clock()))


def web_view(running: Running, around: Around = nothing_around) -> WebView | None:
    """The web view that the settings ask for; None when `web.listen` is empty."""
    return WebView(running, around) if running.parts.settings.web.listen is not None else None
