"""Charging: saved cards a second when everybody's invoice is due at one midnight, beside the bare SDK.

The gate charges by itself, as its schedule does, at the demo's double of the provider, which answers each call in a
tenth of a second. Beside it as many threads make and confirm the same payments by the SDK, and write nothing down. The
same steady mail comes in while the gate charges, and when it has.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, update

from bench.billing import shop_of
from bench.billing_beside import accepted_p99
from bench.collecting import climb
from bench.databases import url_of
from bench.generate.billing import LEAD_DAYS, generate_billing
from bench.program import Failed, Serving, prepare, serve
from bench.results import BESIDE_CHARGES, CHARGED, Result, Turns
from bench.run import Run, tell
from mailgate.config import Settings, load
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.run import run as run_billing
from mailgate.flows.billing.provider.keep_links import LinkKeeper
from mailgate.jobs import Job
from mailgate.wiring.servers import provider_of
from store.billing import cards, offers
from store.billing.cards import SavedCard
from store.engine import connect, reading, transaction
from store.schema import offers as links
from store.schema import outbox
from tests.servers.process import free_port
from tests.servers.provider import KEY, ProviderDouble

PART = "charging"
ACCOUNTS, AT_ONCE, LATENCY_MS = 10_000, 16, 100
PATIENCE_SECONDS = 1800.0
_SECTIONS = """
[billing]
fuse_least = 1000000

