"""Site: everything that pages are made from; and the visit, one request of somebody who may be here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Generic, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mailgate.config import Settings
from mailgate.desks import Desk, ServiceMailbox, desk_named
from mailgate.mail.address import Mailbox
from mailgate.phrases import Phrasebook, phrasebook
from mailgate.tickets.wording import Tell
from store.archive import Archive
from store.engine import reading
from store.views import visitors
from store.views.paging import Turn
from store.views.visitors import ContactVisitor, StaffVisitor
from webview.access import Cookies, Session, Visitor, session_of
from webview.budget import Budget
from webview.reader import Reader
from webview.rendering import Rendering
from webview.words import Words

SIGN_IN_PATH = "/sign-in"
CUSTOMER_HOME = "/"
STAFF_HOME = "/staff/"

VARY = "Cookie, Accept-Language"
"""What a page depends on that anybody may see."""

RETRY_SECONDS = 30
"""When to come again, for whoever met a busy store."""

Draw = Callable[[str, str], bytes | None]

V = TypeVar("V", ContactVisitor, StaffVisitor)


class NoSuchPage(Exception):
    """There is nothing here, or nothing for this visitor: both look the same.

    So does what a database server calls DataError: what was asked for by a number or a word that no row can have.
    """


@dataclass(frozen=True, slots=True)
class Budgets:
    """What keeps sign-in from being used to flood mailboxes, and codes from being guessed."""

    links_per_address: Budget = field(default_factory=lambda: Budget(5, timedelta(hours=1)))
    links_per_network: Budget = field(default_factory=lambda: Budget(30, timedelta(hours=1)))
    codes_per_address: Budget = field(default_factory=lambda: Budget(5, timedelta(minutes=15)))
    codes_per_network: Budget = field(default_factory=lambda: Budget(30, timedelta(hours=1)))


@dataclass(frozen=True, slots=True)
class Site:
    """One web view. `submit` takes a raw mail in, as if it had come by SMTP.

    `draw` makes a file of a frozen document: its model, and one of pdf, cii and ubl; None where there can be none.
    """

    settings: Settings
    engine: Engine
    archive: Archive
    submit: Callable[[bytes], None]
    clock: Callable[[], datetime]
    draw: Draw
    rendering: Rendering
    cookies: Cookies
    budgets: Budgets = field(default_factory=Budgets)
    phrasebook: Phrasebook = field(default_factory=phrasebook)

    @property
    def sign_in_address(self) -> str:
        """A mail to it asks for a link."""
        return f"{ServiceMailbox.SIGN_IN.value}@{self.settings.gate.domain}"

    def desk_mailbox(self, name: str) -> Mailbox:
        """The address of a desk."""
        return desk_named(name, self.settings.desks).mailbox

    @property
    def desks(self) -> tuple[Desk, ...]:
        """All desks."""
        return self.settings.desks

    def session(self, request: Request, conn: Connection) -> Session | None:
        """Who is signed in."""
        keys = visitors.verifying_keys(conn)
        return session_of(request, conn, keys, cookies=self.cookies, now=self.clock())

    def reader(self, visitor: Visitor | None, accept_language: str = "") -> Reader:
        """Whom a page is for: customers have a language and a zone of their own, staff those of the gate.

        Of somebody who is not signed in the browser tells the language.
        """
        gate, now = self.settings.gate, self.clock()
        if isinstance(visitor, ContactVisitor):
            return Reader(visitor.language, visitor.timezone, now)
        wanted = self.rendering.catalogues.wanted(accept_language) if visitor is None else None
        return Reader(wanted or gate.language, gate.timezone, now)

    def page(
        self, headers: Headers, template: str, session: Session | None = None, *, status: int = 200, **values: object
    ) -> Response:
        """An answer to a form, or a refusal, to the request with these headers."""
        reader = self.reader(session.visitor if session else None, headers.get("accept-language", ""))
        response = self.rendering.page(template, reader, status=status, signed_in=session, **values)
        response.headers["Vary"] = VARY if session is None else "Cookie"
        return response

    def open_page(self, request: Request, template: str, session: Session | None, **values: object) -> Response:
        """A page that needs nobody to be signed in."""
        reader = self.reader(session.visitor if session else None, request.headers.get("accept-language", ""))
        response = self.rendering.versioned(request, template, reader, signed_in=session, **values)
        response.headers["Vary"] = VARY
        return response

    def no_such_page(self, request: Request, session: Session | None) -> Response:
        """What is shown for whatever is missing or not the visitor's: the same, to the byte."""
        return self.page(request.headers, "failure.html", session, status=404, problem="missing", incident="")


