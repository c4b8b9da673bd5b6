"""What the staff see of customers and money: a customer with all that it has, any service, and any document."""

from starlette.responses import Response

from mailgate.billing.document.invoice import DocumentKind
from store.views import about_invoice, invoice_filter, money_queues, paying, staff_money, time_given
from store.views import bank_lines as bank
from store.views.invoice_filter import InvoiceFilter
from store.views.paging import Turn
from store.views.staff_money import CustomerHead
from store.views.visitors import StaffVisitor
from webview import staff_actions
from webview.invoice_query import asked_in, narrowed_by, query_of
from webview.ladder import step_words
from webview.money_pages import service_state_asked
from webview.site import NoSuchPage, Visit
from webview.sites import sites_of

StaffVisit = Visit[StaffVisitor]

MOST_SHOWN = 10
"""Services, domains and invoices each on the page of a customer; lists of their own have the rest."""


def customer(visit: StaffVisit) -> Response:
    """`/staff/customers/<no>`: who it is, what it has, what it owes."""
    head, conn = _head(visit), visit.conn
    services, domains = (
        staff_money.list_services(conn, head.id, Turn(), state=None, domains=domains).rows[: MOST_SHOWN + 1]
        for domains in (False, True)
    )
    invoices = staff_money.list_invoices(conn, Turn(), standing=None, customer_id=head.id, now=visit.now)
    return visit.page(
        "staff/customer.html",
        customer=head,
        services=services,
        domains=domains,
        invoices=invoices.rows[: MOST_SHOWN + 1],
        open_invoices=staff_money.open_invoices(conn, head.id, visit.now, limit=MOST_SHOWN),
        most=MOST_SHOWN,
        sites=sites_of((*services, *domains)),
        tickets=staff_money.tickets_of(conn, head.id),
        notes=staff_money.notes_on(conn, head.id),
        mails=staff_money.mails_to(conn, head.id),
        card=paying.card_of(conn, head.id),
        today=visit.now.astimezone(visit.zone).date(),
        times=time_given.of_customer(conn, head.id),
        actions=() if head.removed_at else staff_actions.on_customer(visit, head),
    )


def credit_of(visit: StaffVisit) -> Response:
    """`/staff/customers/<no>/credit?after=`: what came to a customer's credit, and went from it."""
    head = _head(visit)
    page = paying.credit_moves(visit.conn, head.id, visit.turn)
    return visit.page("staff/credit.html", customer=head, credit=head.credit, page=page)


def money(visit: StaffVisit) -> Response:
    """`/staff/money`: what is under way, what did not come, what is to go back, and what waits for a decision."""
    return visit.page("staff/money.html", money=money_queues.look(visit.conn, visit.now), most=money_queues.MOST)


def services(visit: StaffVisit) -> Response:
    """`/staff/customers/<no>/services?status=&after=`: what a customer has and had, without domains."""
    return _services(visit, domains=False)


def domains(visit: StaffVisit) -> Response:
    """`/staff/customers/<no>/domains?status=&after=`: the domains of a customer."""
    return _services(visit, domains=True)


def service(visit: StaffVisit) -> Response:
    """`/staff/services/<no>`: one service."""
    found = staff_money.service(visit.conn, visit.number("number"))
    if found is None:
        raise NoSuchPage
    return visit.page(
        "staff/service.html",
        service=found,
        sites=sites_of((found.line, *found.add_ons)),
        documents=staff_money.documents_of(visit.conn, found, visit.now),
    )


def invoices(visit: StaffVisit) -> Response:
    """`/staff/invoices?status=&age=&month=&currency=&after=`: invoices of all customers.

    Of a month credit notes are listed, too.
    """
    return _invoices(visit, None)


def invoices_of(visit: StaffVisit) -> Response:
    """`/staff/customers/<no>/invoices?status=&after=`: those of one."""
    return _invoices(visit, _head(visit))


def bank_lines(visit: StaffVisit) -> Response:
    """`/staff/bank?after=`: lines of the bank that wait for a decision."""
    return visit.page("staff/bank.html", page=bank.waiting(visit.conn, visit.turn))


def invoice(visit: StaffVisit) -> Response:
    """`/staff/invoices/<number>`: one invoice."""
    return _document(visit, DocumentKind.INVOICE)


def credit_note(visit: StaffVisit) -> Response:
    """`/staff/credit-notes/<number>`: one credit note."""
    return _document(visit, DocumentKind.CREDIT_NOTE)


def _head(visit: StaffVisit) -> CustomerHead:
    head = staff_money.customer(visit.conn, visit.number("number"))
    if head is None:
        raise NoSuchPage
    return head


def _services(visit: StaffVisit, *, domains: bool) -> Response:
    head = _head(visit)
    state = service_state_asked(visit.request.query_params.get("status", ""))
    page = staff_money.list_services(visit.conn, head.id, visit.turn, state=state, domains=domains)
    return visit.page(
        "staff/services.html",
        customer=head,
        domains=domains,
        page=page,
        state=state,
        sites=sites_of(page.rows),
    )


def _invoices(visit: StaffVisit, head: CustomerHead | None) -> Response:
    asked = asked_in(visit.request.query_params)
    if head is not None:
        asked = InvoiceFilter(asked.standing)
        page = staff_money.list_invoices(
            visit.conn, visit.turn, standing=asked.standing, customer_id=head.id, now=visit.now
        )
    else:
        page = invoice_filter.listing(visit.conn, visit.turn, asked, visit.now)
    return visit.page(
        "staff/invoices.html",
        customer=head,
        page=page,
        names=staff_money.names_of(visit.conn, page),
        standing=asked.standing,
        narrowed=narrowed_by(asked, visit),
        query=query_of(asked),
    )


def _document(visit: StaffVisit, kind: DocumentKind) -> Response:
    found = staff_money.document(visit.conn, visit.request.path_params["number"], kind, visit.now)
    if found is None:
        raise NoSuchPage
    return visit.page(
        "staff/document.html",
        document=found,
        mails=about_invoice.mails_about(visit.conn, found.line.id, None),
        ahead=about_invoice.ahead_of(visit.conn, found.line.id, visit.site.settings.billing.ladder, visit.now),
        steps=step_words(visit.words),
    )
