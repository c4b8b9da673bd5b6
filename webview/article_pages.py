"""The knowledge base: pages that everybody may read, and search."""

from starlette.requests import Request
from starlette.responses import Response

from mailgate.mail.mailto import MailAction
from mailgate.tickets.search_query import MAX_LENGTH, read_query
from store.engine import reading
from store.search.index import Kind
from store.views import found, knowledge
from store.views.paging import Turn
from webview.article_html import article_html
from webview.site import NoSuchPage, Site


def articles(site: Site, request: Request) -> Response:
    """`/kb?q=&after=`: all articles, or those in which words were found."""
    _must_be_on(site)
    asked = request.query_params.get("q", "")[:MAX_LENGTH]
    turn = Turn(request.query_params.get("after", ""), request.query_params.get("before", ""))
    query = read_query(asked)
    with reading(site.engine) as conn:
        session = site.session(request, conn)
        hits = found.find(conn, query, Kind.ARTICLE, turn, zone=site.settings.gate.zone)
        page = knowledge.listing(conn, turn)
    return site.open_page(
        request,
        "articles.html",
        session,
        asked=asked,
        query=query,
        page=hits if asked else page,
        action=MailAction("new-ticket", site.desks[0].mailbox.address),
    )


def article(site: Site, request: Request) -> Response:
    """`/kb/<slug>`: one article."""
    _must_be_on(site)
    with reading(site.engine) as conn:
        session = site.session(request, conn)
        shown = knowledge.find(conn, request.path_params["slug"])
    if shown is None:
        raise NoSuchPage
    reader = site.reader(session.visitor if session else None, request.headers.get("accept-language", ""))
    words = site.rendering.words_for(reader)
    return site.open_page(
        request,
        "article.html",
        session,
        article=shown,
        html=article_html(shown.markdown),
        action=MailAction("ask", site.desks[0].mailbox.address, words.gettext("About: %(title)s", title=shown.title)),
    )


def _must_be_on(site: Site) -> None:
    if site.settings.knowledge_base.folder is None:
        raise NoSuchPage
