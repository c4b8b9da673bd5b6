"""A query as conditions on documents; the one place that knows two dialects of full-text search."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, column, false, func, literal, literal_column, or_, select, table

from mailgate.tickets.search_query import Query, Term
from store.schema import search_documents, tickets
from store.search.index import Kind, facet

MOST_MATCHES = 20_000
"""Of a word that nearly everything has, SQLite looks at so many of the latest documents."""

_SQLITE_INDEX = table("search_index", column("rowid"), column("search_index"))


def conditions(
    query: Query, kind: Kind, *, dialect: str, zone: ZoneInfo, customer_id: int | None = None
) -> tuple[ColumnElement[bool], ...]:
    """What documents of a kind must fulfil; statuses and desks need `tickets` joined. `customer_id`: only of these.

    Days begin in `zone`.
    """
    facets = [Term((facet("kind", kind.value),), is_prefix=False)]
    if customer_id is not None:
        facets.append(Term((facet("customer", customer_id),), is_prefix=False))
    found = [
        search_documents.c.kind == kind.value,
        _has_words([*query.terms, *facets], query.without, dialect),
    ]
    if query.is_of_tickets and kind is not Kind.TICKET:
        return (false(),)
    if query.status is not None:
        found.append(tickets.c.state == query.status.value)
    if query.desk is not None:
        found.append(func.lower(tickets.c.desk) == query.desk)
    if query.has_file:
        found.append(search_documents.c.has_file)
    if query.before is not None:
        found.append(search_documents.c.at < literal(_begin(query.before, zone), search_documents.c.at.type))
    if query.after is not None:
        found.append(search_documents.c.at >= literal(_begin(query.after, zone), search_documents.c.at.type))
    found += [search_documents.c.people.contains(f" {word}") for word in query.author]
    if query.customer:
        found.append(search_documents.c.customer_id.in_(_customers(query.customer)))
    return tuple(found)


def _customers(words: Sequence[str]) -> Select[tuple[int | None]]:
    other = search_documents.alias("of_customers")
    named = [other.c.people.contains(f" {word}") for word in words]
    number = words[0] if len(words) == 1 and words[0].isascii() and words[0].isdigit() else None
    is_it = or_(*([other.c.row_id == int(number)] if number and len(number) < 19 else []), and_(*named))
    return select(other.c.customer_id).where(other.c.kind == Kind.CUSTOMER.value, is_it)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:  # the first day of all began, east of Greenwich, before there was a day
        return datetime.combine(day, time(), UTC)


def _has_words(terms: Sequence[Term], without: Sequence[Term], dialect: str) -> ColumnElement[bool]:
    """The document has all of these words and none of those.

    PostgreSQL knows how many documents have a word: of a rare one it asks the index of words, of a common one it walks
    through the latest documents until a page is full. SQLite knows no such thing, and gets the latest MOST_MATCHES.
    """
    if dialect == "postgresql":
        wanted = " & ".join([*map(_tsquery, terms), *(f"!{_tsquery(term)}" for term in without)])
        vector: ColumnElement[Any] = literal_column("search_documents.vector")  # made of the words by PostgreSQL itself
        return vector.op("@@", is_comparison=True)(func.to_tsquery("simple", wanted))
    wanted = " AND ".join(map(_fts5, terms))
    if without:
        wanted = f"({wanted}) NOT ({' OR '.join(map(_fts5, without))})"
    hits = select(_SQLITE_INDEX.c.rowid).where(_SQLITE_INDEX.c.search_index.op("MATCH")(wanted))
    return search_documents.c.id.in_(hits.order_by(_SQLITE_INDEX.c.rowid.desc()).limit(MOST_MATCHES))


# Words have nothing but letters and digits in them: neither language has a way to read them as anything else.
def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}'


def _tsquery(term: Term) -> str:
    return f"({' <-> '.join(term.words)}{':*' if term.is_prefix else ''})"
