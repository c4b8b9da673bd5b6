"""The programs that work on one store: each has a row and renews it. Who is there, who leads, whose leases are void.

Instants are those of the database, for the clocks of hosts differ.
"""

import os
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from store.rows import Rows
from store.schema import processes

MY_NAME = secrets.token_hex(8)
"""Of this process, new at each start; its leases begin with it."""

PRESENT = timedelta(seconds=10)
"""Whoever has not been seen for so long does not lead."""

DEAD = timedelta(minutes=3)
"""Whoever has not been seen for so long is taken for dead on other hosts, and what he had in hand is done by others.

Longer than a process insists on writing down what it has done (store.post.leases).
"""


@dataclass(frozen=True, slots=True)
class Process:
    """One program on one host."""

    name: str
    does: str  # "serve", "worker" …
    sweeps: bool
    host: str
    place: str
    pid: int
    begun_at: datetime
    seen_at: datetime

    @property
    def works(self) -> bool:
        """It has workers."""
        return self.does in ("serve", "worker")

    def is_present(self, now: datetime) -> bool:
        """It has been seen lately."""
        return now - self.seen_at <= PRESENT


_PROCESSES = Rows(Process)
_ME = processes.c.name == MY_NAME


def time_of(conn: Connection) -> datetime:
    """What the database's clock says; SQLite has that of this host."""
    if conn.dialect.name != "postgresql":
        return datetime.now(UTC)
    at: datetime = conn.execute(select(func.clock_timestamp())).scalar_one()
    return at.astimezone(UTC)


def renew(conn: Connection, *, does: str, sweeps: bool, now: datetime) -> None:
    """This process is there."""
    if conn.execute(update(processes).where(_ME).values(seen_at=now)).rowcount:
        return
    me = Process(MY_NAME, does, sweeps, socket.gethostname(), _place(), os.getpid(), now, now)
    conn.execute(insert(processes).values(_PROCESSES.columns(me)))


def leave(conn: Connection) -> None:
    """This process ends in order, with nothing in hand."""
    conn.execute(delete(processes).where(_ME))


def listing(conn: Connection) -> tuple[Process, ...]:
    """All that have a row, the longest running first."""
    rows = conn.execute(select(processes).order_by(processes.c.begun_at, processes.c.name)).mappings()
    return tuple(map(_PROCESSES.read, rows))


def present(conn: Connection) -> tuple[Process, ...]:
    """Those that have been seen lately."""
    now = time_of(conn)
    return tuple(one for one in listing(conn) if one.is_present(now))


def leader(known: Iterable[Process], *, now: datetime) -> Process | None:
    """Who sweeps for all: whoever has run longest of those that are there."""
    return next((one for one in known if one.sweeps and one.is_present(now)), None)


def died_here(one: Process) -> bool:
    """It ran on this host, and does not any more."""
    if one.name == MY_NAME or not one.place or one.place != _place():
        return False
    if one.pid == os.getpid():
        return True
    try:
        state = Path(f"/proc/{one.pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state in "ZX"  # ended, and nobody has asked how; see proc(5)


def forget(conn: Connection, one: Process) -> bool:
    """It is dead; False when somebody else found that out meanwhile, or it was seen."""
    same = (processes.c.name == one.name, processes.c.seen_at == one.seen_at)
    return bool(conn.execute(delete(processes).where(*same)).rowcount)


def _place() -> str:
    """Within one boot of one machine and one namespace of process ids, a pid is one process."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""
