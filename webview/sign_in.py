"""Signing in without a password: a mail asks for a link, the link or a code opens a session, a link ends it.

What is asked for is answered alike for known and unknown addresses: nobody looks them up here. A look-ahead of a
browser, HEAD or a program that follows links for their preview never gets a cookie.
"""

import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mailgate.errors import BadAddress, MailgateError
from mailgate.log_events import LogEvent
from mailgate.mail.address import Mailbox, address_key, parse_mailbox
from mailgate.mail.link_token import CONSOLE, LinkPurpose, LinkToken, Viewer, is_sign_in_code, unseal_link
from mailgate.mail.mailto import MailAction
from store.engine import reading
from store.views import visitors
from store.views.visitors import StaffVisitor
from webview import access
from webview.access import Session, Visitor
from webview.budget import Budget, network_of
from webview.form import is_from_elsewhere, read_fields
from webview.letter import sign_in_letter
from webview.site import CUSTOMER_HOME, RETRY_SECONDS, STAFF_HOME, Site

log = logging.getLogger(__name__)

_MAX_WORD = 1_000
_NO_STORE = {"Cache-Control": "no-store"}


def sign_in(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """The form and the answers to it. The body is read on the event loop, everything else in a thread."""

    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            return await run_in_threadpool(_form, site, request)
        fields = await read_fields(request)
        return await run_in_threadpool(_answer, site, request, fields)

    return endpoint


def arrive(site: Site, request: Request) -> Response:
    """`/in/<word>`: the link of the mail. It is reusable, so that a scanner which opens it first takes nothing away."""
    with reading(site.engine) as conn:
        token, visitor = _linked(site, request, conn)
        if token is None or visitor is None:
            return _expired(site, request)
        same_browser = access.is_same_browser(request, site.cookies, token.nonce)
        if same_browser and not access.is_look_ahead(request):
            return _signed_in(site, conn, visitor, how="link")
        if isinstance(visitor, StaffVisitor) and not same_browser and token.nonce != CONSOLE:
            return _page(site, request, "sign-in-code.html", 200)
        return _page(
            site, request, "sign-in-continue.html", 200, hint=_hint(visitor.address), path=f"{request.url.path}/go"
        )


def go(site: Site, request: Request) -> Response:
    """`/in/<word>/go`: a person has read whose pages they are, and goes on. Not for staff, whose links are bound."""
    with reading(site.engine) as conn:
        token, visitor = _linked(site, request, conn)
        if token is None or visitor is None:
            return _expired(site, request)
        bound = token.viewer is Viewer.STAFF and token.nonce != CONSOLE
        if bound and not access.is_same_browser(request, site.cookies, token.nonce):
            return _page(site, request, "sign-in-code.html", 200)
        if access.is_look_ahead(request):
            return _page(
                site, request, "sign-in-continue.html", 200, hint=_hint(visitor.address), path=request.url.path
            )
        return _signed_in(site, conn, visitor, how="link")


def sign_out(site: Site, request: Request) -> Response:
    """`/out?k=…`: end the session of this browser; without its key, a page with the link that has it."""
    with reading(site.engine) as conn:
        session = site.session(request, conn)
    if session is None:
        return _page(site, request, "sign-out.html", 200, done=True)
    if request.query_params.get("k") != session.key or access.is_look_ahead(request):
        return _page(site, request, "sign-out.html", 200, session, done=False)
    response = _page(site, request, "sign-out.html", 200, done=True)
    site.cookies.clear(response, site.cookies.session)
    log.info(LogEvent.SIGNED_OUT(_who(session.visitor)))
    return response


def _form(site: Site, request: Request) -> Response:
    return site.open_page(request, "sign-in.html", None, problem="", address="", action=_link_by_mail(site))


def _answer(site: Site, request: Request, fields: dict[str, str] | None) -> Response:
    if is_from_elsewhere(request, site.settings.web.public_url):
        log.warning(LogEvent.REFUSED_FORM(network=_network(request)))
        return site.page(request.headers, "failure.html", status=403, problem="elsewhere", incident="")
    try:
        mailbox = parse_mailbox(fields.get("email", "").strip(" ")) if fields else None
    except BadAddress:
        mailbox = None
    if mailbox is None or fields is None:
        return _form_again(site, request, 422, "address")
    code = fields.get("code", "").strip()
    return _try_code(site, request, mailbox, code) if code else _ask_for_link(site, request, mailbox)


def _ask_for_link(site: Site, request: Request, mailbox: Mailbox) -> Response:
    budgets = site.budgets
    if not _allowed(site, request, mailbox, budgets.links_per_network, budgets.links_per_address):
        return _form_again(site, request, 429, "often", address=mailbox.address, wait=budgets.links_per_network)
    # The same secret again for a browser that asks twice: whichever of the two mails is opened fits.
    browser_secret = request.cookies.get(site.cookies.nonce, "")
    if len(browser_secret) != len(access.new_browser_secret()) or not browser_secret.isalnum():
        browser_secret = access.new_browser_secret()
    nonce, now = access.nonce_of(browser_secret), site.clock()
    try:
        site.submit(sign_in_letter(mailbox, nonce=nonce, domain=site.settings.gate.domain, now=now))
    except MailgateError as error:
        log.warning(LogEvent.SIGN_IN_NOT_ACCEPTED(network=_network(request), error=error))
        response = _form_again(site, request, 503, "unavailable", address=mailbox.address)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    log.info(LogEvent.SIGN_IN_ASKED(network=_network(request)))
    response = _page(site, request, "sign-in-sent.html", 200, address=mailbox.address)
    site.cookies.set(response, site.cookies.nonce, browser_secret, access.NONCE_LIFETIME)
    return response


def _try_code(site: Site, request: Request, mailbox: Mailbox, code: str) -> Response:
    budgets = site.budgets
    if not _allowed(site, request, mailbox, budgets.codes_per_network, budgets.codes_per_address):
        return _form_again(site, request, 429, "tries", address=mailbox.address, wait=budgets.codes_per_address)
    with reading(site.engine) as conn:
        staff = visitors.staff_with(conn, mailbox.address)
        keys = visitors.verifying_keys(conn)
        # As much work for an unknown address: time tells nothing.
        person, epoch = (staff.staff_id, staff.epoch) if staff else (0, 0)
        fits = is_sign_in_code(code[:100], person, epoch, keys, now=site.clock())
        if staff is None or not fits:
            log.warning(LogEvent.REFUSED_CODE(network=_network(request)))
            return _form_again(site, request, 403, "code", address=mailbox.address)
        return _signed_in(site, conn, staff, how="code")


def _allowed(site: Site, request: Request, mailbox: Mailbox, by_network: Budget, by_address: Budget) -> bool:
    network, now = _network(request), site.clock()
    if by_network.take(network, now) and by_address.take(address_key(mailbox.address), now):
        return True
    log.warning(LogEvent.REFUSED_TOO_OFTEN(network=network))
    return False


def _signed_in(site: Site, conn: Connection, visitor: Visitor, *, how: str) -> Response:
    home = STAFF_HOME if isinstance(visitor, StaffVisitor) else CUSTOMER_HOME
    response = RedirectResponse(home, 303, headers=_NO_STORE)
    access.begin_session(response, conn, visitor, cookies=site.cookies, now=site.clock())
    log.info(LogEvent.SIGNED_IN(_who(visitor), by=how))
    return response


def _linked(site: Site, request: Request, conn: Connection) -> tuple[LinkToken | None, Visitor | None]:
    word = str(request.path_params["word"])
    if len(word) > _MAX_WORD:
        return None, None
    keys = visitors.verifying_keys(conn)
    token = unseal_link(word, keys, purpose=LinkPurpose.SIGN_IN, now=site.clock())
    return token, access.visitor_of(conn, token) if token else None


def _expired(site: Site, request: Request) -> Response:
    """The same for a word that is forged, broken, too old or revoked."""
    return _page(site, request, "sign-in-expired.html", 410, action=_link_by_mail(site))


def _form_again(
    site: Site, request: Request, status: int, problem: str, *, address: str = "", wait: Budget | None = None
) -> Response:
    response = _page(
        site, request, "sign-in.html", status, problem=problem, address=address, action=_link_by_mail(site)
    )
    if wait is not None:
        response.headers["Retry-After"] = str(int(wait.window.total_seconds()))
    return response


def _page(
    site: Site, request: Request, template: str, status: int, session: Session | None = None, **values: object
) -> Response:
    response = site.page(request.headers, template, session, status=status, **values)
    response.headers.update(_NO_STORE)
    return response


def _link_by_mail(site: Site) -> MailAction:
    return MailAction("sign-in", site.sign_in_address, "Sign in")


def _hint(address: str) -> str:
    """Enough to tell one's own addresses apart, too little for anybody else: `a…@example.org`."""
    local_part, at, domain = address.rpartition("@")
    return f"{local_part[:1]}…{at}{domain}"


def _network(request: Request) -> str:
    return network_of(request.client.host if request.client else None)


def _who(visitor: Visitor) -> str:
    if isinstance(visitor, StaffVisitor):
        return f"staff={visitor.staff_id}"
    return f"contact={visitor.contact_id} customer={visitor.customer_id}"
