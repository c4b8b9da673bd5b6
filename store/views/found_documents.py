"""Documents that have the number which was searched for: for staff all, for a contact who sees money the customer's."""

from sqlalchemy import Connection, select

from mailgate.billing.document.invoice import DocumentKind
from mailgate.people import Role
from store.schema import contacts, customers, invoices
from store.views.found import Hit
from store.views.visitors import ContactVisitor
from store.views.weight import line

DOCUMENTS = tuple(DocumentKind)
"""Kinds of what is found so."""

_MOST_WORDS, _LONGEST = 8, 60
_SEE_MONEY = frozenset({Role.OWNER, Role.INVOICE})


def documents(conn: Connection, asked: str, *, visitor: ContactVisitor | None = None) -> tuple[Hit, ...]:
    """Invoices and credit notes whose number is a word of what was typed, the latest first; `slug` is the number."""
    words = [word.strip("#\"',;()") for word in asked.split()[:_MOST_WORDS]]
    numbers = {
        form for word in words if 0 < len(word) <= _LONGEST and word.isprintable() for form in (word, word.upper())
    }
    if not numbers or (visitor is not None and not _sees_money(conn, visitor)):
        return ()
    columns = (invoices.c[name] for name in ("id", "kind", "number", "state", "issued_at"))
    query = (
        select(*columns, customers.c.name)
        .join(customers, customers.c.id == invoices.c.customer_id)
        .where(invoices.c.number.in_(sorted(numbers)))
        .order_by(invoices.c.id.desc())
    )
    if visitor is not None:
        query = query.where(invoices.c.customer_id == visitor.customer_id)
    return tuple(
        Hit(DocumentKind(row.kind), row.id, line(f"{row.number}, {row.name}"), row.state, (), row.issued_at, row.number)
        for row in conn.execute(query)
    )


def _sees_money(conn: Connection, visitor: ContactVisitor) -> bool:
    roles = conn.execute(select(contacts.c.roles).where(contacts.c.id == visitor.contact_id)).scalar() or ()
    return not _SEE_MONEY.isdisjoint(roles)
