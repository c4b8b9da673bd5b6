"""What stands beside an invoice on its page: the mails about it, and what comes when nobody pays."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, literal_column, or_, select

from mailgate.billing.dunning import Kind, Outcome, Owed, Rules, Warned, ahead
from mailgate.billing.period import local_date
from mailgate.billing.service import ENDED, UNPAID, State
from mailgate.letters.kind import FOR_STAFF, Matter
from store.billing import disputes, dunning, promises, refunds
from store.billing.dunning import StepDone
from store.billing.in_flight import in_flight
from store.post.outbox import OutState
from store.schema import billing_accounts, customers, invoices, outbox, services
from store.views.customer_mails import VISIBLE, MailLine
from store.views.visitors import ContactVisitor
from store.views.weight import line

_MOST_MAILS = 30


@dataclass(frozen=True, slots=True)
class Coming:
    """What is done about an invoice on a day of its account's."""

    kind: Kind
    on: date


@dataclass(frozen=True, slots=True)
class Ahead:
    """What comes when nobody pays, in its order; `rests_until`: the last day on which nothing is done about it."""

    coming: tuple[Coming, ...] = ()
    rests_until: date | None = None


NOTHING = Ahead()


def mails_about(conn: Connection, invoice_id: int, visitor: ContactVisitor | None) -> tuple[MailLine, ...]:
    """The mails to the customer about it, the newest first; those that a contact may see, or all for staff."""
    values: dict[str, object] = {"the_id": invoice_id}
    if visitor is not None:
        values |= {"customer_id": visitor.customer_id, "own_key": visitor.address_key}
    rows = conn.execute(_MAILS[None if visitor is None else visitor.is_owner], values)
    return tuple(
        MailLine(
            row.id, row.created_at, row.to_address, row.subject and line(row.subject), row.template, OutState(row.state)
        )
        for row in rows
    )


def ahead_of(conn: Connection, invoice_id: int, rules: Rules, now: datetime) -> Ahead:
    """What comes of it; nothing of what is not open, nor where nobody is written to about money."""
    row = conn.execute(_INVOICE, {"the_id": invoice_id}).first()
    if row is None:
        return NOTHING
    zone = ZoneInfo(row.timezone)
    today = local_date(now, zone)
    theirs = promises.running(conn, (row.customer_id,), today).get(row.customer_id, ())
    charged_back = disputes.rests_until(conn, (row.customer_id,)).get(row.customer_id)
    days = (promises.rests_until(theirs, invoice_id), charged_back and local_date(charged_back, zone))
    rests_until = max((day for day in days if day is not None), default=None)
    climb = dunning.last_climb(dunning.done(conn, (invoice_id,)).get(invoice_id, ()))
    steps = climb.steps
    is_on, is_off = _services(conn, invoice_id)
    owed = Owed(
        row.due_on,
        row.issued_at,
        zone,
        rests_until=rests_until,
        in_flight=row.customer_id in in_flight(conn, (row.customer_id,))
        or invoice_id in refunds.own_money_goes_back(conn, (row.customer_id,)),
        is_on=is_on,
        is_off=is_off,
        done=climb.done,
        suspended_at=next((one.done_at for one in steps if one.outcome is Outcome.SUSPENDED), None),
        suspension=_warned(conn, [one for one in steps if _warns(one) is Kind.SUSPEND_WARNING]),
        end=_warned(conn, [one for one in steps if _warns(one) is Kind.END_WARNING]),
        reopened_on=climb.reopened_on,
    )
    # The mail that brings the invoice comes whether it is paid or not.
    coming = (Coming(step.kind, on) for step, on in ahead(owed, rules, today=today) if step.kind is not Kind.CREATED)
    return Ahead(tuple(coming), rests_until)


def _services(conn: Connection, invoice_id: int) -> tuple[bool, bool]:
    """Whether one of the services that it bills, or an add-on of theirs, is on; and whether one is off for money."""
    billed = dunning.billed_services(conn, (invoice_id,)).get(invoice_id, set())
    if not billed:
        return False, False
    rows = conn.execute(_STATES, {"ids": list(billed)}).all()
    is_off = any(row.state == State.SUSPENDED.value and row.suspended_for == UNPAID for row in rows)
    return any(row.state == State.ACTIVE.value for row in rows), is_off


def _warns(one: StepDone) -> Kind | None:
    """Of what a step that was done has warned."""
    if one.step.startswith(Kind.END_WARNING.value):
        return Kind.END_WARNING
    return Kind.SUSPEND_WARNING if one.outcome is Outcome.WARNED else None


def _warned(conn: Connection, given: list[StepDone]) -> Warned:
    if not given:
        return Warned()
    mails = dunning.mails(conn, given[-1].outbox_ids).values()
    arrived = [at for one in mails if (at := one.delivered_at) is not None]
    return Warned(len(given), min(arrived, default=None))


_ABOUT = (outbox.c.about_kind == literal_column(f"'{Matter.INVOICE.value}'"), outbox.c.about_id == bindparam("the_id"))
_MAIL = select(
    outbox.c.id, outbox.c.created_at, outbox.c.to_address, outbox.c.subject, outbox.c.template, outbox.c.state
).order_by(outbox.c.id.desc())
_MAILS = {
    visible: _MAIL.where(
        *_ABOUT, VISIBLE[visible] if visible is not None else outbox.c.template.not_in(FOR_STAFF)
    ).limit(_MOST_MAILS)
    for visible in (None, True, False)
}
_INVOICE = (
    select(invoices.c.customer_id, invoices.c.due_on, invoices.c.issued_at, customers.c.timezone)
    .join(customers, customers.c.id == invoices.c.customer_id)
    .outerjoin(billing_accounts, billing_accounts.c.customer_id == invoices.c.customer_id)
    .where(invoices.c.id == bindparam("the_id"), invoices.c.open_minor > 0, customers.c.removed_at.is_(None))
    .where(or_(billing_accounts.c.billed_elsewhere.is_(None), billing_accounts.c.billed_elsewhere.is_(False)))
)
_STATES = select(services.c.state, services.c.suspended_for).where(
    or_(
        services.c.id.in_(bindparam("ids", expanding=True)), services.c.parent_id.in_(bindparam("ids", expanding=True))
    ),
    services.c.months > 0,
    services.c.state.not_in([one.value for one in ENDED]),
)
