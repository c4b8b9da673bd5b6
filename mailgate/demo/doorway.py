"""What stands before the web view in the demo alone, so that nobody leaves the demo by a link.

The pages' buttons begin a mail in whatever program the browser knows for `mailto:`. Here they open the viewer's form,
as whoever is signed in, and each page has a way back to the viewer. Links and sessions outlive the steps of the clock,
by which days pass in a second. The pages themselves know nothing of all this.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from urllib.parse import quote, urlencode, urlsplit

from sqlalchemy import Connection, Engine
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailgate.mail.link_token import LinkPurpose, seal_link, unseal_link
from store.engine import reading
from store.views import visitors
from webview.access import Cookies, Visitor, session_of
from webview.rendering import STATIC_PATH

LIFETIME = timedelta(hours=12)
"""What a link or a session that the clock has outrun is good for, from now."""

_COOKIES = Cookies(secure=False)  # the demo has no TLS
_BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)
_LINK = re.compile(r"/in/(?P<word>[^/]+)(?P<rest>/go)?")
_MAILTO = re.compile(r'href="(mailto:[^"]*)"', re.IGNORECASE)
_HEADER, _END_OF_HEAD = '<header class="top">', "</head>"
_STYLE_PATH = "/demo.css"
_STYLE = """\
.demo { padding: .5rem 0; font-size: .875rem; background: var(--note); border-bottom: 1px solid var(--note-line); }
.demo .wide { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }
@media print { .demo { display: none; } }
"""


@dataclass(frozen=True, slots=True)
class Doorway:
    """ASGI middleware around the whole web view. `viewer` is the viewer's URL, with a slash at its end."""

    app: ASGIApp
    engine: Engine
    clock: Callable[[], datetime]
    viewer: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"] == _STYLE_PATH:
            await Response(_STYLE, media_type="text/css")(scope, receive, send)
            return
        with reading(self.engine) as conn:
            scope = self._renewed(conn, scope)
            visitor = self._visitor(conn, scope)
        answer = _Answer(send, self.viewer, visitor, leads_to=_target(scope), changes_pages=scope["method"] != "HEAD")
        await self.app(scope, receive, answer.send)

    def _renewed(self, conn: Connection, scope: Scope) -> Scope:
        headers = MutableHeaders(raw=list(scope["headers"]))
        if not scope["path"].startswith(STATIC_PATH):
            del headers["if-none-match"]  # it names a page as the web view made it
        session = Request(scope).cookies.get(_COOKIES.session, "")
        if session:
            renewed = self._renew(conn, session, LinkPurpose.SESSION)
            headers["cookie"] = headers["cookie"].replace(session, renewed)
        path = scope["path"]
        if link := _LINK.fullmatch(path):
            path = f"/in/{self._renew(conn, link['word'], LinkPurpose.SIGN_IN)}{link['rest'] or ''}"
        return {**scope, "headers": headers.raw, "path": path, "raw_path": path.encode()}

    def _renew(self, conn: Connection, word: str, purpose: LinkPurpose) -> str:
        """A word that was good once, with time to live; any other as it is."""
        now = self.clock()
        token = unseal_link(word, visitors.verifying_keys(conn), purpose=purpose, now=_BEFORE_ALL)
        if token is None or now < token.expires_at:
            return word
        longer = replace(token, expires_at=(now + LIFETIME).replace(microsecond=0))
        return seal_link(longer, visitors.signing_key(conn))

    def _visitor(self, conn: Connection, scope: Scope) -> Visitor | None:
        keys = visitors.verifying_keys(conn)
        session = session_of(Request(scope), conn, keys, cookies=_COOKIES, now=self.clock())
        return session.visitor if session else None


def _target(scope: Scope) -> str | None:
    """Where somebody goes who is signed in on the way; None: where the web view leads."""
    to = Request(scope).query_params.get("to", "")
    parts = urlsplit(to)
    is_ours = to.startswith("/") and not parts.scheme and not parts.netloc and "\\" not in to
    return to if is_ours and scope["path"].endswith("/go") else None


@dataclass(slots=True)
class _Answer:
    """Sends an answer on; pages in one piece, with other links."""

    _send: Send
    _viewer: str
    _visitor: Visitor | None
    leads_to: str | None
    changes_pages: bool
    _start: Message | None = None
    _body: bytes = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = self._led(message)
            if self.changes_pages and _is_page(message):
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = changed(self._body.decode(), self._viewer, self._visitor).encode()
            headers = MutableHeaders(raw=list(self._start["headers"]))
            headers["content-length"] = str(len(page))
            del headers["etag"]
            await self._send({**self._start, "headers": headers.raw})
            message = {**message, "body": page}
        await self._send(message)

    def _led(self, message: Message) -> Message:
        if self.leads_to is None or message["status"] != 303:
            return message
        headers = MutableHeaders(raw=list(message["headers"]))
        headers["location"] = quote(self.leads_to, safe="/?=&%#")
        return {**message, "headers": headers.raw}


def _is_page(message: Message) -> bool:
    headers: Iterable[tuple[bytes, bytes]] = message["headers"]
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)


def changed(page: str, viewer: str, visitor: Visitor | None) -> str:
    """A page of the web view whose mails are written in the viewer, by its visitor, with a way back there."""
    own = f"{viewer}{quote(visitor.address, safe='@')}/" if visitor else viewer

    def to_form(found: re.Match[str]) -> str:
        return f'href="{escape(own)}write?{escape(urlencode({"link": unescape(found[1])}))}"'

    page = _MAILTO.sub(to_form, page)
    if _HEADER not in page:
        return page  # a mail in its frame
    back = f'<a href="{escape(own)}">← Mailbox of {escape(visitor.name)}</a>' if visitor else ""
    people = f'<a href="{escape(viewer)}">People of the demo</a>'
    bar = f'<nav class="demo" lang="en" aria-label="Demo"><div class="wide">{back}{people}</div></nav>'
    style = f'<link rel="stylesheet" href="{_STYLE_PATH}">'
    return page.replace(_END_OF_HEAD, style + _END_OF_HEAD, 1).replace(_HEADER, bar + _HEADER, 1)
