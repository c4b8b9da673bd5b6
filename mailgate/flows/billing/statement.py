"""Statements of account: what stands in one of any month."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.period import local_date
from mailgate.billing.statement import Statement, month_of, sections, span_of
from mailgate.errors import Permanent
from mailgate.people import Customer
from store import people
from store.billing import ledger, statements


class StillToCome(Permanent):
    """A month that has not begun."""


def statement_of(conn: Connection, customer_id: int, month: date, *, now: datetime) -> Statement:
    """The statement of the month that holds this day, by what the ledger says now; of this month up to today.

    Days are the account's own. Raises StillToCome, BadMonth, LookupError.
    """
    customer = people.find_customer(conn, customer_id)
    if customer is None:
        raise LookupError(f"there is no customer {customer_id}")
    span = span_of(month_of(month))
    today = account_day(customer, now)
    if today < span.start:
        raise StillToCome(f"{span.start:%Y-%m} is still to come: there is a statement once it has begun")
    # Who sells may have a later day than the account, and has dated documents by it.
    booked = ledger.of_customer(conn, customer_id, span.start, span.end)
    before = statements.standings_before(conn, customer_id, span.start)
    through = min(span.last, max([today, *(one.on_date for one in booked)]))
    return Statement(customer_id, span.start, through, sections(before, booked, statements.about(conn, booked)))


def account_day(customer: Customer, now: datetime) -> date:
    """Which day it is for the account."""
    return local_date(now, ZoneInfo(customer.timezone))
