"""Mail to ticket: from the first SMTP command to the commit of the last ticket with its acknowledgement queued."""

from collections.abc import Iterator
from statistics import median

from bench.letters import Letter, mix
from bench.program import Failed, Serving, prepare, send, serve
from bench.results import TICKETS, Result
from bench.results import shown as number
from bench.run import Run, tell

CONNECTIONS = 10
MAILS = 1000


def tickets(run: Run) -> Iterator[Result]:
    """The mix of the peers' corpus, without staff (acknowledgements only) and with one who is told of each mail."""
    for staff in run.some((0, 1)):
        directory = run.room(f"tickets-{staff}")
        prepare(directory, staff=staff)
        with serve(directory) as serving:
            settle(serving, mix(run.much(100), f"warm.{staff}"))
            rates = []
            for turn in range(run.rounds):
                tell(f"tickets: {staff} staff, round {turn + 1}")
                rates.append(settle(serving, mix(run.much(MAILS), f"tickets.{staff}.{turn}")))
            if serving.count("SELECT count(*) FROM outbox WHERE template = 'acknowledgement'") == 0:
                raise Failed("no ticket was acknowledged")
        rate = median(rates)
        yield Result(
            "tickets",
            "mail to ticket, acknowledgement queued" + (", one staff member told" if staff else ""),
            f"{number(rate)}/s (best peer {number(run.peer_rate)}/s)",
            rate / run.peer_rate,
            TICKETS,
            {"rates": rates, "peer_rate": run.peer_rate},
        )


def settle(serving: Serving, mails: list[Letter]) -> float:
    """Send these mails; how many a second became part of a ticket."""
    serving.wait_settled()
    before = serving.count("SELECT count(*) FROM spool WHERE disposition IN ('opened', 'joined')")
    sent = send(serving.directory, serving.ports["smtp"], mails, connections=CONNECTIONS)
    seconds = serving.wait_settled() - sent.began_at
    done = serving.count("SELECT count(*) FROM spool WHERE disposition IN ('opened', 'joined')") - before
    if done != len(mails):
        raise Failed(f"{done} of {len(mails)} mails became part of a ticket")
    return len(mails) / seconds
