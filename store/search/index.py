"""What is searched: a document for each entry, mail, customer and article.

Writing a row marks it, in the row's own transaction; the sweep makes its document a moment later. Making it at once
would have every mail wait for it: words and index cost a tenth of what a mail costs in all.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects import postgresql

from mailgate.letters.kind import SEARCHED
from mailgate.tickets.search_words import joined, words_of
from mailgate.tickets.ticket import EntryKind
from store import locks
from store.engine import insert_once
from store.schema import (
    articles,
    attachments,
    contacts,
    customers,
    entries,
    outbox,
    search_documents,
    search_marks,
    tickets,
)


class Kind(StrEnum):
    """What a document was made from."""

    TICKET = "ticket"  # an entry of one: a message or a note
    MAIL = "mail"  # a mail of ours to a customer
    CUSTOMER = "customer"
    ARTICLE = "kb"


_MARK_AND_LOCK = postgresql.insert(search_marks).on_conflict_do_update(
    index_elements=search_marks.primary_key, set_={"row_id": search_marks.c.row_id}
)


def mark(conn: Connection, kind: Kind, row_id: int) -> None:
    """This row was written, or is no longer what it was: called in the transaction that does it.

    Who makes the document meanwhile waits for the commit, also where the mark was there before.
    """
    row = {"kind": kind.value, "row_id": row_id}
    if locks.has_one_writer(conn):
        insert_once(conn, search_marks, row)
    else:
        conn.execute(_MARK_AND_LOCK, row)


def remove(conn: Connection, kind: Kind, row_ids: Sequence[int]) -> None:
    """Take rows out of the index, in the transaction that erases them."""
    for table in (search_documents, search_marks):
        conn.execute(delete(table).where(table.c.kind == kind.value, table.c.row_id.in_(row_ids)))


def wipe(conn: Connection) -> None:
    """Leave no trace of what was removed: SQLite keeps words of deleted documents until it next merges its index."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("INSERT INTO search_index(search_index) VALUES ('optimize')")


def count_marked(conn: Connection, *, limit: int) -> int:
    """How many rows wait to be indexed; `limit` means that many or more."""
    waiting = select(search_marks.c.row_id).limit(limit).subquery()
    return conn.execute(select(func.count()).select_from(waiting)).scalar_one()


def index_marked(conn: Connection, *, limit: int) -> int:
    """Make the documents of so many marked rows; returns how many marks are done with. What is gone is taken out."""
    locks.hold(conn, ("search index",))
    marked = conn.execute(select(search_marks.c.kind, search_marks.c.row_id).limit(limit)).all()
    for kind in Kind:
        ids = [row.row_id for row in marked if row.kind == kind]
        if not ids:
            continue
        for table in (search_documents, search_marks):
            conn.execute(delete(table).where(table.c.kind == kind.value, table.c.row_id.in_(ids)))
        source, made = _MAKING[kind]
        found = conn.execute(source, {"the_ids": ids}).mappings().all()
        if found:
            conn.execute(insert(search_documents), [made(conn, row) for row in found])
    return len(marked)


def mark_all(conn: Connection) -> None:
    """Mark every row that belongs into the index, and take out what no row stands behind any more."""
    conn.execute(delete(search_marks))
    for kind, (table, belongs) in _ROWS.items():
        rows = select(literal(kind.value), table.c.id).where(belongs)
        conn.execute(insert(search_marks).from_select(["kind", "row_id"], rows))
        there = select(table.c.id).where(belongs)
        conn.execute(
            delete(search_documents).where(
                search_documents.c.kind == kind.value, search_documents.c.row_id.not_in(there)
            )
        )


def facet(name: str, value: object) -> str:
    """A word that every document of a kind or of a customer has, so that the index itself counts only among these."""
    return f"zz{name}{value}"


