"""Gates that are copied: mails small and large, and what their stores hold."""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailgate.config import load
from mailgate.jobs import Job
from mailgate.wiring import build
from store.archive import INLINE_BYTES, Archive, Directory
from store.engine import connect, reading
from store.post import spool
from tests.outbound.sink import Sink
from tests.program import Program, configured
from tests.servers.postgresql import Postgresql

LARGE = b"From: Cris <cris@stranger.example>\r\nSubject: Pictures\r\n\r\n" + b"x" * 70 + b"\r\n" + b"y" * 70 + b"\r\n"
LARGE += b"0123456789\r\n" * (INLINE_BYTES // 12 + 1)


def beside(directory: Path, sink: Sink, url: str = "") -> Program:
    """A gate in a directory of its own, with the same smarthost; Anne may write as much as she likes.

    `url`: of its store, if that is not a file in its directory.
    """
    smarthost: dict[str, object] = {"address": f"127.0.0.1:{sink.port}", "tls": "none"}
    boundless: dict[str, object] = {"tickets_per_sender_hour": 0, "tickets_per_sender_day": 0}
    program = configured(directory, {"smarthost": smarthost, "budgets": boundless}, has_store=False)
    if url:
        program.set("store", url=url)
    return program


def mail(subject: str, text: str = "Since Monday every mail comes back.") -> bytes:
    """What Anne writes."""
    return (
        f"From: Anne Miller <anne@customer.example>\r\nTo: support@support.example\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject.replace(' ', '-')}@client.example>\r\n\r\n{text}\r\n"
    ).encode()


def receive(program: Program, raw: bytes) -> None:
    """One mail by the pipe; it waits for a `serve`."""
    done = program.run("receive", "--recipient", "support@support.example", stdin=raw)
    assert done.exit_code == 0, done.stderr


def store_url(program: Program) -> str:
    """Where its store is."""
    return load(program.config, os.environ).store.url


def work(program: Program) -> None:
    """Do all that is due, inline; as `mailgate due run`, whatever database the store is in."""
    parts = build(load(program.config, os.environ), _no_job)
    try:
        parts.run_due(datetime.now(UTC))
    finally:
        parts.close()


def _no_job(job: Job, row_id: int) -> None:
    """All is looked for when it is worked."""


def stored(program: Program) -> dict[int, bytes]:
    """The bytes of all accepted mails, by their ids."""
    engine = connect(store_url(program), read_only=True)
    archive = Archive(Directory(program.directory / "var" / "archive"))
    with reading(engine) as conn:
        found = {row.id: archive.load(conn, row.sha256) for row in spool.listing(conn)}
    engine.dispose()
    return found


def settled(program: Program) -> bool:
    """No mail waits for its disposition, and none of ours is on its way."""
    rows = program.ask("inbox", "list", "--disposition", "waiting")
    moving = [row for row in program.ask("queue", "list") if row["state"] in ("queued", "sending")]
    return not rows and not moving


def contents(target: Path) -> dict[str, Any]:
    """What a backup says that it holds."""
    return json.loads((target / "backup.json").read_bytes())  # type: ignore[no-any-return]


def leftovers(program: Program) -> list[str]:
    """Files of a restore that was not finished."""
    return [path.name for path in program.database.parent.iterdir() if "unfinished" in path.name]


def schema_of(postgresql: Postgresql, url: str) -> str:
    """All that makes a database but its rows and rights."""
    command = [str(postgresql.programs / "pg_dump"), "--schema-only", "--no-owner", "--no-privileges"]
    where = url.replace("postgresql+psycopg", "postgresql")
    said = subprocess.run([*command, where], capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in said.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))
