"""What a customer's contact sees: home, tickets, mails. Everything there is to do is a mail."""

from sqlalchemy import Connection
from starlette.responses import Response

from mailgate.letters.letter import own_address
from mailgate.mail.address import address_key
from mailgate.mail.address_token import Purpose
from mailgate.mail.link_token import LinkPurpose, LinkToken, Viewer, seal_link
from mailgate.mail.mailto import MailAction
from mailgate.tickets.actions import answer_subject, ticket_actions
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs.customers import RESEND
from store.views import customer_mails, customer_tickets, visitors
from store.views.customer_mails import MailDetail
from store.views.customer_tickets import TicketHead
from store.views.files import File
from store.views.visitors import ContactVisitor
from store.views.weight import cut
from webview.access import FEED_LIFETIME
from webview.files import NotAPicture, download, picture, safe_name
from webview.html_mail import BODY_CSP, inert_html
from webview.money_pages import COUNTED, at_home
from webview.plain import plain
from webview.site import NoSuchPage, Site, Visit

ContactVisit = Visit[ContactVisitor]


def home(visit: ContactVisit) -> Response:
    """`/`: what waits for the customer first, then what else is open, and how much there is."""
    conn, visitor = visit.conn, visit.visitor
    current = customer_tickets.current(conn, visitor)
    return visit.page(
        "home.html",
        waiting=[ticket for ticket in current if ticket.state is State.ANSWERED],
        current=[ticket for ticket in current if ticket.state is not State.ANSWERED],
        unclosed=customer_tickets.count(conn, visitor, unclosed=True, limit=COUNTED),
        tickets=customer_tickets.count(conn, visitor, unclosed=False, limit=COUNTED),
        mails=customer_mails.count(conn, visitor, limit=COUNTED),
        counted=COUNTED,
        money=at_home(visit),
        action=_new_ticket(visit),
    )


def tickets(visit: ContactVisit) -> Response:
    """`/tickets?status=&after=`: all tickets, or those of one state."""
    asked = visit.request.query_params.get("status", "")
    state = State(asked) if asked in set(State) else None
    page = customer_tickets.listing(visit.conn, visit.visitor, state=state, turn=visit.turn)
    return visit.page("tickets.html", page=page, state=state, states=list(State), action=_new_ticket(visit))


def ticket(visit: ContactVisit) -> Response:
    """`/tickets/<no>`: the messages with what happened in between."""
    head = head_of(visit)
    page = customer_tickets.thread(visit.conn, head, visit.turn, visit.tell)
    answer = answer_to(visit.site, visit.conn, visit.visitor, head)
    may_command = (head.takes_part or visit.visitor.is_owner) and not head.merged_into
    commands = ticket_actions(
        head.line.state, to=answer.to, subject=answer.subject, shared=head.takes_part and len(head.readers) > 1
    )
    return visit.page(
        "ticket.html",
        ticket=head,
        page=page,
        action=answer,
        commands=commands if may_command else (),
        feed=feed_path(visit, head.line.id),
    )


def ticket_text(visit: ContactVisit) -> Response:
    """`/tickets/<no>/messages/<entry>.txt`: the whole text of a message that is too long for the page."""
    text = customer_tickets.text_of(visit.conn, visit.visitor, visit.number("number"), visit.number("entry"))
    if text is None:
        raise NoSuchPage
    return plain(text)


def ticket_file(visit: ContactVisit) -> Response:
    """`/tickets/<no>/files/<entry>/<n>`: a file that came or went with a message."""
    file, content = _file(visit)
    name = safe_name(file.filename, fallback=f"file-{file.position + 1}")
    return download(visit.request, content, name=name, digest=file.sha256)


def ticket_picture(visit: ContactVisit) -> Response:
    """`/tickets/<no>/files/<entry>/<n>/picture`: one that is a picture, to be looked at."""
    file, content = _file(visit)
    try:
        return picture(visit.request, content, digest=file.sha256)
    except NotAPicture as error:
        raise NoSuchPage from error


def mails(visit: ContactVisit) -> Response:
    """`/mails?after=`: what we have sent."""
    return visit.page("mails.html", page=customer_mails.listing(visit.conn, visit.visitor, visit.turn))


