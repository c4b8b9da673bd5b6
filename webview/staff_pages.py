"""What the staff see of tickets: the queue, and any ticket with notes and what is known of its senders."""

from starlette.responses import Response

from mailgate.tickets.ticket import State
from store.views import staff_tickets
from store.views.visitors import StaffVisitor
from webview import staff_actions
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
    actions = staff_actions.on_ticket(visit, head)
    by_name = {one.name: one for one in actions}
    return visit.page("staff/ticket.html", ticket=head, page=page, actions=actions, by_name=by_name)


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
