"""The queue as a feed: for programs of staff, which have no cookie but a link that is made for them."""

from starlette.requests import Request
from starlette.responses import Response

from mailgate.language.telling import moment, speaking
from mailgate.mail.link_token import LinkPurpose, LinkToken, Viewer, seal_link, unseal_link
from mailgate.tickets.ticket import Priority
from store.engine import reading
from store.views import staff_queue, visitors
from store.views.paging import NEWEST, Turn
from store.views.staff_queue import StaffTicketLine
from store.views.visitors import StaffVisitor
from webview.access import FEED_LIFETIME, visitor_of
from webview.atom import Feed, Item, as_atom
from webview.queue_filter import asked_in
from webview.site import STAFF_HOME, NoSuchPage, Site, Visit
from webview.words import Words


def queue_feed_path(visit: Visit[StaffVisitor], query: str) -> str:
    """The address of the feed of what this query leaves of the queue, for this visitor alone."""
    expires_at = visit.now.replace(hour=0, minute=0, second=0, microsecond=0) + FEED_LIFETIME
    visitor = visit.visitor
    token = LinkToken(LinkPurpose.FEED, Viewer.STAFF, visitor.staff_id, visitor.epoch, "", expires_at)
    return f"/f/{seal_link(token, visitors.signing_key(visit.conn))}/staff/queue.atom?{query}"


def queue_feed(site: Site, request: Request) -> Response:
    """`/f/<word>/staff/queue.atom?with=&desk=&tag=&priority=`: open tickets, for whoever has the word.

    Who waits since the latest comes first. A ticket that is open once more is a new item: somebody should look.
    """
    with reading(site.engine) as conn:
        keys = visitors.verifying_keys(conn)
        token = unseal_link(request.path_params["word"], keys, purpose=LinkPurpose.FEED, now=site.clock())
        visitor = visitor_of(conn, token) if token else None
        if not isinstance(visitor, StaffVisitor):
            raise NoSuchPage
        asked = asked_in({**request.query_params, "state": ""}, [desk.name for desk in site.desks])
        page = staff_queue.listing(conn, asked.filter_for(visitor.staff_id), Turn(before=NEWEST))
    gate, public = site.settings.gate, site.settings.web.public_url
    reader = site.reader(visitor)
    words = site.rendering.words_for(reader)
    with speaking(words.language, reader.timezone, at=reader.at):
        items = [_item(line, words, domain=gate.domain, url=public) for line in reversed(page.rows)]
    about = Feed(
        id=f"tag:{gate.domain},2026:queue-of-{visitor.staff_id}?{asked.query}",
        title=words.gettext("Queue of %(company)s", company=gate.company),
        updated_at=max([item.updated_at for item in items], default=site.clock()),
        own_url=f"{public}{request.url.path}?{asked.query}",
        page_url=f"{public}{STAFF_HOME}?{asked.query}",
    )
    return Response(as_atom(about, items), media_type="application/atom+xml")


def _item(line: StaffTicketLine, words: Words, *, domain: str, url: str) -> Item:
    who = line.customer or words.gettext("not registered")
    mark = f"{words.gettext('Urgent')}: " if line.priority is Priority.URGENT else ""
    said = [
        words.gettext("%(name)s waits since %(at)s.", name=who, at=moment(line.at)),
        words.gettext("With %(name)s.", name=line.assignee) if line.assignee else words.gettext("Nobody has it."),
        words.gettext("Desk: %(name)s.", name=line.desk),
        *([words.gettext("Tags: %(names)s.", names=", ".join(line.tags))] if line.tags else ()),
    ]
    return Item(
        id=f"tag:{domain},{line.at.date()}:ticket-{line.id}-waits-{line.at:%H%M%S}",
        title=f"{mark}{line.subject} [#{line.id}]",
        updated_at=line.at,
        author=who,
        url=f"{url}{STAFF_HOME}tickets/{line.id}",
        text=" ".join(said),
    )
