"""How billing stands: who is kept out of runs, whom the last ones left out, and what stopped them. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, exists, func, select

from mailgate.billing.payment.bank import EntryState
from store.billing import accounts, bank, runs, series
from store.schema import bill_runs, invoices, left_out

_RECENT = timedelta(days=1)
"""Runs of the schedule come at every midnight on earth: who was left out a day ago has been tried again since."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What staff should know of it."""

    parked: Mapping[int, str]  # why, by customer
    left_out: Mapping[int, str]  # likewise, and not billed since
    stopped: str  # why the last run was, while nobody has run another; "" otherwise
    last_on: Mapping[str, date]  # the day of the newest number, by kind of document
    bank_lines: int = 0  # that nobody has decided on
    bank_since: datetime | None = None  # the oldest of them


def read(conn: Connection, *, now: datetime) -> Standing:
    """Look at a store of the newest schema."""
    parked = accounts.parked(conn)
    omitted = {number: why for number, why in _left_out(conn, now).items() if number not in parked}
    waiting, since = bank.count(conn, EntryState.PROPOSED)
    return Standing(parked, omitted, runs.stopped(conn), series.last_days(conn), waiting, since)


def _left_out(conn: Connection, now: datetime) -> Mapping[int, str]:
    """By the newest run that left somebody out; the last run counts however long ago it was."""
    last = select(func.max(bill_runs.c.id)).where(bill_runs.c.state != runs.RunState.PLANNED.value).scalar_subquery()
    recent = (bill_runs.c.made_at > now - _RECENT) | (bill_runs.c.id == last)
    since = exists().where(invoices.c.run_id > left_out.c.run_id, invoices.c.customer_id == left_out.c.customer_id)
    query = (
        select(left_out.c.customer_id, left_out.c.why)
        .join(bill_runs, bill_runs.c.id == left_out.c.run_id)
        .where(bill_runs.c.state != runs.RunState.PLANNED.value, recent, ~since)
        .order_by(left_out.c.customer_id, left_out.c.run_id)
    )
    return {row.customer_id: row.why for row in conn.execute(query)}  # the newest come last and stay
