"""Years of invoices: how quickly a store that has them bills, and shows one, against a store without.

    python -m bench --only billing-growth

Both have the same shop. The one is billed month by month until it has a million invoices, or BENCH_INVOICES, which
takes ten minutes.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine, func, select

from bench.billing import shop_of, store_of
from bench.databases import url_of
from bench.generate.billing import LEAD_DAYS, Shop
from bench.pages import read, seconds, session
from bench.program import Failed, bare, prepare
from bench.results import BILLED_GROWTH, INVOICE_PAGE_GROWTH, Result
from bench.run import Run, tell
from mailgate.billing.period import nth
from mailgate.config import Settings
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.run import run as run_billing
from store.engine import reading
from store.schema import invoices

PART = "billing-growth"
INVOICES = 1_000_000


@dataclass
class _Store:
    """A shop in a store, and how many months of it have been billed."""

    directory: Path
    engine: Engine
    shop: Shop
    months: int = 0

    def bill(self) -> float:
        """The next month; invoices a second."""
        usual = Settings()
        settings = replace(usual, billing=replace(usual.billing, fuse_least=10**9))
        at = nth(self.shop.due_on, 1, self.months) - timedelta(days=LEAD_DAYS)
        begin = perf_counter()
        done = run_billing(self.engine, settings, Today(self.shop.bill_at, at), by="bench")
        took = perf_counter() - begin
        if done is None or len(done.invoices) != self.shop.customers:
            raise Failed(f"not all of {self.shop.customers} invoices were issued")
        self.months += 1
        return self.shop.customers / took

    def number(self) -> str:
        """Of an invoice in the middle."""
        with reading(self.engine) as conn:
            middle = conn.execute(select(func.max(invoices.c.id))).scalar_one() // 2
            return str(conn.execute(select(invoices.c.number).where(invoices.c.id == middle)).scalar_one())


def billing_growth(run: Run) -> Iterator[Result]:
    """Runs by turns, then the page of an invoice by turns."""
    shop = shop_of(run)
    with _with_shop(run, "large", shop) as large, _with_shop(run, "small", shop) as small:
        wanted = int(os.environ.get("BENCH_INVOICES", "0")) or INVOICES
        months = max(2, -(-wanted // shop.customers)) if not run.quick else 2
        while large.months < months:
            tell(f"{PART}: month {large.months + 1} of {months}, {large.bill():,.0f} invoices a second")
        issued = large.months * shop.customers
        tell(f"{PART}: runs by turns")
        turns = run.in_turns(lambda _: large.bill(), lambda _: small.bill())
        what = f"invoices of a run with {issued:,} issued / with none"
        yield Result(PART, what, turns.words(than="small"), turns.ratio, BILLED_GROWTH, turns.as_details())
        yield _pages(run, large, small, issued)


@contextmanager
def _with_shop(run: Run, name: str, shop: Shop) -> Iterator[_Store]:
    directory = run.room(f"{PART}-{name}")
    prepare(directory, customers=(), staff=1)
    with store_of(url_of(directory), shop) as engine:
        yield _Store(directory, engine, shop)


def _pages(run: Run, large: _Store, small: _Store, issued: int) -> Result:
    with ExitStack() as running:
        ports, cookies = {}, {}
        for store in (large, small):
            ports[store.directory] = running.enter_context(bare("bench.web_server", "ours", str(store.directory)))
            cookies[store.directory] = session(store.directory)

        def p99(store: _Store) -> float:
            path, cookie = f"/staff/invoices/{store.number()}", cookies[store.directory]
            return float(read(ports[store.directory], path, cookie=cookie, seconds=seconds(run))["p99_ms"])

        tell(f"{PART}: pages by turns")
        turns = run.in_turns(lambda _: p99(large), lambda _: p99(small))
    what = f"p99 of the page of an invoice with {issued:,} issued / with a few months"
    return Result(PART, what, turns.words(" ms", "small"), turns.ratio, INVOICE_PAGE_GROWTH, turns.as_details())
