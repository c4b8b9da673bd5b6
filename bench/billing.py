"""Billing: invoices a second that a run issues, accounts that a plan looks at, and what that takes of memory.

Beside the run the same rows are inserted into a store of the same size, in batches as large as the run's were, each in
a transaction of its own: what the database alone needs.
"""

import os
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, select

from bench.databases import durable_server, new_database
from bench.generate.billing import Shop, generate_billing
from bench.program import Failed
from bench.results import BILLED, BILLED_BARE, BILLING_MEMORY, PLANNED, Result, left_out, shown
from bench.run import Run, tell
from bench.usage import has_proc, mebibytes
from mailgate.config import Settings
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.plan import plan
from mailgate.flows.billing.invoicing.run import run as run_billing
from store.engine import connect, reading, transaction
from store.migrations import upgrade
from store.schema import (
    balances,
    billed_periods,
    invoice_lines,
    invoice_taxes,
    invoices,
    ledger_entries,
    ledger_transactions,
)
from tests.servers.process import ServerMissing

SERVICES, PER_CUSTOMER = 100_000, 2
DUE_ON = date(2026, 3, 15)
READ_AT_ONCE = 20_000

_ISSUED = (
    (invoices, "id"),
    (invoice_lines, "invoice_id"),
    (invoice_taxes, "invoice_id"),
    (billed_periods, "invoice_id"),
    (ledger_transactions, "object_id"),
)
"""What a run inserts, by the invoice that each row is of; entries go by their transaction."""

Batch = Mapping[Table, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a made-up shop."""

    a_second: float
    plans_a_second: float
    batch: int  # invoices of one transaction
    more_mebibytes: float
    rows: Sequence[Batch]


def billing(run: Run) -> Iterator[Result]:
    """A file and a server in turn."""
    shop = shop_of(run)
    directory = run.room("billing")

    @contextmanager
    def file(name: str) -> Iterator[str]:
        home = directory / name
        home.mkdir()
        yield f"sqlite:///{home / 'mailgate.db'}"
        shutil.rmtree(home)

    yield from _measured(run, "sqlite", shop, file)
    try:
        with durable_server() as server:

            @contextmanager
            def database(_name: str) -> Iterator[str]:
                yield new_database(server)

            yield from _measured(run, "postgresql", shop, database)
    except ServerMissing as missing:
        yield left_out("billing", "run on PostgreSQL", str(missing))


def shop_of(run: Run, *, due_on: date = DUE_ON) -> Shop:
    """The shop that is billed; BENCH_SERVICES is how many services it has, if it is to have others."""
    services = int(os.environ.get("BENCH_SERVICES", "0")) or run.much(SERVICES)
    return Shop(max(1, services // PER_CUSTOMER), services, due_on)


def _measured(run: Run, kind: str, shop: Shop, place: Callable[[str], Any]) -> Iterator[Result]:
    ran: list[Ran] = []

    def ours(number: int) -> float:
        tell(f"billing: {shop.services:,} services on {kind}, round {number + 1}")
        with place(f"{kind}-run-{number}") as url, store_of(url, shop) as engine:
            ran.append(_run(engine, shop))
        return ran[-1].a_second

    def bare(number: int) -> float:
        if not ran:
            ours(number)
        with place(f"{kind}-bare-{number}") as url, store_of(url, shop) as engine:
            return _insert(engine, ran[-1].rows, shop.customers)

    turns = run.in_turns(ours, bare)
    rate, plans = median(one.a_second for one in ran), median(one.plans_a_second for one in ran)
    batch, more = median(one.batch for one in ran), max(one.more_mebibytes for one in ran)
    words = f"{turns.words(than='bare')}, {batch:.0f} in a batch"
    yield Result("billing", f"invoices of a run, {kind}", words, rate, BILLED[kind], turns.as_details())
    yield Result("billing", f"run / the same rows without rules, {kind}", words, turns.ratio, BILLED_BARE)
    yield Result("billing", f"accounts of a plan, {kind}", f"{shown(plans)}/s", plans, PLANNED)
    if has_proc():
        measured = f"+{more:.0f} MiB, {shop.customers:,} invoices"
        yield Result("billing", f"memory of a run, {kind}", measured, more, BILLING_MEMORY)


@contextmanager
def store_of(url: str, shop: Shop) -> Iterator[Engine]:
    """A store with this shop; its engine is closed with the block."""
    engine = connect(url)
    upgrade(engine)
    generate_billing(engine, shop)
    try:
        yield engine
    finally:
        engine.dispose()


def _run(engine: Engine, shop: Shop) -> Ran:
    usual = Settings()
    settings = replace(usual, billing=replace(usual.billing, fuse_least=10**9))
    today = Today(shop.bill_at)
    begin = time.perf_counter()
    planned = plan(engine, settings, today)
    plan_seconds = time.perf_counter() - begin
    if planned.tally.invoices != shop.customers:
        raise Failed(f"{planned.tally.invoices} of {shop.customers} invoices were planned: {planned.left_out}")
    del planned
    sizes: list[int] = []
    memory: deque[float] = deque(maxlen=2)

    def told(done: int, _of: int) -> None:
        sizes.append(done)
        if has_proc() and len(memory) < 1:
            memory.append(mebibytes(os.getpid(), "VmRSS"))

    begin = time.perf_counter()
    done = run_billing(engine, settings, today, by="bench", told=told)
    seconds = time.perf_counter() - begin
    if done is None or len(done.invoices) != shop.customers or done.left_out:
        raise Failed(f"not all of {shop.customers} invoices were issued")
    more = mebibytes(os.getpid(), "VmRSS") - memory[0] if has_proc() else 0.0
    batch = max(1, shop.customers // len(sizes))
    rows = _rows(engine, batch)
    return Ran(shop.customers / seconds, shop.customers / plan_seconds, batch, more, rows)


def _rows(engine: Engine, batch: int) -> Sequence[Batch]:
    """What the run inserted, in batches of so many invoices."""
    with reading(engine) as conn:
        found = {table: _by(conn, table, column) for table, column in _ISSUED}
        entries = _by(conn, ledger_entries, "transaction_id")
    numbers = sorted(found[invoices])
    made: list[Batch] = []
    for begin in range(0, len(numbers), batch):
        some = numbers[begin : begin + batch]
        rows = {table: [row for number in some for row in found[table].get(number, ())] for table, _ in _ISSUED}
        booked = [row["id"] for row in rows[ledger_transactions]]
        made.append({**rows, ledger_entries: [row for number in booked for row in entries[number]]})
    return made


def _by(conn: Connection, table: Table, column: str) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in conn.execute(select(table), execution_options={"yield_per": READ_AT_ONCE}).mappings():
        found.setdefault(row[column], []).append(dict(row))
    return found


def _insert(engine: Engine, batches: Sequence[Batch], count: int) -> float:
    """The same rows once more, and nothing else; how many invoices a second."""
    order = (*(table for table, _ in _ISSUED), ledger_entries)
    begin = time.perf_counter()
    for batch in batches:
        with transaction(engine) as conn:
            for table in order:
                conn.execute(insert(table), [_unbound(table, row) for row in batch[table]])
    seconds = time.perf_counter() - begin
    with reading(engine) as conn:
        assert not conn.execute(select(balances).limit(1)).first()
    return count / seconds


def _unbound(table: Table, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what refers to a run that this store has not had."""
    return {**row, "run_id": None} if table is invoices else row
