"""Several programs on one PostgreSQL: two workers against one, two gates against one, and PostgreSQL against SQLite.

Programs, clients and database share the cores of one machine, so that each line says who kept them busy while two
programs were at it: where nearly all of them are busy, a second machine would do more than a second program did.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.databases import asking, durable_server, new_database, pids_of
from bench.letters import Letter, mix, plain
from bench.program import SQLITE, Failed, Serving, prepare, report, send, sending, serve, start, stop, wait_settled
from bench.results import TWO_GATES, TWO_WORKERS, WITH_SERVER, Result, Turns, left_out
from bench.run import Run, tell
from bench.tickets import MAILS, WARM, settle
from bench.usage import Cores, cores, has_proc
from tests.servers.postgresql import Postgresql
from tests.servers.process import ServerMissing
from tests.servers.redis import running_redis

BACKLOG, LEAST_BACKLOG = 4000, 150
"""Mails for the workers: so many that a worker which is ready a moment before the other leaves it enough."""

ACCEPTED, CLIENTS, CONNECTIONS = 3000, 2, 10
"""Mails for the gates, and connections of each client, which is a process of its own as each gate is."""

_BROKER = '\n[workers]\nbroker = "{url}"\n'


def several(run: Run) -> Iterator[Result]:
    """Without a broker and with one, then the doors, then one process on each kind of database."""
    if not has_proc():
        yield left_out("several", "two programs / one", "the system has no /proc")
        return
    try:
        with durable_server() as server:
            yield _workers(run, server, "no broker", "")
            if not run.quick:
                with running_redis() as redis:
                    yield _workers(run, server, "Redis", _BROKER.format(url=redis.url))
            yield _gates(run, server)
            yield _kinds(run, server)
    except ServerMissing as missing:
        yield left_out("several", "two programs / one", str(missing))


def _workers(run: Run, server: Postgresql, broker: str, more: str) -> Result:
    """Mails that were accepted before become tickets: no client and no door is at work beside the workers."""
    directory = run.room(f"several-{broker.replace(' ', '-')}")
    prepare(directory, staff=1, url=new_database(server), more=more)
    busy: list[Cores] = []
    with serve(directory, "--no-workers") as doors:

        def rate(workers: int, number: int) -> float:
            tell(f"several: {workers} workers, {broker}, round {number + 1}")
            mails = mix(max(LEAST_BACKLOG, run.much(BACKLOG)), f"workers.{workers}.{number}")
            return _settled_by(workers, doors, mails, server, busy)

        turns = run.in_turns(lambda number: rate(2, number), lambda number: rate(1, number))
    what = f"accepted mail to ticket, two workers / one, {broker}"
    return Result("several", what, _words(turns, busy), turns.ratio, TWO_WORKERS, _details(turns, busy))


def _settled_by(number: int, doors: Serving, mails: Sequence[Letter], server: Postgresql, busy: list[Cores]) -> float:
    """How many a second become part of a ticket, from when all workers are ready."""
    directory = doors.directory
    before = doors.count(_SETTLED)
    send(directory, doors.ports["smtp"], mails, connections=CONNECTIONS)
    with _at_work(directory, number) as workers:
        with cores({"workers": [one.process.pid for one in workers], "database": pids_of(server)}) as found:
            begin, waiting = time.perf_counter(), doors.count(_WAITING)
            seconds = wait_settled(directory) - begin
        _wait_indexed(directory)
    if number == 2:
        busy.append(found)
    if (done := doors.count(_SETTLED) - before) != len(mails):
        raise Failed(f"{done} of {len(mails)} mails became part of a ticket")
    if not waiting:
        raise Failed("all was settled before the last worker was ready")
    return waiting / seconds


_SETTLED = "SELECT count(*) FROM spool WHERE disposition IN ('opened', 'joined')"
_WAITING = "SELECT count(*) FROM spool WHERE disposition = 'waiting'"


@contextmanager
def _at_work(directory: Path, number: int) -> Iterator[Sequence[Serving]]:
    """So many workers, started at once, all of them ready."""
    with ThreadPoolExecutor(number) as starting, ExitStack() as running:
        begun = [starting.submit(start, directory, "worker") for _ in range(number)]
        workers = [one.result() for one in begun]
        for worker in workers:
            running.callback(stop, worker)
        yield workers


def _wait_indexed(directory: Path) -> None:
    """What was settled is indexed a moment later, and would be so in the turn of the other."""
    with asking(directory) as ask:
        while ask("SELECT 1 FROM search_marks LIMIT 1") is not None:
            time.sleep(0.05)


def _gates(run: Run, server: Postgresql) -> Result:
    """Mails are accepted, and wait. The same two clients send to both gates, or to one."""
    directory = run.room("several-gates")
    prepare(directory, staff=1, url=new_database(server))
    busy: list[Cores] = []
    with serve(directory, "--no-workers") as one, serve(directory, "--no-workers") as other:
        for gate in (one, other):
            send(directory, gate.ports["smtp"], plain(run.much(300), f"warm.{gate.ports}"), connections=CONNECTIONS)

        def rate(gates: Sequence[Serving], number: int) -> float:
            tell(f"several: {len(gates)} gates, round {number + 1}")
            share = run.much(ACCEPTED) // CLIENTS
            pids = [gate.process.pid for gate in gates]
            with ExitStack() as running, cores({"gates": pids, "database": pids_of(server)}) as found:
                clients = [
                    running.enter_context(
                        sending(
                            directory,
                            gates[client % len(gates)].ports["smtp"],
                            plain(share, f"gates.{len(gates)}.{number}.{client}"),
                            connections=CONNECTIONS,
                        )
                    )
                    for client in range(CLIENTS)
                ]
                sent = [report(client) for client in clients]
            clients_busy = sum(each.client_busy for each in sent)
            found.busy["others"] = max(0.0, found.busy["others"] - clients_busy)
            found.busy["clients"] = clients_busy
            if len(gates) == 2:
                busy.append(found)
            return CLIENTS * share / (max(each.ended_at for each in sent) - min(each.began_at for each in sent))

        turns = run.in_turns(lambda number: rate((one, other), number), lambda number: rate((one,), number))
    return Result(
        "several", "accepted, two gates / one", _words(turns, busy), turns.ratio, TWO_GATES, _details(turns, busy)
    )


def _kinds(run: Run, server: Postgresql) -> Result:
    """The whole way of a mail in one `mailgate serve`, on each kind of database."""
    with ExitStack() as running:
        gates = {}
        for kind, url in (("postgresql", new_database(server)), ("sqlite", SQLITE)):
            directory = run.room(f"several-{kind}")
            prepare(directory, staff=1, url=url)
            gates[kind] = running.enter_context(serve(directory))
            settle(gates[kind], mix(run.much(WARM), "warm"))
        busy: list[Cores] = []

        def rate(kind: str, number: int) -> float:
            tell(f"several: {kind}, round {number + 1}")
            gate = gates[kind]
            with cores({"gate": [gate.process.pid], "database": pids_of(server)}) as found:
                settled = settle(gate, mix(run.much(MAILS), f"kinds.{number}"))
            if kind == "postgresql":
                busy.append(found)
            return settled

        turns = run.in_turns(lambda number: rate("postgresql", number), lambda number: rate("sqlite", number))
    what = "mail to ticket in one process, PostgreSQL / SQLite"
    return Result("several", what, _words(turns, busy, than="SQLite"), turns.ratio, WITH_SERVER, _details(turns, busy))


def _words(turns: Turns, busy: Sequence[Cores], than: str = "one") -> str:
    return f"{turns.words(than=than)}; {busy[-1].words()}"


def _details(turns: Turns, busy: Sequence[Cores]) -> dict[str, object]:
    return {**turns.as_details(), "cores": [one.busy for one in busy]}
