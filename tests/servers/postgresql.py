"""A private PostgreSQL on loopback: a cluster of its own, whose only user needs no password and has all rights."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import (
    LOOPBACK,
    UNPRIVILEGED_USER,
    ServerMissing,
    free_port,
    private_directory,
    process_group,
    wait_until_ready,
)

INSTALLED = Path("/usr/lib/postgresql")
USER = "mailgate"

# Nothing of it outlives the tests, so nothing is waited for.
_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=16MB",
    "max_connections=100",
)


@dataclass(frozen=True, slots=True)
class Postgresql:
    """A running cluster; it can be stopped, and started again on its port with all that is in it."""

    port: int
    programs: Path
    start: Callable[[], None]  # again, after `stop`
    stop: Callable[[], None]  # with all its connections

    def url(self, database: str, *, template: str = "template0") -> str:
        """The address of a new database, which is empty unless it is a copy of another."""
        command = [str(self.programs / "createdb"), *self._where, "--template", template, database]
        subprocess.run(command, check=True, capture_output=True, timeout=30)
        return self.url_for(USER, database)

    def url_for(self, user: str, database: str) -> str:
        """The address of a database for one of the cluster's users."""
        return f"postgresql+psycopg://{user}@{LOOPBACK}:{self.port}/{database}"

    def run(self, database: str, sql: str, *, within_seconds: float = 60) -> str:
        """Have psql run a script as an administrator would; what it printed, without frames."""
        command = [str(self.programs / "psql"), *self._where, "--no-psqlrc", "--quiet", "--no-align", "-t"]
        done = subprocess.run(
            [*command, "--set", "ON_ERROR_STOP=1", database],
            input=sql, text=True, check=True, capture_output=True, timeout=within_seconds,
        )  # fmt: skip
        return done.stdout

    def base_backup(self, directory: Path) -> None:
        """Have pg_basebackup write a copy of the cluster's files, from which it can be recovered."""
        command = [
            str(self.programs / "pg_basebackup"),
            *self._where,
            "--pgdata",
            str(directory),
            "--checkpoint",
            "fast",
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)

    @property
    def _where(self) -> list[str]:
        return ["--host", LOOPBACK, "--port", str(self.port), "--username", USER]


@contextmanager
def running_postgresql(*more: str, base: Path | None = None, kept: Path | None = None) -> Iterator[Postgresql]:
    """Start a cluster, yield it when it takes connections, and end it; raises ServerMissing.

    `more`: settings besides ours, which go before them. `base`: what `base_backup` wrote, to recover from; else the
    cluster is a new one. `kept`: a directory in which its files stay, and from which it goes on the next time.
    """
    programs = _programs()
    user = UNPRIVILEGED_USER if os.geteuid() == 0 else None  # it refuses to run as root
    with private_directory("postgresql", owner=user) as directory:
        data, log = directory / "data", directory / "log"
        if kept is not None:
            kept.mkdir(parents=True, exist_ok=True)
            if user is not None:
                shutil.chown(kept, user)
            data = kept / "data"
        if base is None and not data.exists():
            make = [str(programs / "initdb"), "--pgdata", str(data), "--username", USER, "--auth", "trust", "--no-sync"]
            subprocess.run(
                [*make, "--encoding", "UTF8", "--locale", "C"],
                check=True, capture_output=True, timeout=120, user=user, cwd=directory,
            )  # fmt: skip
        elif base is not None:
            shutil.copytree(base, data)
            (data / "recovery.signal").touch()
            _give(data, user)
        port = free_port()
        settings = (
            f"listen_addresses={LOOPBACK}",
            f"port={port}",
            f"unix_socket_directories={directory}",
            *_SETTINGS,
            *more,
        )
        command = [str(programs / "postgres"), "-D", str(data), *(word for one in settings for word in ("-c", one))]
        ready = [str(programs / "pg_isready"), "--quiet", "--host", LOOPBACK, "--port", str(port)]
        running = ExitStack()

        def start() -> None:
            group = process_group(command, log=log, directory=directory, user=user, ends_by=signal.SIGINT)
            process = running.enter_context(group)
            wait_until_ready(process, lambda: subprocess.run(ready, timeout=10, check=False).returncode == 0, log=log)

        with running:
            start()
            yield Postgresql(port, programs, start, running.close)


def _give(data: Path, user: str | None) -> None:
    data.chmod(0o700)
    if user is not None:
        for path in (data, *data.rglob("*")):
            shutil.chown(path, user)


def _programs() -> Path:
    """Where Debian keeps them: a directory for each version, none of them on the PATH."""
    found = sorted(INSTALLED.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found or shutil.which(found[-1]) is None:
        raise ServerMissing("PostgreSQL is not installed; sh tests/servers/install.sh does that on Debian")
    return found[-1].parent