def document(
    kind: Kind,
    row_id: int,
    *,
    at: datetime,
    texts: tuple[str | None, ...],
    people: tuple[str | None, ...] = (),
    customer_id: int | None = None,
    ticket_id: int | None = None,
    has_file: bool = False,
) -> dict[str, Any]:
    """A row of the index, but for its id: what `texts` say is found, and whose names and addresses are `people`."""
    facets = [facet("kind", kind.value)]
    if customer_id is not None:
        facets.append(facet("customer", customer_id))
    written = [word for text in (*texts, *people) if text for word in words_of(text)]
    return {
        "kind": kind.value,
        "row_id": row_id,
        "ticket_id": ticket_id,
        "customer_id": customer_id,
        "at": at,
        "has_file": has_file,
        "people": joined([word for text in people if text for word in words_of(text)]),
        "words": joined([*written, *facets]),
    }


def _of_entry(_conn: Connection, row: RowMapping) -> Mapping[str, Any]:
    return document(
        Kind.TICKET,
        row["id"],
        at=row["at"],
        texts=(row["subject"], row["text"]),
        people=(row["author_name"], row["author_address"]),
        customer_id=row["customer_id"],
        ticket_id=row["ticket_id"],
        has_file=bool(row["has_file"]),
    )


def _of_mail(_conn: Connection, row: RowMapping) -> Mapping[str, Any]:
    return document(
        Kind.MAIL,
        row["id"],
        at=row["created_at"],
        texts=(row["subject"], row["text"]),
        people=(row["to_address"],),
        customer_id=row["customer_id"],
        ticket_id=row["ticket_id"],
    )


def _of_customer(conn: Connection, row: RowMapping) -> Mapping[str, Any]:
    found = conn.execute(select(contacts.c.name, contacts.c.address).where(contacts.c.customer_id == row["id"]))
    people = tuple(text for person in found for text in person)
    names = (row["name"], *people)
    return document(Kind.CUSTOMER, row["id"], at=row["created_at"], texts=(), people=names, customer_id=row["id"])


def _of_article(_conn: Connection, row: RowMapping) -> Mapping[str, Any]:
    return document(Kind.ARTICLE, row["id"], at=row["changed_at"], texts=(row["title"], row["markdown"]))


_THE_IDS: Any = bindparam("the_ids", expanding=True)
_IS_SAID = entries.c.kind != EntryKind.EVENT.value
_IS_FOR_CUSTOMERS = and_(outbox.c.text.is_not(None), outbox.c.template.in_(sorted(SEARCHED)))
_ROWS: Mapping[Kind, tuple[Table, Any]] = {
    Kind.TICKET: (entries, _IS_SAID),
    Kind.MAIL: (outbox, _IS_FOR_CUSTOMERS),
    Kind.CUSTOMER: (customers, true()),
    Kind.ARTICLE: (articles, true()),
}
_MAKING: Mapping[Kind, tuple[Select[Any], Callable[[Connection, RowMapping], Mapping[str, Any]]]] = {
    Kind.TICKET: (
        select(
            entries.c.id,
            entries.c.ticket_id,
            entries.c.at,
            entries.c.author_name,
            entries.c.author_address,
            entries.c.text,
            tickets.c.subject,
            tickets.c.customer_id,
            or_(exists().where(attachments.c.entry_id == entries.c.id), entries.c.left_out.is_not(None)).label(
                "has_file"
            ),
        )
        .join(tickets, tickets.c.id == entries.c.ticket_id)
        .where(entries.c.id.in_(_THE_IDS), _IS_SAID),
        _of_entry,
    ),
    Kind.MAIL: (
        select(
            outbox.c.id,
            outbox.c.created_at,
            outbox.c.to_address,
            outbox.c.subject,
            outbox.c.text,
            outbox.c.customer_id,
            outbox.c.ticket_id,
        ).where(outbox.c.id.in_(_THE_IDS), _IS_FOR_CUSTOMERS),
        _of_mail,
    ),
    Kind.CUSTOMER: (select(customers).where(customers.c.id.in_(_THE_IDS)), _of_customer),
    Kind.ARTICLE: (select(articles).where(articles.c.id.in_(_THE_IDS)), _of_article),
}
