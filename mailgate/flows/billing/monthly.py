"""The statement of each month, for whoever wants it: on the first of the next, once, and after an outage the last."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.party import Account
from mailgate.billing.period import local_start, nth
from mailgate.billing.statement import month_before, month_of
from mailgate.config import Settings
from mailgate.flows.billing.dunning.falling_due import AT_ONCE, Found
from mailgate.flows.billing.papers.statement import account_day, statement_notices, statement_of
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.people import Customer
from store import people
from store.billing import accounts, statements

_APART = timedelta(days=2)
"""No two zones are: a month that began longer before its statement was due is one of before, by a zone of before."""


def statements_due(conn: Connection, _settings: Settings, at: datetime) -> Found:
    """Customers whose statement of the month before is to be sent."""
    yield from statements.waiting(conn, until=at, limit=AT_ONCE)


def send_statements(act: Act, customer_ids: Sequence[int]) -> None:
    """Send each the statement of the month before, unless that was done; nothing where there is nothing to tell."""
    locked = accounts.lock(act.conn, customer_ids)
    for customer_id, account in locked.items():
        due_at = statements.due_at(act.conn, customer_id)
        customer = people.find_customer(act.conn, customer_id)
        if due_at is None or due_at > act.now or customer is None:
            continue
        if account.monthly_statement and customer.removed_at is None:
            today = account_day(customer, act.now)
            if due_at - local_start(month_of(today), ZoneInfo(customer.timezone)) < _APART:
                _send(act, customer, today)
            statements.look_again(act.conn, customer_id, _next(act.settings, customer, today))
        else:
            statements.look_again(act.conn, customer_id, None)


def schedule(conn: Connection, settings: Settings, customer: Customer, account: Account, *, now: datetime) -> None:
    """The account was edited, and is locked: from the next first of a month on it gets them, or none any more."""
    is_due = statements.due_at(conn, customer.id) is not None
    if account.monthly_statement and not is_due:
        statements.look_again(conn, customer.id, _next(settings, customer, account_day(customer, now)))
    elif is_due and not account.monthly_statement:
        statements.look_again(conn, customer.id, None)


def _send(act: Act, customer: Customer, today: date) -> None:
    month = month_before(today)
    found = statement_of(act.conn, customer.id, month, now=act.now)
    fresh = {one.currency for one in found.sections} - statements.sent(act.conn, customer.id, month)
    if found.is_empty or not fresh:
        return
    statements.keep(act.conn, customer.id, month, sorted(fresh), now=act.now)
    notify(act, statement_notices(act, found, only=fresh), cause=None)


def _next(settings: Settings, customer: Customer, today: date) -> datetime:
    """The first of the next month where the account is, once it is that where the seller is, too.

    Documents are dated by the seller's day: until its month is over there may be more of them.
    """
    first = nth(month_of(today), 1, 1)
    return max(local_start(first, ZoneInfo(customer.timezone)), local_start(first, settings.gate.zone))
