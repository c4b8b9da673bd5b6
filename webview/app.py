"""The web view: its routes. It only shows; the one form hands a mail to the gate's own intake."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, TypeVar

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from mailgate.billing.document.invoice import DocumentKind
from mailgate.config import Settings
from mailgate.phrases import phrasebook
from store.archive import Archive
from store.engine import reading
from webview import article_pages, document_files, search_pages, sign_in
from webview import customer_pages as customer
from webview import money_pages as money
from webview import staff_mail_pages as mail
from webview import staff_money_pages as staff_money
from webview import staff_pages as staff
from webview import thread_pages as thread
from webview.access import Cookies
from webview.document_files import Ending
from webview.front import FORM_PATH, Front
from webview.help_pages import help_page
from webview.money_report_pages import money_report, moves
from webview.rendering import STATIC_PATH, Rendering
from webview.report_pages import reports
from webview.site import (
    RETRY_SECONDS,
    STAFF_HOME,
    Draw,
    NoSuchPage,
    Site,
    for_contacts,
    for_everybody,
    for_staff,
    in_loop,
    is_secure,
)
from webview.staff_feed import queue_feed
from webview.thanks_pages import CARD_PATH, PAID_PATH, thanks_page


class IdConvertor(Convertor[int]):
    """Numbers that a row can have: at most 18 digits, no zero before them."""

    regex: ClassVar[str] = "[1-9][0-9]{0,17}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """The number as a path has it."""
        return str(value)


class PositionConvertor(IdConvertor):
    """The place of a file in its mail, from 0."""

    regex: ClassVar[str] = "0|[1-9][0-9]{0,3}"


Page = TypeVar("Page")

register_url_convertor("row", IdConvertor())
register_url_convertor("position", PositionConvertor())


def create_app(
    settings: Settings,
    engine: Engine,
    archive: Archive,
    submit: Callable[[bytes], None],
    clock: Callable[[], datetime],
    *,
    draw: Draw,
) -> Starlette:
    """The web view as an ASGI application.

    `engine` is read-only: `store.engine.connect(url, read_only=True)`. `submit` takes a raw mail in as if it had come
    by SMTP, and raises MailgateError when it cannot. `clock` tells the instant, in UTC. `draw` makes the
    files of documents, as `Site` says. All templates are compiled here.
    """
    own = settings.templates.directory
    site = Site(
        settings=settings,
        engine=engine,
        archive=archive,
        submit=submit,
        clock=clock,
        draw=draw,
        rendering=Rendering(
            settings.gate.company, own=own and own / "web", bill_suspended=settings.billing.bill_suspended
        ),
        cookies=Cookies(is_secure(settings)),
        phrasebook=phrasebook(own),
    )

    def failure(status: int, incident: str, headers: Headers) -> Response:
        problem = {400: "host", 404: "missing", 405: "method", 503: "busy"}.get(status, "failed")
        page = site.page(headers, "failure.html", status=status, problem=problem, incident=incident)
        if status == 503:
            page.headers.update({"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"})
        return page

    def not_found(request: Request, _error: Exception) -> Response:
        with reading(engine) as conn:
            return site.no_such_page(request, site.session(request, conn))

    return Starlette(
        routes=[*_customer_routes(site), *_staff_routes(site), *_open_routes(site)],
        middleware=[Middleware(Front, public_url=settings.web.public_url, error_page=failure)],
        exception_handlers={404: not_found},
    )


def _customer_routes(site: Site) -> list[Route]:
    at_once = {
        "/": customer.home,
        "/tickets": customer.tickets,
        "/tickets/{number:row}": customer.ticket,
        "/mails": customer.mails,
        "/services": money.services,
        "/services/{number:row}": money.service,
        "/domains": money.domains,
        "/invoices": money.invoices,
        "/invoices/{number:path}": money.invoice,
        "/credit": money.credit,
        "/credit-notes": money.credit_notes,
        "/credit-notes/{number:path}": money.credit_note,
    }
    pages = {
        "/search": search_pages.search,
        "/tickets/{number:row}.mbox": thread.mbox,
        "/tickets/{number:row}.txt": thread.text,
        "/tickets/{number:row}/messages/{entry:row}.eml": thread.message,
        "/tickets/{number:row}/messages/{entry:row}.txt": customer.ticket_text,
        "/tickets/{number:row}/files/{entry:row}/{position:position}": customer.ticket_file,
        "/tickets/{number:row}/files/{entry:row}/{position:position}/picture": customer.ticket_picture,
        "/mails/{mail:row}": customer.mail,
        "/mails/{mail:row}.eml": customer.mail_raw,
        "/mails/{mail:row}/body": customer.mail_body,
        "/mails/{mail:row}/files/{position:position}": customer.mail_file,
    }
    return [
        *(Route(path, for_contacts(site, page)) for path, page in _files("", document_files.for_customer)),
        *(Route(path, in_loop(site, for_contacts(site, page))) for path, page in at_once.items()),
        *(Route(path, for_contacts(site, page)) for path, page in pages.items()),
    ]


def _staff_routes(site: Site) -> list[Route]:
    at_once = {
        "/staff/tickets/{number:row}": staff.ticket,
        "/staff/held": mail.held,
        "/staff/outbox": mail.outbox,
        "/staff/customers/{number:row}": staff_money.customer,
        "/staff/customers/{number:row}/services": staff_money.services,
        "/staff/customers/{number:row}/domains": staff_money.domains,
        "/staff/customers/{number:row}/invoices": staff_money.invoices_of,
        "/staff/customers/{number:row}/credit": staff_money.credit_of,
        "/staff/money": staff_money.money,
        "/staff/services/{number:row}": staff_money.service,
        "/staff/invoices/{number:path}": staff_money.invoice,
        "/staff/credit-notes/{number:path}": staff_money.credit_note,
    }
    pages = {
        "/staff/search": search_pages.staff_search,
        "/staff/invoices": staff_money.invoices,
        "/staff/bank": staff_money.bank_lines,
        "/staff/tickets/{number:row}/messages/{entry:row}.txt": staff.ticket_text,
        "/staff/tickets/{number:row}/files/{entry:row}/{position:position}": staff.ticket_file,
        "/staff/tickets/{number:row}/files/{entry:row}/{position:position}/picture": staff.ticket_picture,
        "/staff/reports": reports,
        "/staff/reports/money": money_report,
        "/staff/reports/recurring": moves,
        "/staff/inbox/{mail:row}": mail.incoming,
        "/staff/inbox/{mail:row}.eml": mail.incoming_raw,
        "/staff/inbox/{mail:row}/body": mail.incoming_body,
        "/staff/inbox/{mail:row}/files/{position:position}": mail.incoming_file,
        "/staff/outbox/{mail:row}": mail.outgoing,
        "/staff/outbox/{mail:row}.eml": mail.outgoing_raw,
        "/staff/outbox/{mail:row}/body": mail.outgoing_body,
        "/staff/outbox/{mail:row}/files/{position:position}": mail.outgoing_file,
    }
    return [
        *(Route(path, for_staff(site, page)) for path, page in _files("/staff", document_files.for_staff)),
        Route(STAFF_HOME, in_loop(site, for_staff(site, staff.queue), when=staff.is_short)),
        *(Route(path, in_loop(site, for_staff(site, page))) for path, page in at_once.items()),
        *(Route(path, for_staff(site, page)) for path, page in pages.items()),
    ]


def _files(base: str, page: Callable[[DocumentKind, Ending], Page]) -> list[tuple[str, Page]]:
    """Before the pages themselves, whose numbers may have points in them; the longer endings first."""
    named = {"invoices": DocumentKind.INVOICE, "credit-notes": DocumentKind.CREDIT_NOTE}
    return [
        (f"{base}/{noun}/{{number:path}}.{ending.value}", page(kind, ending))
        for noun, kind in named.items()
        for ending in (Ending.UBL, Ending.XML, Ending.PDF, Ending.CALENDAR)
    ]


def _open_routes(site: Site) -> list[Route]:
    return [
        Route(FORM_PATH, sign_in.sign_in(site), methods=["GET", "POST"]),
        Route("/in/{word}", for_everybody(site, sign_in.arrive)),
        Route("/in/{word}/go", for_everybody(site, sign_in.go)),
        Route("/f/{word}/tickets/{number:row}.atom", for_everybody(site, thread.feed)),
        Route("/f/{word}/staff/queue.atom", for_everybody(site, queue_feed)),
        Route("/out", for_everybody(site, sign_in.sign_out)),
        Route("/help", for_everybody(site, help_page)),
        Route(PAID_PATH, for_everybody(site, thanks_page)),
        Route(CARD_PATH, for_everybody(site, thanks_page)),
        Route("/kb", for_everybody(site, article_pages.articles)),
        Route("/kb/{slug}", for_everybody(site, article_pages.article)),
        Route(STAFF_HOME.rstrip("/"), for_everybody(site, _staff_home)),
        Route(STATIC_PATH + "{name}", for_everybody(site, _static)),
        Route("/robots.txt", for_everybody(site, _robots)),
    ]


def _staff_home(_site: Site, _request: Request) -> Response:
    return RedirectResponse(STAFF_HOME, 308)


def _static(site: Site, request: Request) -> Response:
    response = site.rendering.static_response(request, request.path_params["name"])
    if response is None:
        raise NoSuchPage
    return response


def _robots(_site: Site, _request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
