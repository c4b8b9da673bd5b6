"""Durable accepts a second against a bare server that discards, on 1, 10 and 50 connections."""

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from bench.letters import plain
from bench.program import Sent, Serving, bare, prepare, send, serve
from bench.results import ACCEPT, ACCEPT_AT_WORK, Result
from bench.run import Run, tell

MAILS = {1: 500, 10: 1500, 50: 3000}
WITH_WORKERS = {1: 300, 10: 600, 50: 1000}
"""Fewer: all of them are then settled before the next turn."""


def accept(run: Run) -> Iterator[Result]:
    """Without workers, so that the listener is measured alone, then as a whole gate."""
    with ExitStack() as stack:
        peers = {door: stack.enter_context(bare("bench.bare_smtp", door)) for door in ("smtp", "lmtp")}
        for workers in run.some((False, True)):
            directory = run.room(f"accept-{'with' if workers else 'without'}-workers")
            prepare(directory, staff=1)
            with serve(directory, *([] if workers else ["--no-workers"])) as serving:
                for door in ("smtp", "lmtp"):
                    yield from _door(run, serving, peers[door], door, workers=workers)


def _door(run: Run, serving: Serving, peer: int, door: str, *, workers: bool) -> Iterator[Result]:
    directory, port = serving.directory, serving.ports[door]
    for name, place in (("ours", port), ("bare", peer)):  # what is slow once only
        send(directory, place, plain(run.much(300), f"warm.{name}.{door}.{workers}"), connections=10, door=door)
    for connections, usual in run.some(tuple((WITH_WORKERS if workers else MAILS).items())):
        mails = run.much(usual)
        tell(f"accept: {door}, {connections} connections, workers {'running' if workers else 'off'}")
        delays: list[float] = []

        def measure(name: str, place: int, number: int) -> Sent:
            seed = f"{name}.{door}.{connections}.{workers}.{number}"  # noqa: B023 - called within the turn
            return send(directory, place, plain(mails, seed), connections=connections, door=door)  # noqa: B023

        def ours(number: int) -> float:
            if workers:
                serving.wait_settled()
            sent = measure("ours", port, number)
            if workers:
                serving.wait_settled()  # the bare server's turn is its own
            delays.append(sent.p99_ms)  # noqa: B023
            return sent.per_second

        turns = run.in_turns(ours, lambda number: measure("bare", peer, number).per_second)
        what = f"{door.upper()}, {connections} connection{'s' * (connections > 1)}, "
        yield Result(
            "accept",
            what + ("workers running" if workers else "no workers"),
            f"{turns.words()}, p99 {median(delays):.1f} ms",
            turns.ratio,
            (ACCEPT_AT_WORK if workers else ACCEPT)[connections],
            {**turns.as_details(), "p99_ms": delays},
        )
