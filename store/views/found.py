"""What a search finds, as lists and pages show it: for staff all, for a customer's contact what they may see anyway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, literal, null, select

from mailgate.billing.document.invoice import DocumentKind
from mailgate.tickets.search_query import Query
from mailgate.tickets.search_words import Piece, snippet
from store.schema import articles, contacts, customers, entries, outbox, search_documents, tickets
from store.search.index import Kind, count_marked
from store.search.match import conditions
from store.views import customer_mails, customer_tickets
from store.views.paging import Listing, Page, Turn
from store.views.visitors import ContactVisitor
from store.views.weight import fitting_lines, line

SNIPPET_SOURCE = 20_000
"""Characters of a text in which a snippet is looked for."""

MOST_UNINDEXED = 10_000

GROUP_ROWS = 5
"""Of each kind on a page that shows all kinds."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    kind: Kind | DocumentKind
    id: int  # number of the ticket, id of the mail, customer, article or document
    title: str
    state: str | None  # of a ticket, a mail or a document
    pieces: tuple[Piece, ...]
    at: datetime
    slug: str = ""  # of an article; the number of a document


@dataclass(frozen=True, slots=True)
class Group:
    """The first of what was found of one kind; `page.onward`: there are more."""

    kind: Kind
    page: Page[Hit]


STAFF_KINDS = (Kind.TICKET, Kind.MAIL, Kind.CUSTOMER, Kind.ARTICLE)
CUSTOMER_KINDS = (Kind.TICKET, Kind.MAIL, Kind.ARTICLE)


def find(
    conn: Connection,
    query: Query,
    kind: Kind,
    turn: Turn,
    *,
    zone: ZoneInfo,
    visitor: ContactVisitor | None = None,
) -> Page[Hit]:
    """A page of what was found of one kind, the latest first. `visitor`: only what this contact may see.

    Days begin in `zone`. Several messages of one ticket on a page are one hit.
    """
    if query.is_empty or (visitor is not None and kind not in CUSTOMER_KINDS):
        return Page((), "", "")
    own = visitor.customer_id if visitor is not None and kind is Kind.TICKET else None
    where = conditions(query, kind, dialect=conn.dialect.name, zone=zone, customer_id=own)
    seen = _visible(kind, visitor) if visitor is not None else ()
    values = _who(visitor) if visitor is not None else {}
    rows = Listing(
        _SOURCES[kind].where(*where, *seen),
        lambda row: _hit(kind, row, query.wanted),
        id=search_documents.c.id,
        at=search_documents.c.at,
        fits=_that_fit,
    ).page(conn, turn, **values)
    once = {hit.id: hit for hit in reversed(rows.rows)}
    kept = [hit for hit in rows.rows if once[hit.id] is hit]
    return Page(tuple(_with_people(conn, kept) if kind is Kind.CUSTOMER else kept), rows.onward, rows.back)


def groups(
    conn: Connection, query: Query, *, zone: ZoneInfo, visitor: ContactVisitor | None = None
) -> tuple[Group, ...]:
    """The first few of each kind that has any; `page.onward` says that there are more."""
    found = []
    for kind in STAFF_KINDS if visitor is None else CUSTOMER_KINDS:
        page = find(conn, query, kind, Turn(), zone=zone, visitor=visitor)
        if page.rows:
            more = "more" if page.onward or len(page.rows) > GROUP_ROWS else ""
            found.append(Group(kind, Page(page.rows[:GROUP_ROWS], more, "")))
    return tuple(found)


def unindexed(conn: Connection) -> int:
    """How many rows are not to be found yet; of more than MOST_UNINDEXED only that there are more."""
    return count_marked(conn, limit=MOST_UNINDEXED + 1)


