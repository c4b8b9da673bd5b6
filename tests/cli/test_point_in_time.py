"""Back to any minute, as docs/postgresql.md says: a PostgreSQL is recovered up to a time, and a gate goes on there."""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.copies import LARGE, beside, mail, receive, stored, work
from tests.empty_store import empty_server_store
from tests.outbound.sink import Sink, running
from tests.servers.fixtures import needed
from tests.servers.postgresql import USER, Postgresql, running_postgresql
from tests.servers.process import UNPRIVILEGED_USER, private_directory, wait_until

pytestmark = pytest.mark.server


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smarthost: it takes everything."""
    with running(Sink()) as sink:
        yield sink


@pytest.fixture
def wal() -> Iterator[Path]:
    """Where the server keeps every change."""
    with private_directory("wal", owner=UNPRIVILEGED_USER if os.geteuid() == 0 else None) as directory:
        yield directory


@pytest.fixture
def server(wal: Path) -> Iterator[Postgresql]:
    """A PostgreSQL that does so."""
    with ExitStack() as up:
        with needed():
            keeping = running_postgresql("archive_mode=on", f"archive_command=test ! -f {wal}/%f && cp %p {wal}/%f")
            server = up.enter_context(keeping)
        yield server


def archived(server: Postgresql, database: str) -> None:
    """Wait until all changes so far are kept."""
    last = server.run(database, "SELECT pg_walfile_name(pg_switch_wal())").strip()
    kept = "SELECT coalesce(max(last_archived_wal), '') FROM pg_stat_archiver"
    wait_until(lambda: server.run(database, kept).strip() >= last, what="the changes kept")


def test_a_store_is_brought_back_to_the_minute_before_a_mistake(
    server: Postgresql, wal: Path, sink: Sink, tmp_path: Path
) -> None:
    database = empty_server_store(server)
    program = beside(tmp_path / "gate", sink, server.url_for(USER, database))
    program.ask("customer", "add", "Anne Miller", "anne@customer.example")
    program.ask("staff", "add", "Bart Jones", "bart@hosting.example")
    receive(program, mail("before the base backup"))
    work(program)
    sent = [
        b"\nMessage-ID: <%b>" % row["message_id"].encode() for row in program.ask("queue", "list", "--state", "sent")
    ]
    server.base_backup(tmp_path / "base")
    receive(program, mail("after it"))
    receive(program, LARGE)
    minute = server.run(database, "SELECT now()").strip()
    work(program)  # what it sends has left when it is brought back to the minute before
    receive(program, mail("later"))
    server.run(database, "DELETE FROM participants; DELETE FROM message_ids")  # the mistake
    archived(server, database)
    sink.messages.clear()

    recovery = (
        f"restore_command=cp {wal}/%f %p",
        f"recovery_target_time={minute}",
        "recovery_target_action=promote",
    )
    with running_postgresql(*recovery, base=tmp_path / "base") as recovered:
        wait_until(lambda: recovered.run(database, "SELECT pg_is_in_recovery()").strip() == "f", what="the recovery")
        there = {"MAILGATE_STORE__URL": recovered.url_for(USER, database)}
        backed_up = program.run("backup", str(tmp_path / "recovered"), environment=there)
    program.set("store", url=server.url(f"test_{secrets.token_hex(4)}"))
    restored = program.run("restore", str(tmp_path / "recovered"))

    assert backed_up.exit_code == 0, backed_up.stderr
    assert restored.exit_code == 0, restored.stderr
    verified = program.ask("verify")
    assert (verified["missing"], verified["damaged"]) == ([], [])
    assert list(stored(program).values()) == [mail("before the base backup"), mail("after it"), LARGE]
    work(program)
    dispositions = [row["disposition"] for row in program.ask("inbox", "list")]
    assert dispositions[:2] == ["opened", "opened"]
    assert "waiting" not in dispositions
    assert len(sent) >= 2
    assert not any(line in raw for raw in sink.messages for line in sent)
    assert any(b"\nMessage-ID: <" in raw for raw in sink.messages)
