"""Who is billed and has no card on file: everybody who is billed, as long as no card can be given."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, case, false, func, or_, select

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.service import State
from store.schema import billing_accounts, customers, invoices, move_notices, services

_BILLED = (State.ACTIVE.value, State.SUSPENDED.value, State.PENDING.value)


@dataclass(frozen=True, slots=True)
class Cardless:
    """One customer. Without a card all of it is paid by hand."""

    customer_id: int
    services: int  # that renew and cost something
    told_at: datetime | None  # by the mail about the move
    next_due_on: date | None  # of a service or of an invoice that is open, whichever is first; None: nothing renews


def cardless(conn: Connection) -> tuple[Cardless, ...]:
    """Who has services that renew, or owes something; who is due first comes first. Not who is billed elsewhere."""
    renews = and_(
        services.c.state == State.ACTIVE.value,
        or_(services.c.cancel_on.is_(None), services.c.billed_through < services.c.cancel_on),
    )
    theirs = (
        select(
            services.c.customer_id,
            func.count().label("services"),
            func.min(case((renews, services.c.billed_through))).label("next_on"),
        )
        .where(services.c.state.in_(_BILLED), services.c.months > 0, services.c.price_minor > 0)
        .group_by(services.c.customer_id)
        .subquery()
    )
    is_open = and_(
        invoices.c.kind == DocumentKind.INVOICE.value,
        invoices.c.state == DocumentState.ISSUED.value,
        invoices.c.open_minor > 0,
    )
    owed = (
        select(invoices.c.customer_id, func.min(invoices.c.due_on).label("due_on"))
        .where(is_open)
        .group_by(invoices.c.customer_id)
        .subquery()
    )
    query = (
        select(
            customers.c.id,
            theirs.c.services,
            theirs.c.next_on,
            owed.c.due_on,
            move_notices.c.told_at,
        )
        .outerjoin(theirs, theirs.c.customer_id == customers.c.id)
        .outerjoin(owed, owed.c.customer_id == customers.c.id)
        .outerjoin(move_notices, move_notices.c.customer_id == customers.c.id)
        .outerjoin(billing_accounts, billing_accounts.c.customer_id == customers.c.id)
        .where(
            customers.c.removed_at.is_(None),
            func.coalesce(billing_accounts.c.billed_elsewhere, false()).is_(False),
            or_(theirs.c.services.is_not(None), owed.c.due_on.is_not(None)),
        )
    )
    found = [
        Cardless(
            customer_id=row.id,
            services=row.services or 0,
            told_at=row.told_at,
            next_due_on=min((day for day in (row.next_on, row.due_on) if day is not None), default=None),
        )
        for row in conn.execute(query)
    ]
    return tuple(sorted(found, key=lambda one: (one.next_due_on or date.max, one.customer_id)))
