"""Days in which reminders and their consequences rest: as a customer says that money comes, or staff give time.

All of it under the account's lock, which comes before that of any ticket.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.period import local_date
from mailgate.billing.promise import Ended, PromiseKind
from mailgate.billing.service import State
from mailgate.billing.time_given import A_YEAR, Deferring
from mailgate.config.settings import Billing
from mailgate.errors import Permanent
from mailgate.people import Customer
from store import people
from store.billing import accounts, dunning, invoices, promises, services
from store.billing.invoices import Issued
from store.billing.promises import Promise


class NothingOpen(Permanent):
    """Time for an invoice of which nothing is to be paid."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A locked account: what is open of it, and what was promised about that."""

    customer: Customer
    today: date  # of the account
    open: tuple[Issued, ...]  # oldest due first
    promises: tuple[Promise, ...]  # all that were ever made, the oldest first
    is_suspended: bool  # one of its services is

    @property
    def running(self) -> tuple[Promise, ...]:
        """Those by which something rests today."""
        return tuple(one for one in self.promises if one.ended_at is None and one.until_on >= self.today)

    def rests_until(self, of: Iterable[Issued], *kinds: PromiseKind) -> date | None:
        """The day until which all of these invoices rest, by promises of these kinds; None: one of them does not."""
        theirs = [one for one in self.running if one.kind in kinds]
        until = [promises.rests_until(theirs, one.id) for one in of]
        return min((day for day in until if day), default=None) if all(until) else None

    def claimed_in_vain(self, of: Iterable[Issued]) -> tuple[Issued, ...]:
        """Those that were said to be paid before, and no money came."""
        vain = [one for one in self.promises if one.kind is PromiseKind.PAID and one.outcome is Ended.UNMATCHED]
        return tuple(one for one in of if any(was_meant(claim, one) for claim in vain))

    def deferring(self, billing: Billing) -> Deferring:
        """How it stands when it asks for time."""
        zone = ZoneInfo(self.customer.timezone)
        asked = [one for one in self.promises if one.kind is PromiseKind.DEFERRED]
        days = (local_date(one.said_at, zone) for one in asked)
        return Deferring(
            billing.promise_days,
            billing.promises_a_year,
            tuple(day for day in days if day > self.today - A_YEAR),
            max((one.until_on for one in asked if one in self.running), default=None),
            self.is_suspended,
        )


def was_meant(promise: Promise, invoice: Issued) -> bool:
    """It is about this invoice, which there was when it was made."""
    return promise.covers(invoice.id) and invoice.issued_at <= promise.said_at


def stand(conn: Connection, customer_id: int, *, now: datetime) -> Standing:
    """Lock an account, and read how it stands; what was kept meanwhile has ended."""
    accounts.lock(conn, (customer_id,))
    end_kept(conn, customer_id, now=now)
    return look(conn, customer_id, now=now)


def look(conn: Connection, customer_id: int, *, now: datetime) -> Standing:
    """The same without the lock, for who only asks."""
    customer = people.get_customer(conn, customer_id)
    theirs = services.of_accounts(conn, (customer_id,)).get(customer_id, ())
    return Standing(
        customer,
        local_date(now, ZoneInfo(customer.timezone)),
        invoices.open_of(conn, customer_id),
        promises.listing(conn, customer_id),
        any(one.state is State.SUSPENDED for one in theirs),
    )


def promise(
    conn: Connection,
    standing: Standing,
    kind: PromiseKind,
    until: date,
    *,
    invoice_id: int | None,
    by: str,
    spool_id: int | None,
    now: datetime,
) -> None:
    """Write down that the ladder rests until a day: for one invoice, or for whatever is open of a locked account."""
    made = Promise(0, standing.customer.id, invoice_id, kind, until, now, by, spool_id)
    promises.add(conn, made)


def extend(
    conn: Connection, standing: Standing, invoice: Issued, days: int, *, by: str, spool_id: int | None, now: datetime
) -> date:
    """Staff give an invoice of a locked account time, whatever was given before; its due date stays.

    Returns the last day of it. A later extension takes the place of the former, also to shorten it. Raises NothingOpen.
    """
    if not invoice.open_minor:
        raise NothingOpen(f"nothing is open of invoice {invoice.number}, so there is nothing to wait for")
    former = [one.id for one in standing.running if one.kind is PromiseKind.EXTENDED and one.invoice_id == invoice.id]
    promises.end(conn, former, Ended.REPLACED, now=now)
    if former:  # it may end earlier now
        dunning.look_at(conn, {invoice.id: now})
    until = standing.today + timedelta(days=days)
    kind = PromiseKind.EXTENDED
    promise(conn, standing, kind, until, invoice_id=invoice.id, by=by, spool_id=spool_id, now=now)
    return until


def end_kept(conn: Connection, customer_id: int, *, now: datetime) -> None:
    """Promises of a locked account are kept of which nothing is open any more that they were about."""
    running = promises.running(conn, (customer_id,)).get(customer_id, ())
    if running:
        still = invoices.open_of(conn, customer_id)
        kept = [one.id for one in running if not any(was_meant(one, invoice) for invoice in still)]
        promises.end(conn, kept, Ended.KEPT, now=now)


def end_over(conn: Connection, customer_id: int, *, now: datetime) -> None:
    """Promises of an account whose last day is over have ended, and no money came while something is open of them."""
    standing = stand(conn, customer_id, now=now)
    over = [one for one in standing.promises if one.ended_at is None and one.until_on < standing.today]
    promises.end(conn, [one.id for one in over], Ended.UNMATCHED, now=now)
