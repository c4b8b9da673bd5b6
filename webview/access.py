"""Who may see what: the cookie of a session, and the visitor that it stands for while the account says so."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from mailgate.mail.link_token import LinkPurpose, LinkToken, Viewer, seal_link, unseal_link
from store.views import visitors
from store.views.visitors import ContactVisitor, StaffVisitor

Visitor = ContactVisitor | StaffVisitor

CONTACT_SESSION = timedelta(days=30)
STAFF_SESSION = timedelta(hours=12)
NONCE_LIFETIME = timedelta(minutes=30)
FEED_LIFETIME = timedelta(days=400)
"""A feed is asked for by a program, for as long as its reader keeps it. Raising its reader's epoch ends it sooner."""

_SECRET_BYTES = 16
_MAX_COOKIE = 1_000


@dataclass(frozen=True, slots=True)
class Session:
    """A visitor who is signed in; `key` is in the link that signs out, so that nobody else's page can do it."""

    visitor: Visitor
    key: str

    @property
    def is_staff(self) -> bool:
        """The visitor is one of the staff."""
        return isinstance(self.visitor, StaffVisitor)


@dataclass(frozen=True, slots=True)
class Cookies:
    """How cookies are named and set: bound to the host and to TLS, which plain HTTP on loopback cannot have."""

    secure: bool

    @property
    def session(self) -> str:
        """The name of the session's cookie."""
        return "__Host-mg" if self.secure else "mg"

    @property
    def nonce(self) -> str:
        """The name of the cookie that a browser gets when it asks for a link."""
        return "__Host-mg-nonce" if self.secure else "mg-nonce"

    def set(self, response: Response, name: str, value: str, lifetime: timedelta) -> None:
        """Set one. Lax, not Strict: else the click on the link in a webmail would arrive without it."""
        seconds = int(lifetime.total_seconds())
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax")

    def clear(self, response: Response, name: str) -> None:
        """Remove one."""
        self.set(response, name, "", timedelta(0))


def is_look_ahead(request: Request) -> bool:
    """Nobody has asked for the page yet, or only for its head: such a request never sets a cookie."""
    purposes = " ".join(request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz"))
    return request.method == "HEAD" or "prefetch" in purposes or "prerender" in purposes or "preview" in purposes


def new_browser_secret() -> str:
    """What the nonce cookie holds: 16 random bytes in lower-case base32."""
    return _base32(secrets.token_bytes(_SECRET_BYTES))


def nonce_of(browser_secret: str) -> str:
    """The nonce of a browser, as it stands in the address that a link is asked from and in the link itself.

    A digest: whoever reads a link reads the nonce in it, and still cannot make the cookie that fits.
    """
    return _base32(hashlib.sha256(browser_secret.encode()).digest()[:_SECRET_BYTES])


def is_same_browser(request: Request, cookies: Cookies, nonce: str) -> bool:
    """The link was asked for by the browser that follows it."""
    browser_secret = request.cookies.get(cookies.nonce, "")
    return bool(browser_secret and nonce) and hmac.compare_digest(nonce_of(browser_secret).encode(), nonce.encode())


def session_of(
    request: Request, conn: Connection, keys: Mapping[int, bytes], *, cookies: Cookies, now: datetime
) -> Session | None:
    """The session of a request: None without a valid cookie, or when its account is gone or has raised its epoch."""
    word = request.cookies.get(cookies.session, "")
    if not word or len(word) > _MAX_COOKIE:
        return None
    token = unseal_link(word, keys, purpose=LinkPurpose.SESSION, now=now)
    visitor = visitor_of(conn, token) if token else None
    return Session(visitor, token.nonce) if token and visitor else None


def visitor_of(conn: Connection, token: LinkToken) -> Visitor | None:
    """The visitor that a link or a session means, unless it was revoked."""
    found: Visitor | None
    if token.viewer is Viewer.STAFF:
        found = visitors.staff_member(conn, token.person_id)
    else:
        found = visitors.contact(conn, token.person_id)
    return found if found and found.epoch == token.epoch else None


def begin_session(response: Response, conn: Connection, visitor: Visitor, *, cookies: Cookies, now: datetime) -> None:
    """Sign the browser in that gets this response."""
    staff = isinstance(visitor, StaffVisitor)
    lifetime = STAFF_SESSION if staff else CONTACT_SESSION
    token = LinkToken(
        purpose=LinkPurpose.SESSION,
        viewer=Viewer.STAFF if staff else Viewer.CONTACT,
        person_id=person_id(visitor),
        epoch=visitor.epoch,
        nonce=_base32(secrets.token_bytes(_SECRET_BYTES)),
        expires_at=(now + lifetime).replace(microsecond=0),
    )
    cookies.set(response, cookies.session, seal_link(token, visitors.signing_key(conn)), lifetime)


def person_id(visitor: Visitor) -> int:
    """The id of the contact or staff member."""
    return visitor.staff_id if isinstance(visitor, StaffVisitor) else visitor.contact_id


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode().rstrip("=").lower()
