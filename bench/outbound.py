"""Outbound: mails of ours from their rows to the smarthost's yes, against the plain chain of libraries.

Ours words, signs with two keys, archives, and commits before and after the last byte, in as many threads as a gate has
for it, which take turns as a gate's do; the chain words, signs with one key, and forgets, one mail after the other.
Both keep their connections to the same server.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.conversation import asks
from bench.inline import opened
from bench.letters import PEOPLE
from bench.plain_chain import Chain, rsa_key
from bench.program import Failed, bare, prepare
from bench.results import OUTBOUND, Result
from bench.run import Run, tell
from mailgate.mail.signing_key import SigningKey, make_pair
from mailgate.outbound.sign import signed
from mailgate.wiring import Parts
from store import signing_keys
from store.engine import reading, transaction
from store.post import outbox
from store.post.outbox import OutState
from workers.pace import Pace

TICKETS = 400  # each calls for two mails
SIGNED = 300

_SMARTHOST = '\n[smarthost]\naddress = "127.0.0.1:{port}"\ntls = "none"\n'


def outbound(run: Run) -> Iterator[Result]:
    """Mails a second, and the time of a signature."""
    tell("outbound: render, sign, archive, send")
    with bare("bench.bare_smtp", "smtp") as port:
        count = run.much(TICKETS)
        turns = run.in_turns(
            lambda number: _ours(run.room(f"outbound-{number}"), port, count), lambda _: _chain(port, 2 * count)
        )
    yield Result(
        "outbound",
        "render, sign, archive, send",
        turns.words(than="plain chain"),
        turns.ratio,
        OUTBOUND,
        turns.as_details(),
    )
    tell("outbound: signing alone")
    raw, pair = Chain().write(0), make_pair(1)
    _signatures(raw, pair, 1)  # a key is read once
    count = run.much(SIGNED)
    turns = run.in_turns(lambda _: _signatures(raw, pair, count), lambda _: _of_dkimpy(raw, count // 5))
    yield Result("outbound", "signing, two keys / one by dkimpy", turns.words(" ms", "dkimpy"), turns.ratio)


def _ours(directory: Path, port: int, tickets: int) -> float:
    """Mails a second of a gate's own; raises Failed when one was not sent."""
    prepare(directory, staff=1)
    config = directory / "config.toml"
    config.write_text(config.read_text() + _SMARTHOST.format(port=port))
    now = datetime.now(UTC)
    with opened(directory, computing=Pace().computing) as parts:
        with transaction(parts.engine) as conn:
            signing_keys.add(conn, make_pair(1), now=now)
            signing_keys.enable(conn, now=now)
        warm = _queued(parts, 5, "warm")
        for row_id in warm:
            parts.deliver(row_id, now)
        rows = _queued(parts, tickets, "measured")
        at = datetime.now(UTC) + timedelta(minutes=2)
        with ThreadPoolExecutor(parts.settings.workers.threads) as workers:
            begin = time.perf_counter()
            list(workers.map(lambda row_id: parts.deliver(row_id, at), rows))
            seconds = time.perf_counter() - begin
        _look(parts, rows)
    return len(rows) / seconds


def _queued(parts: Parts, tickets: int, name: str) -> Sequence[int]:
    """The acknowledgements and notifications of so many new tickets."""
    authors = [PEOPLE[number % len(PEOPLE)] for number in range(tickets)]
    return [row.id for row in asks(authors, name).take(parts, lambda settling: settling())]


def _look(parts: Parts, rows: Sequence[int]) -> None:
    with reading(parts.engine) as conn:
        last = outbox.show(conn, rows[-1])
        unsent = [row for row in outbox.listing(conn, after=rows[0] - 1) if row.state is not OutState.SENT]
        assert last is not None
        assert last.sha256 is not None
        raw = parts.archive.load(conn, last.sha256)
    if unsent:
        raise Failed(f"{len(unsent)} mails were not sent: {unsent[0].last_reply}")
    if raw.count(b"DKIM-Signature: ") != 2:
        raise Failed("the mails were not signed with two keys")


def _chain(port: int, mails: int) -> float:
    with Chain().connected(port) as chain:
        for number in range(5):
            chain.send(number)
        begin = time.perf_counter()
        for number in range(mails):
            chain.send(number)
        return mails / (time.perf_counter() - begin)


def _signatures(raw: bytes, pair: Sequence[SigningKey], count: int) -> float:
    at = datetime.now(UTC)
    begin = time.perf_counter()
    for _ in range(count):
        signed(raw, pair, domain="support.example", at=at)
    return 1000 * (time.perf_counter() - begin) / count


def _of_dkimpy(raw: bytes, count: int) -> float:
    chain, key = Chain(), rsa_key()
    begin = time.perf_counter()
    for _ in range(max(count, 2)):
        chain.sign(raw, key)
    return 1000 * (time.perf_counter() - begin) / max(count, 2)
