"""What the staff see of tickets: the queue, and any ticket with notes and what is known of its senders."""

from starlette.requests import Request
from starlette.responses import Response

from mailgate.letters.letter import own_address
from mailgate.mail.address_token import Purpose
from mailgate.mail.mailto import MailAction
from mailgate.people import Staff
from mailgate.tickets.actions import answer_subject, hand_overs, staff_actions
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs.staff import Standing
from store.views import staff_queue, staff_tickets, visitors
from store.views.colleagues import colleagues
from store.views.files import File
from store.views.staff_tickets import StaffTicketHead
from store.views.visitors import StaffVisitor
from webview.files import NotAPicture, download, picture, safe_name
from webview.plain import plain
from webview.queue_filter import PARTS, asked_in
from webview.site import NoSuchPage, Visit
from webview.staff_feed import queue_feed_path

StaffVisit = Visit[StaffVisitor]

_MOST_NAMED = 12
"""Colleagues to whom a ticket is given by a button of their own."""


def queue(visit: StaffVisit) -> Response:
    """`/staff/?state=&with=&desk=&tag=&priority=&after=`: the open tickets, who has waited longest first, or others."""
    desks = [desk.name for desk in visit.site.desks]
    asked = asked_in(visit.request.query_params, desks)
    wanted = asked.filter_for(visit.visitor.staff_id)
    is_open = wanted.state is State.OPEN
    return visit.page(
        "staff/queue.html",
        page=staff_queue.listing(visit.conn, wanted, visit.turn),
        length=staff_queue.count_open(visit.conn, wanted) if is_open else 0,
        most=staff_queue.MOST_COUNTED,
        asked=asked,
        state=wanted.state,
        narrowed=not is_short(visit.request),
        states=list(State),
        desks=desks if len(desks) > 1 else [],
        names={one.id: one.name for one in colleagues(visit.conn)} if asked.whose.isdigit() else {},
        feed=queue_feed_path(visit, asked.query),
        now=visit.now,
    )


def is_short(request: Request) -> bool:
    """The list is read at once: what a filter leaves of a state may have to be looked for among all that are in it."""
    return not any(request.query_params.get(part) for part in PARTS)


def ticket(visit: StaffVisit) -> Response:
    """`/staff/tickets/<no>`: all of it."""
    head = staff_tickets.find(visit.conn, visit.number("number"))
    if head is None:
        raise NoSuchPage
    page = staff_tickets.thread(visit.conn, head.line.id, visit.turn, visit.tell)
    staff = colleagues(visit.conn)
    return visit.page(
        "staff/ticket.html",
        ticket=head,
        page=page,
        followers=[one.name for one in staff if one.id in head.followers],
        **_actions(visit, head, staff),
    )


def ticket_text(visit: StaffVisit) -> Response:
    """`/staff/tickets/<no>/messages/<entry>.txt`: the whole text of an entry that is too long for the page."""
    text = staff_tickets.text_of(visit.conn, visit.number("number"), visit.number("entry"))
    if text is None:
        raise NoSuchPage
    return plain(text)


def ticket_file(visit: StaffVisit) -> Response:
    """`/staff/tickets/<no>/files/<entry>/<n>`: a file of an entry."""
    file, content = _file(visit)
    name = safe_name(file.filename, fallback=f"file-{file.position + 1}")
    return download(visit.request, content, name=name, digest=file.sha256)


def ticket_picture(visit: StaffVisit) -> Response:
    """`/staff/tickets/<no>/files/<entry>/<n>/picture`: one that is a picture, to be looked at."""
    file, content = _file(visit)
    try:
        return picture(visit.request, content, digest=file.sha256)
    except NotAPicture as error:
        raise NoSuchPage from error


def _actions(visit: StaffVisit, head: StaffTicketHead, staff: tuple[Staff, ...]) -> dict[str, object]:
    """The mails that the page has ready; of a ticket that is part of another only words, which join that one."""
    address = own_address(
        visit.site.desk_mailbox(head.line.desk),
        Purpose.STAFF,
        head.line.id,
        visit.visitor.staff_id,
        visitors.signing_key(visit.conn),
        today=visit.now.date(),
    )
    subject = answer_subject(head.line.subject, head.line.id)
    answer = MailAction("reply", address, subject)
    if head.merged_into:
        return {"answer": answer, "actions": (), "hand_overs": ()}
    me = visit.visitor.staff_id
    standing = Standing(head.line.state, head.line.assignee_id == me, me in head.followers, me in head.muted_by)
    others = tuple(one for one in staff if one.id not in (me, head.line.assignee_id))
    return {
        "answer": answer,
        "actions": staff_actions(standing, head.line.priority, to=address, subject=subject),
        "hand_overs": hand_overs(others[:_MOST_NAMED], staff, to=address, subject=subject),
    }


def _file(visit: StaffVisit) -> tuple[File, bytes]:
    number, entry = visit.number("number"), visit.number("entry")
    file = staff_tickets.file(visit.conn, number, entry, visit.number("position"))
    if file is None:
        raise NoSuchPage
    return file, visit.site.archive.load(visit.conn, file.sha256)