@dataclass(frozen=True, slots=True)
class Visit(Generic[V]):
    """One request of somebody who may be here, with one connection that sees one state of the store."""

    site: Site
    request: Request
    conn: Connection
    session: Session
    visitor: V
    now: datetime

    @property
    def turn(self) -> Turn:
        """Which page of a list is asked for."""
        asked = self.request.query_params
        return Turn(asked.get("after", ""), asked.get("before", ""))

    def number(self, name: str) -> int:
        """A number of the path."""
        return int(self.request.path_params[name])

    def page(self, template: str, **values: object) -> Response:
        """A page of the visitor's own view."""
        return self.site.rendering.versioned(
            self.request,
            template,
            self.reader,
            signed_in=self.session,
            zone=str(self.zone),
            sign_in_address=self.site.sign_in_address,
            **values,
        )

    @property
    def zone(self) -> tzinfo:
        """Whose times are shown."""
        if isinstance(self.visitor, ContactVisitor):
            try:
                return ZoneInfo(self.visitor.timezone)
            except (ZoneInfoNotFoundError, ValueError):
                pass
        return self.site.settings.gate.zone

    @property
    def reader(self) -> Reader:
        """Whom the page is for."""
        return self.site.reader(self.visitor)

    @property
    def words(self) -> Words:
        """What pages say in the visitor's language."""
        return self.site.rendering.words_for(self.reader)

    @property
    def tell(self) -> Tell:
        """Makes the words of the audit trail for the visitor."""
        return self.site.phrasebook.of(self.reader.language).told_in(str(self.zone), at=self.now)


Endpoint = Callable[[Request], Response]


def _is_short(_request: Request) -> bool:
    return True


def in_loop(
    site: Site, endpoint: Endpoint, *, when: Callable[[Request], bool] = _is_short
) -> Endpoint | Callable[[Request], Awaitable[Response]]:
    """The page is made on the event loop itself, one after the other, when the store is embedded.

    For pages of a few short queries, a millisecond or two each: threads that make such pages at the same time only
    fight for the one interpreter, and each takes three times as long. Whatever reads whole mails or files stays in a
    thread, so that it holds up nobody; so does every query to a database server, which waits for the network, and what
    is not short, as `when` says it of a request.
    """
    if not site.settings.store.is_embedded:
        return endpoint

    async def made(request: Request) -> Response:
        return endpoint(request) if when(request) else await run_in_threadpool(endpoint, request)

    return made


def for_contacts(site: Site, handler: Callable[[Visit[ContactVisitor]], Response]) -> Endpoint:
    """A page for customers' contacts; staff have their own."""

    def endpoint(request: Request) -> Response:
        with reading(site.engine) as conn:
            session = site.session(request, conn)
            if session is None:
                return to_sign_in()
            if not isinstance(session.visitor, ContactVisitor):
                return (
                    RedirectResponse(STAFF_HOME, 303)
                    if request.url.path == CUSTOMER_HOME
                    else site.no_such_page(request, session)
                )
            return _handled(handler, Visit(site, request, conn, session, session.visitor, site.clock()))

    return endpoint


def for_staff(site: Site, handler: Callable[[Visit[StaffVisitor]], Response]) -> Endpoint:
    """A page for staff."""

    def endpoint(request: Request) -> Response:
        with reading(site.engine) as conn:
            session = site.session(request, conn)
            if session is None:
                return to_sign_in()
            if not isinstance(session.visitor, StaffVisitor):
                return site.no_such_page(request, session)
            return _handled(handler, Visit(site, request, conn, session, session.visitor, site.clock()))

    return endpoint


def for_everybody(site: Site, handler: Callable[[Site, Request], Response]) -> Endpoint:
    """A page that needs nobody to be signed in."""

    def endpoint(request: Request) -> Response:
        try:
            return handler(site, request)
        except (NoSuchPage, DataError):
            return site.no_such_page(request, None)

    return endpoint


def is_secure(settings: Settings) -> bool:
    """The world reaches us by TLS."""
    return urlsplit(settings.web.public_url).scheme == "https"


def to_sign_in() -> Response:
    """Whoever is not signed in is sent there, whether the page exists or not."""
    return RedirectResponse(SIGN_IN_PATH, 303, headers={"Cache-Control": "no-store"})


def _handled(handler: Callable[[Visit[V]], Response], visit: Visit[V]) -> Response:
    try:
        return handler(visit)
    except (NoSuchPage, DataError):
        return visit.site.no_such_page(visit.request, visit.session)
