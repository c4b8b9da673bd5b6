"""Growth on a server: mail to ticket, pages and searches in a PostgreSQL with years of tickets against a small one.

    python -m bench --only server-growth --tickets 1000000 --messages 5000000 --stores ../stores

At that size the store is made in some hours and takes some 50 GB; with `--stores` it is kept for the next run.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

from bench.databases import durable_server
from bench.generate import Size
from bench.growth import SMALL, fill, large_size, settled_in_turns
from bench.pages import read, seconds, session
from bench.program import configure, prepare, program
from bench.results import GROWTH, PAGE_GROWTH, SEARCH, Result, left_out
from bench.run import Run, tell
from tests.servers.postgresql import USER, Postgresql
from tests.servers.process import ServerMissing

PART = "server-growth"

SEARCHES = (
    "invoice",  # a word of nearly every mail
    "invoice password certificate",
    "serv renew",
    '"domain name"',
    "from:anne quota -server",
    "status:open refund",
    "adler customer-7.example",
    "nobodywrotethis",
)

EACH = 10
"""Times that each is read in a turn at least: p95 is then that of the slowest."""


def server_growth(run: Run) -> Iterator[Result]:
    """The rate of a whole gate, then pages and searches of `mailgate web`, each in both stores by turns."""
    size = replace(large_size(run), indexed=True)
    try:
        with durable_server(run.kept / "postgresql" if run.kept else None) as server:
            large, small = _store_on(run, server, size), _store_on(run, server, replace(SMALL, indexed=True))
            turns = settled_in_turns(run, large, small)
            words = turns.words(than="small")
            yield Result(PART, _what("mail to ticket", size), words, turns.ratio, GROWTH, turns.as_details())
            yield from _web(run, large, small, size)
    except ServerMissing as missing:
        yield left_out(PART, "a large store / a small one", str(missing))


def _store_on(run: Run, server: Postgresql, size: Size) -> Path:
    """A prepared directory with a store of this size in a database of the server."""
    name = f"store_{size.tickets}_{size.messages}"
    finished = run.stores / f"server-{size.tickets}-{size.messages}"
    if finished.exists():
        configure(finished, web=True, url=server.url_for(USER, name))  # its port is another one now
        return finished
    tell(f"making a store of {size.tickets:,} tickets and {size.messages:,} messages on a server")
    server.run("postgres", f"DROP DATABASE IF EXISTS {name}")  # of a run that was broken off
    directory = run.stores / f"{finished.name}.{os.urandom(4).hex()}"
    directory.mkdir(parents=True)
    try:
        prepare(directory, customers=(), staff=1, web=True, url=server.url(name))
        fill(directory, size)
        server.run(name, "VACUUM (ANALYZE)", within_seconds=6 * 3600)  # as the server does by itself in time
        server.run(name, "CHECKPOINT", within_seconds=3600)
    except BaseException:
        shutil.rmtree(directory)
        raise
    directory.rename(finished)
    return finished


def _web(run: Run, large: Path, small: Path, size: Size) -> Iterator[Result]:
    with ExitStack() as running:
        ports = {store: running.enter_context(program(store, "web")).ports["web"] for store in (large, small)}
        cookies = {store: session(store) for store in (large, small)}

        def page(store: Path) -> float:
            return float(read(ports[store], cookie=cookies[store], seconds=seconds(run))["p99_ms"])

        tell(f"{PART}: pages")
        turns = run.in_turns(lambda _: page(large), lambda _: page(small))
        words = turns.words(" ms", "small")
        yield Result(PART, _what("page p99", size), words, turns.ratio, PAGE_GROWTH, turns.as_details())

        found: list[Mapping[str, Any]] = []

        def search(store: Path) -> float:
            paths = [f"/staff/search?q={quote(words)}" for words in SEARCHES]
            last = read(
                ports[store],
                *paths,
                cookie=cookies[store],
                seconds=seconds(run),
                connections=1,
                least=1 if run.quick else EACH,
            )
            if store is large:
                found.append(last)
            return float(last["p95_ms"])

        tell(f"{PART}: searches")
        turns = run.in_turns(lambda _: search(large), lambda _: search(small))
    slowest = max(zip(found[-1]["medians_ms"], SEARCHES, strict=True), key=lambda one: one[0] or 0)
    yield Result(
        PART,
        f"search p95, ms, with {size.tickets:,} tickets, {size.messages:,} messages",
        f"{turns.words(' ms', 'small')}; slowest: {slowest[1]}, {slowest[0]} ms",
        median(turns.ours),
        SEARCH,
        {**turns.as_details(), "medians_ms": dict(zip(SEARCHES, found[-1]["medians_ms"], strict=True))},
    )


def _what(measured: str, size: Size) -> str:
    return f"{measured} with {size.tickets:,} tickets, {size.messages:,} messages / with {SMALL.tickets}"
