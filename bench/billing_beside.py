"""A run of bills beside a gate that accepts mail: what the mail servers that send to it notice of the run."""

import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta

from bench.billing import shop_of, store_of
from bench.databases import url_of
from bench.generate.billing import LEAD_DAYS
from bench.letters import plain
from bench.program import MAILGATE, Failed, Serving, prepare, send, serve
from bench.results import BESIDE_A_RUN, Result
from bench.run import Run, tell
from mailgate.billing.period import nth

RATE, CONNECTIONS = 20.0, 4
SECONDS = 20.0
_ANY_NUMBER = "[billing]\nfuse_least = 1000000\n"


def billing_beside(run: Run) -> Iterator[Result]:
    """The same steady mail, idle and while all accounts are billed by a command of its own, by turns."""
    shop = shop_of(run)
    directory = run.room("billing-beside")
    prepare(directory, staff=1, more=_ANY_NUMBER)
    with store_of(url_of(directory), shop):
        pass
    covered: list[float] = []
    with serve(directory) as serving:
        _p99(run, serving, "warm")

        def busy(number: int) -> float:
            due_on = nth(shop.due_on, 1, number)
            tell(f"billing-beside: {shop.customers:,} invoices of {due_on}, and {RATE:g} mails a second")
            with subprocess.Popen(
                [*MAILGATE, "--config", str(directory / "config.toml"), "bill", "run", "--json", "--at",
                 str(due_on - timedelta(days=LEAD_DAYS))],
                stdout=subprocess.DEVNULL,
            ) as billing:  # fmt: skip
                before = _issued(serving)
                while billing.poll() is None and _issued(serving) == before:
                    time.sleep(0.05)
                begin = _issued(serving)
                p99 = _p99(run, serving, f"busy.{number}")
                covered.append((_issued(serving) - begin) / shop.customers)
            if billing.returncode:
                raise Failed(f"the run ended with {billing.returncode}")
            return p99

        turns = run.in_turns(busy, lambda number: _p99(run, serving, f"idle.{number}"))
    yield Result(
        "billing-beside",
        f"p99 of an accepted mail during a run of {shop.customers:,} invoices / idle",
        f"{turns.words(' ms', 'idle')}; {min(covered):.0%} of the run's invoices or more were issued meanwhile",
        turns.ratio,
        BESIDE_A_RUN,
        {**turns.as_details(), "covered": covered},
    )


def _p99(run: Run, serving: Serving, seed: str) -> float:
    mails = plain(int(RATE * (1.0 if run.quick else SECONDS)), f"beside.{seed}")
    p99 = send(serving.directory, serving.ports["smtp"], mails, connections=CONNECTIONS, rate=RATE).p99_ms
    serving.wait_settled()
    return p99


def _issued(serving: Serving) -> int:
    return serving.count("SELECT max(id) FROM invoices")
