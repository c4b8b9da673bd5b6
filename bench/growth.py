"""Growth: mail to ticket on a store with years of tickets against one that has hardly any."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import text

from bench.databases import url_of
from bench.generate import Home, Size, generate
from bench.letters import Letter, Parent, mix
from bench.program import Serving, prepare, serve
from bench.results import GROWTH, Result, Turns
from bench.run import Run, tell
from bench.tickets import settle
from mailgate.config import Settings
from store.engine import connect, reading

MAILS = 600
SMALL = Size(tickets=100, messages=500)


def growth(run: Run) -> Iterator[Result]:
    """Half of the mails are new, half answer a mail that may stand anywhere in the store."""
    size = large_size(run)
    large, small = store_of(run, size), store_of(run, SMALL)
    turns = settled_in_turns(run, large, small)
    yield Result(
        "growth",
        f"mail to ticket with {size.tickets:,} tickets, {size.messages:,} messages / with {SMALL.tickets}",
        turns.words(than="small"),
        turns.ratio,
        GROWTH,
        turns.as_details(),
    )


def settled_in_turns(run: Run, large: Path, small: Path) -> Turns:
    """Mails a second that become part of a ticket in each of two stores."""
    with serve(large) as ours, serve(small) as bare:
        for serving in (ours, bare):
            settle(serving, mails_of(serving.directory, run.much(100), f"warm.{_nonce()}"))

        def measure(serving: Serving, number: int) -> float:
            tell(f"growth: {serving.directory.name}, round {number + 1}")
            return settle(serving, mails_of(serving.directory, run.much(MAILS), f"growth.{number}.{_nonce()}"))

        return run.in_turns(lambda number: measure(ours, number), lambda number: measure(bare, number))


def _nonce() -> str:
    """A store that was kept has mails of an earlier run, and would know the same again."""
    return os.urandom(3).hex()


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
    fill(directory, size)
    directory.rename(finished)
    return finished


def mails_of(directory: Path, count: int, seed: str) -> list[Letter]:
    """A mix by customers of this store; every second one answers a mail of theirs that is in it."""
    rng = Random(seed)
    engine = connect(url_of(directory), read_only=True)
    with reading(engine) as conn:
        last = conn.execute(text("SELECT max(id) FROM entries")).scalar_one()
        by_id = text(
            "SELECT message_id, author_address FROM entries WHERE id <= :id AND direction = 'in' "
            "ORDER BY id DESC LIMIT 1"
        )
        rows = [conn.execute(by_id, {"id": rng.randint(1, last)}).one() for _ in range(count)]
    engine.dispose()
    parents = [Parent(row.message_id, "your question", row.author_address) for row in rows]
    return mix(count, f"{directory.name}.{seed}", authors=[parent.author for parent in parents], parents=parents)


def fill(directory: Path, size: Size) -> None:
    """Make years of mail up in a store that was prepared without customers."""
    settings = Settings()
    home = Home(settings.gate.company, settings.gate.domain, settings.desks)
    engine = connect(url_of(directory))
    generate(engine, size, home, now=datetime.now(UTC))
    engine.dispose()
