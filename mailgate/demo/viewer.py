"""The viewer: everybody's mail client and the clock, on loopback, in a browser. A tool to play, so it takes forms.

Pages of other sites cannot use it: its URL has a random word, its forms are taken from its own pages alone, and a
name that was bent to loopback is refused.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from mailgate.demo import money_pages, viewer_pages
from mailgate.demo.clock import DemoClock, TimeMachine
from mailgate.demo.company import HOST, Ports
from mailgate.demo.mailboxes import Mailboxes
from mailgate.demo.play import Play
from mailgate.demo.players import NoSuchPlayer
from mailgate.demo.unread import Unread
from mailgate.demo.viewer_pages import NoSuchMail
from mailgate.wiring import Parts
from webview.form import is_from_elsewhere, read_fields
from webview.front import Front
from webview.rendering import STATIC_PATH, Rendering, built_in_directory
from webview.serve import WebServer

MAX_FORM_BYTES = 1_000_000


class Viewer:
    """The viewer of a running demo, served on loopback."""

    def __init__(
        self,
        parts: Parts,
        mailboxes: Mailboxes,
        unread: Unread,
        clock: DemoClock,
        machine: TimeMachine,
        *,
        ports: Ports,
        word: str,
        provider_url: str,
    ) -> None:
        rendering = Rendering("mailgate demo", built_in_directory("demo"), built_in_directory())
        self.play = Play(parts, mailboxes, unread, clock, machine, ports.smtp, word, provider_url, rendering)
        self.url = viewer_url(ports, word)
        self._server = WebServer(_app(self.play, f"http://{HOST}:{ports.viewer}"), HOST, ports.viewer)

    def start(self) -> None:
        """Serve pages. Raises OSError when the address cannot be had."""
        self._server.start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.stop()


def viewer_url(ports: Ports, word: str) -> str:
    """Where the viewer begins."""
    return f"http://{HOST}:{ports.viewer}/{word}/"


Page = Callable[[Play, Request], Response]
Act = Callable[[Play, Request, Mapping[str, str]], Response]


def _app(play: Play, url: str) -> Starlette:
    def failure(status: int, incident: str, _headers: Headers) -> Response:
        return _failure(play, status, incident)

    def missing(_request: Request, _error: Exception) -> Response:
        return _failure(play, 404)

    def page(path: str, shown: Page) -> Route:
        return Route(path, lambda request: shown(play, request))

    def form(path: str, act: Act) -> Route:
        return Route(path, _form(play, url, act), methods=["POST"])

    pages = [
        page("/", viewer_pages.people),
        form("/clock", viewer_pages.step),
        page("/money", money_pages.money),
        form("/money", money_pages.act),
        page("/write", viewer_pages.who_writes),
        page("/tickets/{number:int}", viewer_pages.side_by_side),
        page("/{address}/", viewer_pages.mailbox),
        page("/{address}/pages", viewer_pages.pages),
        page("/{address}/write", viewer_pages.write),
        form("/{address}/write", viewer_pages.send),
        page("/{address}/{key}", viewer_pages.mail),
        page("/{address}/{key}/body", viewer_pages.body),
    ]
    static = Route(STATIC_PATH + "{name}", lambda request: _static(play, request))
    return Starlette(
        routes=[static, Mount(play.root, routes=pages)],
        middleware=[Middleware(Front, public_url=url, error_page=failure, takes_form=_takes_form)],
        exception_handlers={404: missing, NoSuchPlayer: missing, NoSuchMail: missing},
    )


def _failure(play: Play, status: int, incident: str = "") -> Response:
    return play.rendering.page("failure.html", status=status, problem=status, root=None, incident=incident)


def _takes_form(path: str) -> bool:
    return path.endswith(("/write", "/clock", "/money"))


def _form(play: Play, url: str, act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if is_from_elsewhere(request, url):
            return _failure(play, 403)
        fields = await read_fields(request, max_bytes=MAX_FORM_BYTES)
        if fields is None:
            return _failure(play, 400)
        return await run_in_threadpool(act, play, request, fields)

    return endpoint


def _static(play: Play, request: Request) -> Response:
    found = play.rendering.static_response(request, request.path_params["name"])
    if found is None:
        return _failure(play, 404)
    return found
