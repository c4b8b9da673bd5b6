"""A customer's ticket to take away: `.mbox`, `.txt`, a message as `.eml`, and a feed for programs without a cookie."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mailgate.mail.link_token import LinkPurpose, unseal_link
from mailgate.tickets.wording import Tell
from store.engine import reading
from store.views import customer_tickets, visitors
from store.views.customer_tickets import ThreadEntry, TicketHead
from store.views.paging import NEWEST, Turn
from store.views.visitors import ContactVisitor
from webview.access import visitor_of
from webview.customer_pages import ContactVisit, answer_to, head_of
from webview.files import DOWNLOAD_CSP, download
from webview.plain import plain
from webview.site import NoSuchPage, Site
from webview.thread_mail import Thread, as_feed, as_mail, as_text, in_mbox

_FEED_ENTRIES = 50


def mbox(visit: ContactVisit) -> Response:
    """`/tickets/<no>.mbox`: every message with its files, as mails."""
    head = head_of(visit)
    thread = thread_of(visit.site, visit.conn, visit.visitor, head)
    site, visitor = visit.site, visit.visitor

    def mails() -> Iterator[bytes]:  # sent as they are made: together they may be larger than any memory
        with reading(site.engine) as conn:
            for entry in _entries(conn, visitor, head, visit.tell):
                if not entry.is_event:
                    yield in_mbox(_mail(site, conn, thread, entry), entry.at)

    name = f"ticket-{head.line.id}.mbox"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": DOWNLOAD_CSP}
    return StreamingResponse(mails(), media_type="application/mbox", headers=headers)


def text(visit: ContactVisit) -> Response:
    """`/tickets/<no>.txt`: the whole conversation, audit lines included."""
    head = head_of(visit)
    thread = replace(thread_of(visit.site, visit.conn, visit.visitor, head), zone=visit.zone)
    return plain("".join(as_text(thread, _entries(visit.conn, visit.visitor, head, visit.tell))))


def message(visit: ContactVisit) -> Response:
    """`/tickets/<no>/messages/<entry>.eml`: one message as a mail."""
    head = head_of(visit)
    wanted = visit.number("entry")
    entry = next((one for one in _entries(visit.conn, visit.visitor, head, visit.tell) if one.id == wanted), None)
    if entry is None or entry.is_event:
        raise NoSuchPage
    raw = _mail(visit.site, visit.conn, thread_of(visit.site, visit.conn, visit.visitor, head), entry)
    name = f"ticket-{head.line.id}-{entry.id}.eml"
    digest = f"{head.line.id}-{entry.id}-{visit.visitor.contact_id}-{visit.now.date()}"  # its Reply-To is of this day
    return download(visit.request, raw, name=name, digest=digest, content_type="message/rfc822")


def feed(site: Site, request: Request) -> Response:
    """`/f/<word>/tickets/<no>.atom`: the newest messages of a ticket, for whoever has the word."""
    with reading(site.engine) as conn:
        visitor = _subscriber(site, conn, request.path_params["word"])
        head = customer_tickets.find(conn, visitor, int(request.path_params["number"])) if visitor else None
        if visitor is None or head is None:
            raise NoSuchPage
        tell = site.phrasebook.of(visitor.language).told_in(visitor.timezone, at=site.clock())
        page = customer_tickets.thread(conn, head, Turn(before=NEWEST), tell)
        entries = [entry for entry in page.rows if not entry.is_event][-_FEED_ENTRIES:]
        thread = thread_of(site, conn, visitor, head)
        own_url = f"{site.settings.web.public_url}{request.url.path}"
        return Response(as_feed(thread, entries, own_url=own_url), media_type="application/atom+xml")


def thread_of(site: Site, conn: Connection, visitor: ContactVisitor, head: TicketHead) -> Thread:
    """What mails and feeds of a ticket have in common."""
    action = answer_to(site, conn, visitor, head)
    gate = site.settings.gate
    return Thread(
        head=head,
        company=gate.company,
        desk=site.desk_mailbox(head.desk),
        answer_to=action.to,
        subject=action.subject,
        domain=gate.domain,
        url=f"{site.settings.web.public_url}/tickets/{head.line.id}",
        zone=gate.zone,
        words=site.rendering.words_for(site.reader(visitor)),
    )


def _subscriber(site: Site, conn: Connection, word: str) -> ContactVisitor | None:
    token = unseal_link(word, visitors.verifying_keys(conn), purpose=LinkPurpose.FEED, now=site.clock())
    visitor = visitor_of(conn, token) if token else None
    return visitor if isinstance(visitor, ContactVisitor) else None


def _entries(conn: Connection, visitor: ContactVisitor, head: TicketHead, tell: Tell) -> Iterator[ThreadEntry]:
    """The whole thread, each text uncut, as the pages of the ticket would show it."""
    turn = Turn()
    while True:
        page = customer_tickets.thread(conn, head, turn, tell)
        for entry in page.rows:
            yield entry if entry.whole else _uncut(conn, visitor, head, entry)
        if not page.onward:
            return
        turn = Turn(after=page.onward)


def _uncut(conn: Connection, visitor: ContactVisitor, head: TicketHead, entry: ThreadEntry) -> ThreadEntry:
    whole = customer_tickets.text_of(conn, visitor, head.line.id, entry.id)
    return replace(entry, text=entry.text if whole is None else whole, whole=True)


def _mail(site: Site, conn: Connection, thread: Thread, entry: ThreadEntry) -> bytes:
    return as_mail(thread, entry, (site.archive.load(conn, file.sha256) for file in entry.files))
