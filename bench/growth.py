"""Growth: mail to ticket on a store with years of tickets against one that has hardly any."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from bench.generate import Home, Size, generate
from bench.letters import Letter, Parent, mix
from bench.program import prepare, serve
from bench.results import GROWTH, Result
from bench.run import Run, tell
from bench.tickets import settle
from mailgate.config import Settings
from store.engine import connect

MAILS = 600
SMALL = Size(tickets=100, messages=500)


def growth(run: Run) -> Iterator[Result]:
    """Half of the mails are new, half answer a mail that may stand anywhere in the store."""
    size = large_size(run)
    large, small = store_of(run, size), store_of(run, SMALL)
    with serve(large) as ours, serve(small) as bare:
        for serving in (ours, bare):
            settle(serving, mails_of(serving.directory, run.much(100), "warm"))

        def measure(directory: Path, number: int) -> float:
            tell(f"growth: {directory.name}, round {number + 1}")
            serving = ours if directory is large else bare
            return settle(serving, mails_of(directory, run.much(MAILS), f"growth.{number}"))

        turns = run.in_turns(lambda number: measure(large, number), lambda number: measure(small, number))
    yield Result(
        "growth",
        f"mail to ticket with {size.tickets:,} tickets, {size.messages:,} messages / with {SMALL.tickets}",
        turns.words(than="small"),
        turns.ratio,
        GROWTH,
        turns.as_details(),
    )


def large_size(run: Run) -> Size:
    """What years of tickets are in this run."""
    return Size(max(200, run.much(run.tickets)), max(1000, run.much(run.messages)))


def store_of(run: Run, size: Size) -> Path:
    """A prepared directory with a store of this size; the parts of a run share it."""
    finished = run.stores / f"store-{size.tickets}-{size.messages}"
    if finished.exists():
        return finished
    tell(f"making a store of {size.tickets:,} tickets and {size.messages:,} messages")
    directory = run.stores / f"{finished.name}.{os.urandom(4).hex()}"
    directory.mkdir(parents=True)
    prepare(directory, customers=(), staff=1, web=True)
    settings = Settings()
    home = Home(settings.gate.company, settings.gate.domain, settings.desks)
    engine = connect(f"sqlite:///{directory / 'mailgate.db'}")
    generate(engine, size, home, now=datetime.now(UTC))
    engine.dispose()
    directory.rename(finished)
    return finished


def mails_of(directory: Path, count: int, seed: str) -> list[Letter]:
    """A mix by customers of this store; every second one answers a mail of theirs that is in it."""
    rng = Random(seed)
    with closing(sqlite3.connect(f"file:{directory / 'mailgate.db'}?mode=ro", uri=True)) as store:
        last = store.execute("SELECT max(id) FROM entries").fetchone()[0]
        by_id = (
            "SELECT message_id, author_address FROM entries WHERE id <= ? AND direction = 'in' ORDER BY id DESC LIMIT 1"
        )
        rows = [store.execute(by_id, (rng.randint(1, last),)).fetchone() for _ in range(count)]
    parents = [Parent(message_id, "your question", author) for message_id, author in rows]
    return mix(count, f"{directory.name}.{seed}", authors=[parent.author for parent in parents], parents=parents)
