"""A run of bills in a gate that accepts mail: what the mail servers that send to it notice of the run.

The gate bills by itself, as its schedule does when something is due: mails, run and pages share one program.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.billing import shop_of, store_of
from bench.databases import url_of
from bench.generate.billing import LEAD_DAYS
from bench.letters import plain
from bench.program import Failed, Serving, prepare, send, serve
from bench.results import BESIDE_A_RUN, Result, Turns
from bench.run import Run, tell

PART = "billing-beside"
RATE, CONNECTIONS = 20.0, 4
SECONDS, PATIENCE_SECONDS = 15.0, 600.0
_ANY_NUMBER = "[billing]\nfuse_least = 1000000\n"


def billing_beside(run: Run) -> Iterator[Result]:
    """The same steady mail while all accounts are billed, and when they are, each time in a new store."""
    due_on = datetime.now(UTC).date() + timedelta(days=LEAD_DAYS - 1)
    shop = shop_of(run, due_on=due_on)
    busy: list[float] = []
    idle: list[float] = []
    covered: list[float] = []
    for number in range(run.rounds):
        tell(f"{PART}: {shop.customers:,} invoices and {RATE:g} mails a second, round {number + 1}")
        directory = run.room(f"{PART}-{number}")
        prepare(directory, staff=1, more=_ANY_NUMBER)
        with store_of(url_of(directory), shop):
            pass
        with serve(directory) as serving:
            _wait_issued(serving, 1)
            begin = _issued(serving)
            busy.append(accepted_p99(run, serving, f"busy.{number}"))
            covered.append((_issued(serving) - begin) / shop.customers)
            _wait_issued(serving, shop.customers)
            serving.wait_settled()
            idle.append(accepted_p99(run, serving, f"idle.{number}"))
    turns = Turns(busy, idle)
    yield Result(
        PART,
        f"p99 of an accepted mail during a run of {shop.customers:,} invoices / without one",
        f"{turns.words(' ms', 'without')}; {min(covered):.0%} of the run's invoices or more were issued meanwhile",
        turns.ratio,
        BESIDE_A_RUN,
        {**turns.as_details(), "covered": covered},
    )


def accepted_p99(run: Run, serving: Serving, seed: str) -> float:
    """In ms, of a steady mail."""
    mails = plain(int(RATE * (1.0 if run.quick else SECONDS)), f"beside.{seed}")
    return send(serving.directory, serving.ports["smtp"], mails, connections=CONNECTIONS, rate=RATE).p99_ms


def _issued(serving: Serving) -> int:
    return serving.count("SELECT count(*) FROM invoices")


def _wait_issued(serving: Serving, wanted: int) -> None:
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while _issued(serving) < wanted:
        if time.perf_counter() > deadline:
            raise Failed(f"{_issued(serving)} of {wanted} invoices were issued")
        time.sleep(0.2)
