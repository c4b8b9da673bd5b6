"""Searching: customers in what they may see, staff in everything. The whole question is in the URL."""

from typing import TypeVar

from starlette.responses import Response

from mailgate.tickets.search_query import MAX_LENGTH, narrowing_parts, read_query
from store.search.index import Kind
from store.views import found
from store.views.found_documents import documents
from store.views.paging import Turn
from store.views.visitors import ContactVisitor, StaffVisitor
from webview.site import Visit

_MANY = 100
"""Rows that are not indexed yet: with so many something was moved in, or the index is made anew."""

V = TypeVar("V", ContactVisitor, StaffVisitor)


def search(visit: Visit[ContactVisitor]) -> Response:
    """`/search?q=&kind=&after=`: what a contact may see."""
    return _page(visit, "search.html", found.CUSTOMER_KINDS, visit.visitor)


def staff_search(visit: Visit[StaffVisitor]) -> Response:
    """`/staff/search?q=&kind=&after=`: everything, notes too."""
    return _page(visit, "staff/search.html", found.STAFF_KINDS, None)


def _page(visit: Visit[V], template: str, kinds: tuple[Kind, ...], visitor: ContactVisitor | None) -> Response:
    """The first few of each kind, or a page of one kind that was asked for."""
    asked = visit.request.query_params.get("q", "")[:MAX_LENGTH]
    kind = next((one for one in kinds if one.value == visit.request.query_params.get("kind", "")), None)
    query = read_query(asked)
    zone = visit.site.settings.gate.zone
    if kind is None:
        groups = found.groups(visit.conn, query, zone=zone, visitor=visitor)
    else:
        page = found.find(visit.conn, query, kind, visit.turn, zone=zone, visitor=visitor)
        groups = (found.Group(kind, page),)
    numbered: tuple[found.Hit, ...] = ()
    if visit.turn == Turn():
        numbered = found.numbered(visit.conn, query, visitor=visitor) + documents(visit.conn, asked, visitor=visitor)
    is_nothing = not numbered and not any(group.page.rows for group in groups)
    behind = found.unindexed(visit.conn)
    return visit.page(
        template,
        asked=asked,
        query=query,
        kind=kind,
        kinds=kinds,
        groups=groups,
        numbered=numbered,
        is_nothing=is_nothing,
        narrowing=narrowing_parts(asked),
        # A few rows are always on their way; they matter to whoever does not find them.
        behind=behind if is_nothing or behind >= _MANY else 0,
        most_behind=found.MOST_UNINDEXED,
    )
