"""What the staff see of tickets: the queue, and any ticket with notes and what is known of its senders."""

from starlette.responses import Response

from mailgate.letters.letter import own_address
from mailgate.mail.address_token import Purpose
from mailgate.mail.mailto import MailAction
from mailgate.tickets.actions import answer_subject
from mailgate.tickets.ticket import State
from store.views import staff_tickets, visitors
from store.views.staff_tickets import StaffTicketHead
from store.views.visitors import StaffVisitor
from webview.files import download, safe_name
from webview.plain import plain
from webview.site import NoSuchPage, Visit

StaffVisit = Visit[StaffVisitor]

ALL = "all"


def queue(visit: StaffVisit) -> Response:
    """`/staff/?state=&after=`: the open tickets, who has waited longest first; or the tickets of another state."""
    asked = visit.request.query_params.get("state", State.OPEN.value)
    state = State(asked) if asked in set(State) else None if asked == ALL else State.OPEN
    if state is State.OPEN:
        page = staff_tickets.queue(visit.conn, visit.turn)
        length = staff_tickets.queue_length(visit.conn)
    else:
        page = staff_tickets.listing(visit.conn, state=state, turn=visit.turn)
        length = 0
    return visit.page(
        "staff/queue.html",
        page=page,
        state=state,
        states=list(State),
        length=length,
        most=staff_tickets.MOST_COUNTED,
        now=visit.now,
    )


def ticket(visit: StaffVisit) -> Response:
    """`/staff/tickets/<no>`: all of it."""
    head = staff_tickets.find(visit.conn, visit.number("number"))
    if head is None:
        raise NoSuchPage
    page = staff_tickets.thread(visit.conn, head.line.id, visit.turn, visit.tell)
    return visit.page("staff/ticket.html", ticket=head, page=page, actions=_actions(visit, head))


def ticket_text(visit: StaffVisit) -> Response:
    """`/staff/tickets/<no>/messages/<entry>.txt`: the whole text of an entry that is too long for the page."""
    text = staff_tickets.text_of(visit.conn, visit.number("number"), visit.number("entry"))
    if text is None:
        raise NoSuchPage
    return plain(text)


def ticket_file(visit: StaffVisit) -> Response:
    """`/staff/tickets/<no>/files/<entry>/<n>`: a file of an entry."""
    position = visit.number("position")
    file = staff_tickets.file(visit.conn, visit.number("number"), visit.number("entry"), position)
    if file is None:
        raise NoSuchPage
    content = visit.site.archive.load(visit.conn, file.sha256)
    name = safe_name(file.filename, fallback=f"file-{position + 1}")
    return download(visit.request, content, name=name, digest=file.sha256)


def _actions(visit: StaffVisit, head: StaffTicketHead) -> list[MailAction]:
    address = own_address(
        visit.site.desk_mailbox(head.line.desk),
        Purpose.STAFF,
        head.line.id,
        visit.visitor.staff_id,
        visitors.signing_key(visit.conn),
        today=visit.now.date(),
    )
    subject = answer_subject(head.line.subject, head.line.id)
    return [
        MailAction("reply", address, subject),
        MailAction("note", address, subject, "!note\n"),
        MailAction("close", address, subject, "!close\n"),
    ]
