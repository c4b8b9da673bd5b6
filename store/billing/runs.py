"""Rows of runs: what was planned, what was issued, who was left out, and what stopped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from mailgate.billing.fuse import Former, Tally
from mailgate.errors import Permanent
from store.rows import Rows, insert_row
from store.schema import bill_items, bill_runs, left_out


class RunState(StrEnum):
    """How a run stands."""

    PLANNED = "planned"
    RUNNING = "running"  # or its process was killed: what it issued is issued
    STOPPED = "stopped"  # by the fuse before the first number, or because a clock went back
    DONE = "done"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class BillRun:
    """One run, or a plan of one."""

    id: int
    state: RunState
    at_on: date | None  # None: each account's own day
    made_at: datetime
    made_by: str
    finished_at: datetime | None
    invoices: int
    totals: Mapping[str, int]
    why: str = ""  # it was stopped


class RunUndone(Permanent):
    """Somebody has taken the run back while it went on."""


@dataclass(frozen=True, slots=True)
class Item:
    """One document of a plan."""

    customer_id: int
    currency: str
    due_on: date
    digest: str
    total_minor: int


_RUN, _ITEM = Rows(BillRun), Rows(Item)
_ISSUING = (RunState.RUNNING.value, RunState.DONE.value, RunState.STOPPED.value)
_LOOKED_BACK = 1500
"""Runs. Those of the schedule come at each midnight on earth, which is some forty a day; a month of them is wanted."""


def keep_plan(
    conn: Connection,
    tally: Tally,
    items: Iterable[Item],
    omitted: Mapping[int, str],
    *,
    at_on: date | None,
    by: str,
    now: datetime,
) -> int:
    """Keep a plan, to run exactly that later; returns its number."""
    number = _add(conn, RunState.PLANNED, tally, at_on=at_on, by=by, now=now)
    rows = [{"run_id": number, **_ITEM.columns(one)} for one in items]
    if rows:
        conn.execute(insert(bill_items), rows)
    leave_out(conn, number, omitted)
    return number


def begin(conn: Connection, *, at_on: date | None, by: str, now: datetime) -> int:
    """A run begins; returns its number."""
    return _add(conn, RunState.RUNNING, Tally(), at_on=at_on, by=by, now=now)


def stop(conn: Connection, *, why: str, at_on: date | None, by: str, now: datetime) -> int:
    """A run was stopped before it issued anything."""
    return _add(conn, RunState.STOPPED, Tally(), at_on=at_on, by=by, now=now, why=why)


def go_on(conn: Connection, run_id: int, tally: Tally) -> None:
    """Keep what a run comes to so far, with the documents that make it so. Raises RunUndone."""
    going = update(bill_runs).where(bill_runs.c.id == run_id, bill_runs.c.state == RunState.RUNNING.value)
    if conn.execute(going.values(invoices=tally.invoices, totals=dict(tally.totals))).rowcount != 1:
        raise RunUndone(f"run {run_id} was taken back while it went on: nothing more is issued")


def finish(conn: Connection, run_id: int, *, now: datetime, why: str = "") -> None:
    """A run is over; `why`: before its end."""
    state = RunState.STOPPED if why else RunState.DONE
    going = update(bill_runs).where(bill_runs.c.id == run_id, bill_runs.c.state == RunState.RUNNING.value)
    conn.execute(going.values(state=state.value, finished_at=now, why=why))


def undo(conn: Connection, run_id: int) -> bool:
    """A run is undone now, and goes on no more; False when it was before, or is none that issued anything."""
    undoable = update(bill_runs).where(
        bill_runs.c.id == run_id, bill_runs.c.state.in_(_ISSUING), bill_runs.c.invoices > 0
    )
    return conn.execute(undoable.values(state=RunState.UNDONE.value)).rowcount == 1


def stopped(conn: Connection) -> str:
    """Why the last run was stopped; "" when it was not."""
    query = select(bill_runs.c.state, bill_runs.c.why).where(bill_runs.c.state != RunState.PLANNED.value)
    last = conn.execute(query.order_by(bill_runs.c.id.desc()).limit(1)).first()
    return last.why if last is not None and last.state == RunState.STOPPED.value else ""


def find(conn: Connection, run_id: int) -> BillRun | None:
    """A run or plan by its number."""
    row = conn.execute(select(bill_runs).where(bill_runs.c.id == run_id)).mappings().first()
    return _RUN.read(row) if row else None


def items(conn: Connection, run_id: int) -> tuple[Item, ...]:
    """The documents of a plan."""
    query = select(bill_items).where(bill_items.c.run_id == run_id)
    return tuple(_ITEM.read(row) for row in conn.execute(query).mappings())


def omitted(conn: Connection, run_id: int) -> Mapping[int, str]:
    """Whom a run or plan left out, and why."""
    query = select(left_out.c.customer_id, left_out.c.why).where(left_out.c.run_id == run_id)
    return {row.customer_id: row.why for row in conn.execute(query.order_by(left_out.c.customer_id))}


def stopped_at(conn: Connection) -> datetime | None:
    """When the last run was stopped; None when it was not."""
    query = select(bill_runs.c.state, bill_runs.c.made_at).where(bill_runs.c.state != RunState.PLANNED.value)
    last = conn.execute(query.order_by(bill_runs.c.id.desc()).limit(1)).first()
    return last.made_at if last is not None and last.state == RunState.STOPPED.value else None


def former(conn: Connection) -> tuple[Former, ...]:
    """What the last runs came to that issued anything and stand, the newest first."""
    query = (
        select(bill_runs.c.at_on, bill_runs.c.made_at, bill_runs.c.invoices, bill_runs.c.totals)
        .where(bill_runs.c.state.in_(_ISSUING), bill_runs.c.invoices > 0)
        .order_by(bill_runs.c.id.desc())
        .limit(_LOOKED_BACK)
    )
    return tuple(Former(row.at_on, row.made_at, Tally(row.invoices, row.totals)) for row in conn.execute(query))


def listing(conn: Connection, *, limit: int) -> tuple[BillRun, ...]:
    """The last runs and plans, the newest first."""
    query = select(bill_runs).order_by(bill_runs.c.id.desc()).limit(limit)
    return tuple(_RUN.read(row) for row in conn.execute(query).mappings())


def leave_out(conn: Connection, run_id: int, whom: Mapping[int, str]) -> None:
    """Keep whom a run or plan leaves out, and why."""
    rows = [{"run_id": run_id, "customer_id": number, "why": why} for number, why in whom.items()]
    if rows:
        conn.execute(insert(left_out), rows)


def _add(
    conn: Connection,
    state: RunState,
    tally: Tally,
    *,
    at_on: date | None,
    by: str,
    now: datetime,
    why: str = "",
) -> int:
    values = {
        "why": why,
        "state": state.value,
        "at_on": at_on,
        "made_at": now,
        "made_by": by,
        "invoices": tally.invoices,
        "totals": dict(tally.totals),
    }
    return insert_row(conn, insert(bill_runs), values)
