"""A burst: 10,000 mails within a minute, and how long after the last 250 it takes until the last of them is settled."""

from collections.abc import Iterator

from bench.letters import mix
from bench.program import Failed, prepare, send, serve
from bench.results import BURST as GOAL
from bench.results import Result, shown
from bench.run import Run, tell

BURST, BURST_SECONDS = 10_000, 60.0
CONNECTIONS = 10


def burst(run: Run) -> Iterator[Result]:
    """The mix, one staff member told of each: more comes in than is settled meanwhile, and none may wait for long.

    Once, whatever the rounds: it is long enough. Where the mails could not be accepted in a minute, it took longer, and
    the line says so.
    """
    mails = run.much(BURST)
    directory = run.room("burst")
    prepare(directory, staff=1)
    tell(f"burst: {mails:,} mails")
    with serve(directory) as serving:
        sent = send(
            directory,
            serving.ports["smtp"],
            mix(mails, "burst"),
            connections=CONNECTIONS,
            rate=BURST / BURST_SECONDS,
        )
        seconds = serving.wait_settled() - sent.ended_at
        settled = serving.count("SELECT count(*) FROM spool WHERE disposition IN ('opened', 'joined')")
    if settled != mails:
        raise Failed(f"{settled} of {mails} mails became part of a ticket")
    taken = sent.ended_at - sent.began_at
    yield Result(
        "burst",
        f"{mails:,} mails, settled after the last 250",
        f"{shown(seconds)} s, accepted within {taken:.0f} s, p99 {sent.p99_ms:.0f} ms",
        seconds,
        GOAL,
        {"seconds": seconds, "accepted_within": taken, "p99_ms": sent.p99_ms},
    )
