"""Customers and money as the staff see them: who is who, what each has and owes, and every document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.service import State
from mailgate.letters.kind import FOR_STAFF
from mailgate.people import Role
from store.post.outbox import OutState
from store.schema import billing_accounts, contacts, customer_notes, customers, invoices, outbox, tickets
from store.views import customer_money, documents, services
from store.views.customer_money import Balance
from store.views.customer_tickets import TicketLine
from store.views.documents import LINE, Document, DocumentLine, Standing
from store.views.paging import Page, Turn
from store.views.services import ServiceDetail, ServiceLine
from store.views.weight import cut, line

_MOST_CONTACTS = 30
_MOST_TICKETS = 10
_MOST_MAILS = 10
_MOST_NOTES = 20


@dataclass(frozen=True, slots=True)
class Contact:
    """One of a customer's people."""

    name: str
    address: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """A note on a customer; `whole`: its text is all of it."""

    author: str
    at: datetime
    text: str
    whole: bool


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail of ours to a customer."""

    id: int
    at: datetime
    template: str
    subject: str
    to_address: str
    state: OutState


@dataclass(frozen=True, slots=True)
class CustomerHead:
    """A customer above what it has."""

    id: int
    name: str
    country: str | None
    currency: str
    timezone: str
    language: str
    created_at: datetime
    removed_at: datetime | None
    organisation: str
    vat_id: str
    bill_day: int | None
    billed_elsewhere: bool
    parked_because: str  # why runs leave it out
    contacts: tuple[Contact, ...]
    to_pay: tuple[Balance, ...]
    credit: tuple[Balance, ...]


def customer(conn: Connection, number: int) -> CustomerHead | None:
    """One customer; None when there is none with this number."""
    row = conn.execute(_HEAD, {"the_customer": number}).mappings().first()
    if row is None:
        return None
    people = conn.execute(_CONTACTS, {"the_customer": number}).mappings()
    return CustomerHead(
        id=number,
        name=line(row["name"]),
        country=row["country"],
        currency=row["currency"],
        timezone=row["timezone"],
        language=row["language"],
        created_at=row["created_at"],
        removed_at=row["removed_at"],
        organisation=line(row["organisation"]),
        vat_id=row["vat_id"] or "",
        bill_day=row["bill_day"],
        billed_elsewhere=bool(row["billed_elsewhere"]),
        parked_because=line(row["parked_because"]),
        contacts=tuple(Contact(line(one["name"]), one["address"], tuple(map(Role, one["roles"]))) for one in people),
        to_pay=customer_money.open_of(conn, number),
        credit=customer_money.credit_of(conn, number),
    )


def tickets_of(conn: Connection, number: int) -> tuple[TicketLine, ...]:
    """The tickets of a customer that changed last."""
    rows = conn.execute(_TICKETS, {"the_customer": number}).mappings()
    return tuple(TicketLine(row["id"], line(row["subject"]), row["state"], row["at"]) for row in rows)


def open_invoices(conn: Connection, number: int, now: datetime, *, limit: int) -> tuple[DocumentLine, ...]:
    """Invoices of a customer of which something is open, the oldest due first."""
    return customer_money.unpaid(conn, number, now, limit=limit)


def notes_on(conn: Connection, number: int) -> tuple[Noted, ...]:
    """What staff have noted about a customer, the newest first."""
    rows = conn.execute(_NOTES, {"the_customer": number})
    return tuple(Noted(line(row.author), row.at, *cut(row.text)) for row in rows)


def mails_to(conn: Connection, number: int) -> tuple[MailLine, ...]:
    """The last mails of ours to a customer."""
    rows = conn.execute(_MAILS, {"the_customer": number})
    return tuple(
        MailLine(row.id, row.created_at, row.template, line(row.subject), row.to_address, OutState(row.state))
        for row in rows
    )


def list_services(
    conn: Connection, number: int, turn: Turn, *, state: State | None, domains: bool
) -> Page[ServiceLine]:
    """A page of a customer's services, what is current first; or of the domains."""
    return services.listing(conn, number, turn, state=state, domains=domains, money=True)


def service(conn: Connection, number: int) -> ServiceDetail | None:
    """One service; None when there is none with this number."""
    return services.find(conn, number, customer_id=None, money=True)


def documents_of(conn: Connection, found: ServiceDetail, now: datetime) -> tuple[DocumentLine, ...]:
    """The newest documents about a service."""
    return documents.of_service(conn, found.line.id, now)


def list_invoices(
    conn: Connection, turn: Turn, *, standing: Standing | None, customer_id: int, now: datetime
) -> Page[DocumentLine]:
    """A page of the invoices of a customer, the newest first; of one standing or all."""
    return customer_money.invoices_of(conn, customer_id, turn, standing=standing, now=now)


def names_of(conn: Connection, found: Page[DocumentLine]) -> Mapping[int, str]:
    """The customers of a page of documents."""
    query = select(customers.c.id, customers.c.name).where(customers.c.id.in_({one.customer_id for one in found.rows}))
    return {row.id: line(row.name) for row in conn.execute(query)}


def document(conn: Connection, number: str, kind: DocumentKind, now: datetime) -> Document | None:
    """One document; None when there is none of this kind with this number."""
    row = conn.execute(_DOCUMENT, {"the_number": number, "the_kind": kind.value}).mappings().first()
    return None if row is None else documents.document(conn, row, now)


_NOTES = (
    select(customer_notes.c.author, customer_notes.c.at, customer_notes.c.text)
    .where(customer_notes.c.customer_id == bindparam("the_customer"))
    .order_by(customer_notes.c.id.desc())
    .limit(_MOST_NOTES)
)
_MAILS = (
    select(outbox.c.id, outbox.c.created_at, outbox.c.template, outbox.c.subject, outbox.c.to_address, outbox.c.state)
    .where(outbox.c.customer_id == bindparam("the_customer"), outbox.c.template.not_in(sorted(FOR_STAFF)))
    .order_by(outbox.c.id.desc())
    .limit(_MOST_MAILS)
)
_HEAD = (
    select(
        customers,
        billing_accounts.c.organisation,
        billing_accounts.c.vat_id,
        billing_accounts.c.bill_day,
        billing_accounts.c.billed_elsewhere,
        billing_accounts.c.parked_because,
    )
    .outerjoin(billing_accounts, billing_accounts.c.customer_id == customers.c.id)
    .where(customers.c.id == bindparam("the_customer"))
)
_CONTACTS = (
    select(contacts.c.name, contacts.c.address, contacts.c.roles)
    .where(contacts.c.customer_id == bindparam("the_customer"), contacts.c.removed_at.is_(None))
    .order_by(contacts.c.id)
    .limit(_MOST_CONTACTS)
)
_TICKETS = (
    select(tickets.c.id, tickets.c.subject, tickets.c.state, tickets.c.updated_at.label("at"))
    .where(tickets.c.customer_id == bindparam("the_customer"))
    .order_by(tickets.c.updated_at.desc(), tickets.c.id.desc())
    .limit(_MOST_TICKETS)
)
_DOCUMENT = LINE.add_columns(invoices.c.model).where(
    invoices.c.number == bindparam("the_number"), invoices.c.kind == bindparam("the_kind")
)