[payments]
provider = "stripe"
secret_key_file = "{key}"
api_url = "{url}"
at_once = {at_once}
"""


def charging(run: Run) -> Iterator[Result]:
    """Ours and the bare SDK by turns, each with accounts and a provider of its own; then mail beside charges."""
    accounts = int(os.environ.get("BENCH_ACCOUNTS", "0")) or run.much(ACCOUNTS)
    busy: list[float] = []
    idle: list[float] = []
    turns = run.in_turns(
        lambda number: _ours(run, accounts, number),
        lambda number: _bare(run, accounts, number),
    )
    words = f"{turns.words()}, {AT_ONCE} at a time, {LATENCY_MS} ms a call"
    yield Result(PART, f"{accounts:,} cards charged / the bare SDK", words, turns.ratio, CHARGED, turns.as_details())
    for number in range(run.rounds):
        _beside(run, accounts, number, busy, idle)
    beside = Turns(busy, idle)
    yield Result(
        PART,
        "p99 of an accepted mail while cards are charged / when none is",
        beside.words(" ms", "idle"),
        beside.ratio,
        BESIDE_CHARGES,
        beside.as_details(),
    )


def _ours(run: Run, accounts: int, number: int) -> float:
    tell(f"{PART}: {accounts:,} accounts by the gate, round {number + 1}")
    with _midnight(run, accounts, f"ours-{number}") as directory, serve(directory) as serving:
        begin = _wait_charged(serving, 1)
        first = _charged(serving)
        end = _wait_charged(serving, accounts)
    return (accounts - first) / (end - begin)


def _beside(run: Run, accounts: int, number: int, busy: list[float], idle: list[float]) -> None:
    tell(f"{PART}: mail beside {accounts:,} charges, round {number + 1}")
    with _midnight(run, accounts, f"beside-{number}") as directory, serve(directory) as serving:
        _wait_charged(serving, 1)
        busy.append(accepted_p99(run, serving, f"charging.busy.{number}"))
        if _charged(serving) == accounts and not run.quick:
            raise Failed("all cards were charged before the mail was accepted: there are too few accounts")
        _wait_charged(serving, accounts)
        serving.wait_settled()
        idle.append(accepted_p99(run, serving, f"charging.idle.{number}"))


def _bare(run: Run, accounts: int, number: int) -> float:
    tell(f"{PART}: {accounts:,} accounts by the bare SDK, round {number + 1}")
    with _provider(run.room(f"{PART}-bare-{number}")) as double:
        known = _known(double, accounts)
        double.pace(latency_ms=LATENCY_MS)
        command = [sys.executable, "-m", "bench.bare_charges", double.url, str(AT_ONCE)]
        asked = "".join(f"{customer} {card}\n" for customer, card in known)
        done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(done.stderr[-2000:])
        if (charged := double.books()["accounts"]["eur"]["charged"]) <= 0:
            raise Failed(f"the bare SDK has charged {charged}")
    return accounts / float(done.stdout)


@contextmanager
def _provider(directory: Path) -> Iterator[ProviderDouble]:
    """In a process of its own, as the provider is."""
    port = free_port()
    with (directory / "provider.log").open("wb") as log:
        command = [sys.executable, "-m", "mailgate.demo.provider", "--port", str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    double = ProviderDouble(f"http://127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                double.calls()
                break
            except OSError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Failed("the provider's double did not start") from error
                time.sleep(0.05)
        yield double
    finally:
        process.terminate()
        process.wait(timeout=60)


def _known(double: ProviderDouble, accounts: int) -> Sequence[tuple[str, str]]:
    """Customers at the provider, with a card each."""
    client = double.client

    def one(number: int) -> tuple[str, str]:
        customer = str(client.v1.customers.create({"email": f"owner{number}@customer{number}.example"}).id)
        return customer, double.card(customer)

    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(one, range(accounts)))


@contextmanager
def _midnight(run: Run, accounts: int, name: str) -> Iterator[Path]:
    """A gate whose accounts have a card and an open invoice each, all due today, and have heard of it before."""
    today = datetime.now(UTC).date()
    shop = replace(shop_of(run), customers=accounts, services=accounts, due_on=today)
    directory = run.room(f"{PART}-{name}")
    key = directory / "provider.key"
    key.write_text(KEY)
    key.chmod(0o600)
    with _provider(directory) as double:
        known = _known(double, accounts)
        more = _SECTIONS.format(key=key, url=double.url, at_once=AT_ONCE)
        prepare(directory, customers=(), staff=1, more=more)
        engine = connect(url_of(directory))
        generate_billing(engine, shop)
        settings = load(directory / "config.toml", os.environ)
        _bill(engine, settings, shop.bill_at)
        _give_cards(engine, known)
        engine.dispose()
        double.pace(latency_ms=LATENCY_MS)
        yield directory


def _bill(engine: Engine, settings: Settings, at: datetime) -> None:
    """Ten days ago, with a link for each; the mails of that day, and of three days before the end, have gone out."""
    if run_billing(engine, settings, Today(at), by="bench") is None:
        raise Failed("nothing was billed")
    keeper = LinkKeeper(engine, settings, provider_of(settings), _nothing)
    with reading(engine) as conn:
        wanted = [one.id for one in offers.listing(conn)]
    with ThreadPoolExecutor(4) as threads:
        for _ in threads.map(lambda number: keeper(number, at), wanted):
            pass
    for days in (1, LEAD_DAYS - 2):
        climb(engine, settings, at + timedelta(days=days))
    with transaction(engine) as conn:
        conn.execute(update(outbox).values(state="sent", due_at=None))
        conn.execute(update(links).values(due_at=datetime.now(UTC) + timedelta(hours=1), attempts=1))


def _nothing(job: Job, row_id: int) -> None:
    """Nobody works beside."""


def _give_cards(engine: Engine, known: Sequence[tuple[str, str]]) -> None:
    now = datetime.now(UTC)
    with transaction(engine) as conn:
        for number, (customer, card) in enumerate(known, 1):
            cards.know(conn, number, "stripe", customer, now=now)
            cards.add(conn, SavedCard(0, number, "stripe", customer, card, "visa", "4242", None, now))


def _charged(serving: Serving) -> int:
    return serving.count("SELECT count(*) FROM charges WHERE state = 'succeeded'")


def _wait_charged(serving: Serving, wanted: int) -> float:
    """Until so many are; the instant at which that was seen."""
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while _charged(serving) < wanted:
        if time.perf_counter() > deadline:
            raise Failed(f"{_charged(serving)} of {wanted} cards were charged")
        time.sleep(0.1)
    return time.perf_counter()