def numbered(conn: Connection, query: Query, *, visitor: ContactVisitor | None = None) -> tuple[Hit, ...]:
    """The ticket, and for staff the customer, that has the number which was typed."""
    if query.number is None:
        return ()
    found = []
    if visitor is None:
        row = conn.execute(
            select(tickets.c.subject, tickets.c.state, tickets.c.updated_at).where(tickets.c.id == query.number)
        ).first()
        if row is not None:
            found.append(Hit(Kind.TICKET, query.number, line(row.subject), row.state, (), row.updated_at))
        person = conn.execute(
            select(customers.c.name, customers.c.created_at).where(customers.c.id == query.number)
        ).first()
        if person is not None:
            found.append(Hit(Kind.CUSTOMER, query.number, line(person.name), None, (), person.created_at))
        return tuple(found)
    head = customer_tickets.find(conn, visitor, query.number)
    if head is None:
        return ()
    return (Hit(Kind.TICKET, head.line.id, head.line.subject, head.line.state.value, (), head.line.updated_at),)


def _visible(kind: Kind, visitor: ContactVisitor) -> tuple[ColumnElement[bool], ...]:
    match kind:
        case Kind.TICKET:
            return (customer_tickets.VISIBLE[visitor.is_owner], customer_tickets.IS_MESSAGE)
        case Kind.MAIL:
            return (customer_mails.VISIBLE[visitor.is_owner],)
        case _:
            return ()


def _who(visitor: ContactVisitor) -> Mapping[str, Any]:
    return {
        "customer_id": visitor.customer_id,
        "contact_id": visitor.contact_id,
        "own_key": visitor.address_key,
    }


def _hit(kind: Kind, row: RowMapping, wanted: Sequence[str]) -> Hit:
    return Hit(
        kind=kind,
        id=row["object_id"],
        title=line(row["title"]),
        state=row["state"],
        pieces=snippet(row["text"] or "", wanted),
        at=row["at"],
        slug=row["slug"] or "",
    )


def _with_people(conn: Connection, hits: Sequence[Hit]) -> list[Hit]:
    query = select(contacts.c.customer_id, contacts.c.name, contacts.c.address).order_by(contacts.c.id)
    people: dict[int, list[str]] = {hit.id: [] for hit in hits}
    for row in conn.execute(query.where(contacts.c.customer_id.in_(people))):
        people[row.customer_id].append(f"{row.name} <{row.address}>")
    return [
        Hit(hit.kind, hit.id, hit.title, None, (Piece(line(", ".join(people[hit.id])), False),), hit.at) for hit in hits
    ]


def _that_fit(rows: Sequence[Hit]) -> int:
    return fitting_lines([(row.title, *(piece.text for piece in row.pieces)) for row in rows])


_PLACE = (search_documents.c.id, search_documents.c.at)
_SOURCES: Mapping[Kind, Select[Any]] = {
    Kind.TICKET: select(
        *_PLACE,
        tickets.c.id.label("object_id"),
        tickets.c.subject.label("title"),
        tickets.c.state.label("state"),
        func.substr(entries.c.text, 1, SNIPPET_SOURCE).label("text"),
        literal("").label("slug"),
    )
    .join(tickets, tickets.c.id == search_documents.c.ticket_id)
    .join(entries, entries.c.id == search_documents.c.row_id),
    Kind.MAIL: select(
        *_PLACE,
        outbox.c.id.label("object_id"),
        outbox.c.subject.label("title"),
        outbox.c.state.label("state"),
        func.substr(outbox.c.text, 1, SNIPPET_SOURCE).label("text"),
        literal("").label("slug"),
    ).join(outbox, outbox.c.id == search_documents.c.row_id),
    Kind.CUSTOMER: select(
        *_PLACE,
        customers.c.id.label("object_id"),
        customers.c.name.label("title"),
        null().label("state"),
        literal("").label("text"),
        literal("").label("slug"),
    ).join(customers, customers.c.id == search_documents.c.row_id),
    Kind.ARTICLE: select(
        *_PLACE,
        articles.c.id.label("object_id"),
        articles.c.title.label("title"),
        null().label("state"),
        func.substr(articles.c.markdown, 1, SNIPPET_SOURCE).label("text"),
        articles.c.slug.label("slug"),
    ).join(articles, articles.c.id == search_documents.c.row_id),
}