def mail(visit: ContactVisit) -> Response:
    """`/mails/<id>`: one mail, its text first, its HTML when that is asked for."""
    found = _mail(visit)
    ticket_id = found.ticket_id
    known = ticket_id is not None and customer_tickets.find(visit.conn, visit.visitor, ticket_id) is not None
    as_html = visit.request.query_params.get("view") == "html" and found.sha256 is not None
    html = inert_html(visit.site.archive.load(visit.conn, found.sha256)) if as_html and found.sha256 else None
    text, whole = cut(found.text or "")
    return visit.page(
        "mail.html",
        mail=found,
        ticket_id=ticket_id if known else None,
        text=text,
        whole=whole,
        as_html=as_html,
        html=html,
        action=_resend(visit, found),
    )


def mail_raw(visit: ContactVisit) -> Response:
    """`/mails/<id>.eml`: the mail as it went out, but for what must not be kept (its live links)."""
    found = _mail(visit)
    if found.sha256 is None:
        raise NoSuchPage
    raw = visit.site.archive.load(visit.conn, found.sha256)
    name = f"mail-{found.line.id}.eml"
    return download(visit.request, raw, name=name, digest=found.sha256, content_type="message/rfc822")


def mail_body(visit: ContactVisit) -> Response:
    """`/mails/<id>/body`: the HTML of the mail, for the frame of its page."""
    found = _mail(visit)
    html = inert_html(visit.site.archive.load(visit.conn, found.sha256)) if found.sha256 else None
    if html is None:
        raise NoSuchPage
    response = visit.page("body.html", html=html.html)
    response.headers["Content-Security-Policy"] = BODY_CSP
    return response


def mail_file(visit: ContactVisit) -> Response:
    """`/mails/<id>/files/<n>`: a file that went with the mail."""
    position = visit.number("position")
    file = next((file for file in _mail(visit).files if file.position == position), None)
    if file is None:
        raise NoSuchPage
    content = visit.site.archive.load(visit.conn, file.sha256)
    name = safe_name(file.filename, fallback=f"file-{position + 1}")
    return download(visit.request, content, name=name, digest=file.sha256)


def head_of(visit: ContactVisit) -> TicketHead:
    """The ticket of the path. Raises NoSuchPage."""
    head = customer_tickets.find(visit.conn, visit.visitor, visit.number("number"))
    if head is None:
        raise NoSuchPage
    return head


def _mail(visit: ContactVisit) -> MailDetail:
    found = customer_mails.find(visit.conn, visit.visitor, visit.number("mail"))
    if found is None:
        raise NoSuchPage
    return found


def _new_ticket(visit: ContactVisit) -> MailAction:
    return MailAction("new-ticket", visit.site.desks[0].mailbox.address)


def _resend(visit: ContactVisit, found: MailDetail) -> MailAction | None:
    """Only what went to the visitor's own address comes again, and only what is written."""
    if found.text is None or address_key(found.line.to_address) != visit.visitor.address_key:
        return None
    subject = visit.words.gettext("Mail %(number)s again", number=found.line.id)
    body = f"!{RESEND.name} {found.line.id}\n"
    return MailAction(RESEND.name, visit.site.desks[0].mailbox.address, subject, body)


def answer_to(site: Site, conn: Connection, visitor: ContactVisitor, head: TicketHead) -> MailAction:
    """An answer of this visitor to a ticket."""
    address = own_address(
        site.desk_mailbox(head.desk),
        Purpose.REPLY,
        head.line.id,
        visitor.contact_id,
        visitors.signing_key(conn),
        today=site.clock().date(),
    )
    return MailAction("reply", address, answer_subject(head.line.subject, head.line.id))


def feed_path(visit: ContactVisit, number: int) -> str:
    """The address of a ticket's feed, for this visitor alone."""
    expires_at = visit.now.replace(hour=0, minute=0, second=0, microsecond=0) + FEED_LIFETIME
    visitor = visit.visitor
    token = LinkToken(LinkPurpose.FEED, Viewer.CONTACT, visitor.contact_id, visitor.epoch, "", expires_at)
    return f"/f/{seal_link(token, visitors.signing_key(visit.conn))}/tickets/{number}.atom"


def _file(visit: ContactVisit) -> tuple[File, bytes]:
    number, entry = visit.number("number"), visit.number("entry")
    file = customer_tickets.file(visit.conn, visit.visitor, number, entry, visit.number("position"))
    if file is None:
        raise NoSuchPage
    return file, visit.site.archive.load(visit.conn, file.sha256)
