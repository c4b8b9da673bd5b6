"""Mail to ticket: from the first SMTP command to the commit of the last ticket with its acknowledgement queued."""

from collections.abc import Iterator
from statistics import median

from bench.helpdesk import NAME, Helpdesk
from bench.letters import Letter, mix
from bench.peer import Unavailable
from bench.program import Failed, Serving, prepare, send, serve
from bench.results import TICKETS, Result, shown
from bench.run import Run, tell

CONNECTIONS = 10
MAILS, WARM = 1000, 100
OF_PEER = 400
"""Of the same mix, but fewer, for it waits for the disk some twenty times a mail: enough for its rate to be steady."""


def tickets(run: Run) -> Iterator[Result]:
    """The same mix for both, by turns: without staff (acknowledgements only), and with one who is told of each mail."""
    try:
        peer, missing = Helpdesk(run), ""
    except Unavailable as error:
        peer, missing = None, str(error)
    for staff in run.some((0, 1)):
        directory = run.room(f"tickets-{staff}")
        prepare(directory, staff=staff)
        with serve(directory) as serving:
            settle(serving, mix(run.much(WARM), f"warm.{staff}"))
            what = "mail to ticket, acknowledgement queued" + (", one staff member told" if staff else "")
            yield _beside(run, serving, peer, what, staff) if peer else _alone(run, serving, what, staff, missing)
            if serving.count("SELECT count(*) FROM outbox WHERE template = 'acknowledgement'") == 0:
                raise Failed("no ticket was acknowledged")


def _beside(run: Run, serving: Serving, peer: Helpdesk, what: str, staff: int) -> Result:
    def theirs(number: int) -> float:
        tell(f"tickets: {NAME}, round {number + 1}")
        return peer.rate(mix(run.much(WARM), f"warm.{staff}"), mix(run.much(OF_PEER), f"tickets.{staff}.{number}"))

    turns = run.in_turns(lambda number: _ours(run, serving, staff, number), theirs)
    return Result("tickets", what, turns.words(than=NAME), turns.ratio, TICKETS, turns.as_details())


def _alone(run: Run, serving: Serving, what: str, staff: int, missing: str) -> Result:
    rates = [_ours(run, serving, staff, number) for number in range(run.rounds)]
    measured = f"{shown(median(rates))}/s; no ratio: {NAME} {missing}"
    return Result("tickets", what, measured, goal=TICKETS, details={"ours": rates})


def _ours(run: Run, serving: Serving, staff: int, number: int) -> float:
    tell(f"tickets: {staff} staff, round {number + 1}")
    return settle(serving, mix(run.much(MAILS), f"tickets.{staff}.{number}"))


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
