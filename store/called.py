"""Whom and what people mean by words instead of a number: an address, a domain, a document's number, a name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, union

from mailgate.mail.address import address_key
from store.schema import contacts, customers, invoices, outbox, services, spool

_AT_ONCE = 1000
_LOOKED_AT = 1000  # names among which the nearest is sought


def customers_called(conn: Connection, words: str) -> tuple[int, ...]:
    """The customers, by their numbers, whom these words mean in any way; one who was removed has his number alone.

    The address of a contact; a domain, of contacts or of services; the number of an invoice or a credit note; the name
    or the id of an older system.
    """
    there = customers.c.removed_at.is_(None)
    if "@" in words:
        found = select(contacts.c.customer_id).where(
            contacts.c.address_key == address_key(words), contacts.c.removed_at.is_(None)
        )
        return _numbers(conn, [select(customers.c.id).where(customers.c.id.in_(found), there)])
    at_domain = contacts.c.address_key.like(f"%@{_plain(address_key(words))}", escape="\\")
    ways = (
        select(contacts.c.customer_id).where(at_domain, contacts.c.removed_at.is_(None)),
        select(services.c.customer_id).where(_same(services.c.domain, words)),
        select(invoices.c.customer_id).where(invoices.c.number == words.upper()),
        select(customers.c.id).where(or_(_same(customers.c.name, words), customers.c.external_id == words)),
    )
    return _numbers(conn, [select(customers.c.id).where(customers.c.id.in_(union(*ways)), there)])


def contacts_called(conn: Connection, words: str) -> tuple[int, ...]:
    """The contacts who have this address or name, of whatever customer."""
    is_meant = contacts.c.address_key == address_key(words) if "@" in words else _same(contacts.c.name, words)
    return _numbers(conn, [select(contacts.c.id).where(is_meant, contacts.c.removed_at.is_(None))])


def services_called(conn: Connection, words: str) -> tuple[int, ...]:
    """The services of this domain, name, or id of an older system; those that have ended when there are no others."""
    is_meant = or_(_same(services.c.domain, words), _same(services.c.name, words), services.c.external_id == words)
    ways = select(services.c.id).where(is_meant)
    return _numbers(conn, [ways.where(services.c.ended_on.is_(None)), ways])


def accepted_called(conn: Connection, message_id: str) -> tuple[int, ...]:
    """The accepted mails with this Message-ID; copies have the same."""
    return _numbers(conn, [select(spool.c.id).where(spool.c.message_id == message_id)])


def outgoing_called(conn: Connection, message_id: str) -> tuple[int, ...]:
    """The mail of ours with this Message-ID."""
    return _numbers(conn, [select(outbox.c.id).where(outbox.c.message_id == message_id)])


def names_of(conn: Connection, numbers: Iterable[int | None]) -> Mapping[int, str]:
    """The names of these customers, also of those who were removed."""
    names: dict[int, str] = {}
    for some in _in_parts({number for number in numbers if number is not None}):
        rows = conn.execute(select(customers.c.id, customers.c.name).where(customers.c.id.in_(some)))
        names.update((row.id, row.name) for row in rows)
    return names


def numbers_of(conn: Connection, ids: Iterable[int | None]) -> Mapping[int, str]:
    """The numbers, as people know them, of these invoices and credit notes."""
    numbers: dict[int, str] = {}
    for some in _in_parts({one for one in ids if one is not None}):
        rows = conn.execute(select(invoices.c.id, invoices.c.number).where(invoices.c.id.in_(some)))
        numbers.update((row.id, row.number) for row in rows)
    return numbers


def beginning_as(conn: Connection, words: str) -> tuple[str, ...]:
    """Addresses of contacts and names of customers that begin with the same letters: one of them may be meant."""
    begin = f"{_plain(words[:2].lower())}%"
    column = contacts.c.address_key if "@" in words else customers.c.name
    shown = contacts.c.address if "@" in words else customers.c.name
    there = contacts.c.removed_at if "@" in words else customers.c.removed_at
    query = select(shown).where(func.lower(column).like(begin, escape="\\"), there.is_(None))
    return tuple(conn.execute(query.order_by(shown).limit(_LOOKED_AT)).scalars())


def _numbers(conn: Connection, ways: Sequence[Select[Any]]) -> tuple[int, ...]:
    """What the first of these queries finds that finds anything, ascending."""
    for way in ways:
        if found := sorted(set(conn.execute(way).scalars())):
            return tuple(found)
    return ()


def _same(column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Capital letters make no difference; beyond ASCII they do to SQLite."""
    return or_(column == words, func.lower(column) == words.lower())


def _plain(words: str) -> str:
    """As it stands, within a pattern of LIKE."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _in_parts(numbers: set[int]) -> Iterator[list[int]]:
    ordered = sorted(numbers)
    for begin in range(0, len(ordered), _AT_ONCE):
        yield ordered[begin : begin + _AT_ONCE]
