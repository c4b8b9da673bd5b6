"""What a customer's contact sees of services and money: what they have, what it costs, and every document about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from markupsafe import Markup
from starlette.responses import Response

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.document.transfer_code import transfer_code
from mailgate.billing.service import State
from mailgate.mail.mailto import MailAction
from mailgate.tickets.verbs.money import CARD, FUNDS, REMOVE_CARD
from store.views import about_invoice, customer_money, paying
from store.views.documents import Document, DocumentLine, Standing
from store.views.services import ServiceLine
from store.views.visitors import ContactVisitor
from webview.ladder import step_words
from webview.site import NoSuchPage, Site, Visit
from webview.sites import sites_of

ContactVisit = Visit[ContactVisitor]

AT_HOME = 5
"""Services and unpaid invoices that the first page names; the rest is a link away."""

COUNTED = 1_000
"""Counting ends there: nobody reads on."""


@dataclass(frozen=True, slots=True)
class AtHome:
    """What the first page says of services and money."""

    services: tuple[ServiceLine, ...]
    service_count: int
    unpaid: tuple[DocumentLine, ...]
    unpaid_count: int
    renewing: tuple[tuple[date, tuple[ServiceLine, ...]], ...]  # by the day on which their next invoice is due
    sites: Mapping[int, str]


def at_home(visit: ContactVisit) -> AtHome:
    """The newest services, and what is to be paid, the oldest due first."""
    conn, visitor = visit.conn, visit.visitor
    found = customer_money.current_services(conn, visitor, limit=AT_HOME)
    renewing = customer_money.renewing(conn, visitor, limit=AT_HOME)
    unpaid: tuple[DocumentLine, ...] = ()
    unpaid_count = 0
    if visitor.sees_money:
        unpaid = customer_money.unpaid(conn, visitor.customer_id, visit.now, limit=AT_HOME)
        unpaid_count = customer_money.count_unpaid(conn, visitor.customer_id, limit=COUNTED)
    return AtHome(
        found,
        customer_money.count_services(conn, visitor, limit=COUNTED),
        unpaid,
        unpaid_count,
        tuple((day, tuple(theirs)) for day, theirs in groupby(renewing, key=lambda one: one.billed_through)),
        sites_of(found),
    )


def services(visit: ContactVisit) -> Response:
    """`/services?status=&after=`: what the customer has and had, without domains."""
    return _services(visit, domains=False)


def domains(visit: ContactVisit) -> Response:
    """`/domains?status=&after=`: the domains that are registered here, and those that were."""
    return _services(visit, domains=True)


def service(visit: ContactVisit) -> Response:
    """`/services/<no>`: one of them, with its limits, add-ons and documents."""
    found = customer_money.service(visit.conn, visit.visitor, visit.number("number"))
    if found is None:
        raise NoSuchPage
    return visit.page(
        "service.html",
        service=found,
        sites=sites_of((found.line, *found.add_ons)),
        documents=customer_money.documents_of(visit.conn, visit.visitor, found, visit.now),
        action=question_about(visit.site, found.line.name),
    )


def invoices(visit: ContactVisit) -> Response:
    """`/invoices?status=&after=`: all invoices, or those of one standing."""
    _money_alone(visit)
    standing = standing_asked(visit.request.query_params.get("status", ""))
    page = customer_money.list_invoices(visit.conn, visit.visitor, visit.turn, standing=standing, now=visit.now)
    customer_id = visit.visitor.customer_id
    return visit.page(
        "invoices.html",
        page=page,
        standing=standing,
        to_pay=customer_money.open_of(visit.conn, customer_id),
        credit=customer_money.credit_of(visit.conn, customer_id),
    )


def credit(visit: ContactVisit) -> Response:
    """`/credit?after=`: the card that falls due is charged to, and the credit that pays before it, with its history."""
    _money_alone(visit)
    conn, customer_id = visit.conn, visit.visitor.customer_id
    takes_cards = visit.site.settings.payments.is_automatic
    return visit.page(
        "credit.html",
        takes_cards=takes_cards,
        card=paying.card_of(conn, customer_id) if takes_cards else None,
        today=visit.now.astimezone(visit.zone).date(),
        credit=customer_money.credit_of(conn, customer_id),
        page=paying.credit_moves(conn, customer_id, visit.turn),
        actions={verb.name: _command(visit.site, verb.example) for verb in (CARD, REMOVE_CARD, FUNDS)},
    )


def credit_notes(visit: ContactVisit) -> Response:
    """`/credit-notes?after=`: what was taken back."""
    _money_alone(visit)
    page = customer_money.list_credit_notes(visit.conn, visit.visitor, visit.turn, now=visit.now)
    return visit.page("credit-notes.html", page=page)


def invoice(visit: ContactVisit) -> Response:
    """`/invoices/<number>`: one of them as it was issued, with what has been paid and how to pay the rest."""
    return _document(visit, DocumentKind.INVOICE)


def credit_note(visit: ContactVisit) -> Response:
    """`/credit-notes/<number>`: one of them as it was issued, and what it was set against."""
    return _document(visit, DocumentKind.CREDIT_NOTE)


def standing_asked(word: str) -> Standing | None:
    """Which invoices a list is asked for; None for all."""
    return Standing(word) if word in set(Standing) else None


def service_state_asked(word: str) -> State | None:
    """Which services a list is asked for; None for all."""
    return State(word) if word in set(State) else None


def question_about(site: Site, subject: str) -> MailAction:
    """A mail to the first desk about something that has a name."""
    return MailAction("new-ticket", site.desks[0].mailbox.address, subject)


def _services(visit: ContactVisit, *, domains: bool) -> Response:
    state = service_state_asked(visit.request.query_params.get("status", ""))
    conn, visitor = visit.conn, visit.visitor
    page = customer_money.list_services(conn, visitor, visit.turn, state=state, domains=domains)
    return visit.page(
        "domains.html" if domains else "services.html",
        page=page,
        state=state,
        sites=sites_of(page.rows),
        paid=customer_money.last_paid(conn, visitor, page) if domains else {},
        action=question_about(visit.site, ""),
    )


def _command(site: Site, line: str) -> MailAction:
    """A mail that is one command."""
    return MailAction(line, site.desks[0].mailbox.address, line.lstrip("!"), line)


def _transfer_code(document: Document) -> Markup:
    """The QR code of what is open of an invoice; drawn here from checked letters and digits, so it is no text."""
    said, head = document.frozen, document.line
    drawn = transfer_code(
        name=said.seller.name,
        iban=said.seller.iban,
        bic=said.seller.bic,
        reference=said.reference,
        currency=head.currency,
        amount_minor=head.open_minor,
    )
    return Markup(drawn)  # noqa: S704 - squares of segno's


def _document(visit: ContactVisit, kind: DocumentKind) -> Response:
    number = visit.request.path_params["number"]
    found = customer_money.document(visit.conn, visit.visitor, number, kind, visit.now)
    if found is None:
        raise NoSuchPage
    is_open = bool(found.line.open_minor)
    provider = visit.site.settings.payments
    return visit.page(
        "document.html",
        document=found,
        ways=paying.ways_to_pay(visit.conn, visit.visitor.customer_id, found.line.id)
        if is_open and provider.is_automatic
        else None,
        code=_transfer_code(found) if is_open else "",
        action=question_about(visit.site, found.line.number),
        mails=about_invoice.mails_about(visit.conn, found.line.id, visit.visitor),
        ahead=about_invoice.ahead_of(visit.conn, found.line.id, visit.site.settings.billing.ladder, visit.now),
        steps=step_words(visit.words),
    )


def _money_alone(visit: ContactVisit) -> None:
    """To whoever sees no money these pages do not exist. Raises NoSuchPage."""
    if not visit.visitor.sees_money:
        raise NoSuchPage
