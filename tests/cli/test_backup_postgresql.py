"""`mailgate backup` and `restore` of a store in a PostgreSQL: whole, private, into an empty database, nothing twice."""

import json
import secrets
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, func, select

from store.engine import connect, reading, transaction
from store.keeping.copies.server import ProgramMissing, dump, find_program
from store.migrations import HEAD, RESTORING, current, stamp
from store.schema import customers, spool, staff, tickets
from tests.cli.copies import LARGE, beside, contents, mail, receive, schema_of, store_url, stored, work
from tests.empty_store import empty_server_store
from tests.outbound.sink import Sink, running
from tests.program import Program
from tests.servers.postgresql import USER, Postgresql
from tests.servers.process import wait_until

pytestmark = pytest.mark.server

KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from store.archive import Directory
from store.keeping.copies.restore import restore
def die(what, done, of):
    if what == sys.argv[4]:
        os.kill(os.getpid(), signal.SIGKILL)
source, archive = Path(sys.argv[1]), Path(sys.argv[3])
restore(source, sys.argv[2], archive, Directory(archive), replace=False, now=datetime.now(UTC), progress=die)
"""


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smarthost: it takes everything."""
    with running(Sink()) as sink:
        yield sink


@pytest.fixture
def program(tmp_path: Path, sink: Sink, postgresql: Postgresql) -> Program:
    """A gate on a PostgreSQL, with Anne as its customer and Bart on its staff."""
    program = beside(tmp_path / "gate", sink, postgresql.url_for(USER, empty_server_store(postgresql)))
    program.ask("customer", "add", "Anne Miller", "anne@customer.example")
    program.ask("staff", "add", "Bart Jones", "bart@hosting.example")
    return program


@pytest.fixture
def elsewhere(tmp_path: Path, sink: Sink, postgresql: Postgresql) -> Program:
    """Another host, with an empty database."""
    return beside(tmp_path / "elsewhere", sink, postgresql.url(f"test_{secrets.token_hex(4)}"))


@pytest.fixture
def engine(elsewhere: Program) -> Iterator[Engine]:
    """That database."""
    engine = connect(store_url(elsewhere))
    yield engine
    engine.dispose()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "backup"


def write(program: Program, promised: dict[int, bytes], enough: Event) -> None:
    """Take one mail after the other, each twentieth of them large; notes what was accepted, by its id."""
    number = 0
    while not enough.is_set():
        number += 1
        raw = mail(f"mail {number}") if number % 5 else LARGE + b"%d\r\n" % number
        done = program.execute("receive", "--recipient", "support@support.example", stdin=raw)
        assert done.returncode == 0, done.stderr
        promised[int(done.stderr.split()[-1])] = raw


def table_names(url: str) -> list[str]:
    """What there is in a database."""
    engine = connect(url)
    with reading(engine) as conn:
        found = conn.exec_driver_sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        names = list(found.scalars())
    engine.dispose()
    return names


def test_a_backup_made_under_load_restores_and_the_gate_goes_on(
    program: Program, elsewhere: Program, sink: Sink, target: Path
) -> None:
    promised: dict[int, bytes] = {}
    enough = Event()
    client = Thread(target=write, args=(program, promised, enough))
    client.start()
    try:
        wait_until(lambda: len(promised) > 6, what="load")
        before = dict(promised)

        made = program.ask("backup", str(target))

        after = len(promised)
        wait_until(lambda: len(promised) > after, what="more load", within_seconds=60)
    finally:
        enough.set()
        client.join()
    restored = elsewhere.ask("restore", str(target))

    kept = stored(elsewhere)
    assert made["mails_in"] == restored["mails_in"] == len(kept) < len(promised)
    assert made["files"] >= 1
    assert {spool_id: kept[spool_id] for spool_id in before} == before
    assert all(promised[spool_id] == raw for spool_id, raw in kept.items())
    work(program)
    sink.messages.clear()
    receive(elsewhere, mail("after the restore"))
    work(elsewhere)
    newest = elsewhere.ask("inbox", "list")[-1]
    assert newest["disposition"] == "opened"
    assert newest["id"] > max(promised)
    assert newest["ticket"] > max(row["ticket"] or 0 for row in program.ask("inbox", "list"))
    assert any(b"after the restore" in raw for raw in sink.messages)
    verified = elsewhere.ask("verify")
    assert (verified["missing"], verified["damaged"], verified["unnamed"]) == ([], [], [])


def test_a_backup_is_private_whole_and_can_be_checked_without_mailgate(program: Program, target: Path) -> None:
    receive(program, mail("No mail since Monday"))
    receive(program, LARGE)

    made = program.ask("backup", str(target))

    assert made == {"backup": str(target), **contents(target)}
    assert (made["mails_in"], made["customers"], made["files"], made["missing"]) == (2, 1, 1, [])
    assert (made["database"], made["revision"], made["file_bytes"]) == ("mailgate.dump", HEAD, len(LARGE))
    paths = [target, *target.rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}
    assert [path.name for path in target.parent.iterdir() if "unfinished" in path.name] == []
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=target, capture_output=True, text=True, check=True
    )
    assert len(checked.stdout.splitlines()) == 3


def test_the_password_stands_on_no_command_line(program: Program, target: Path, tmp_path: Path) -> None:
    spied = tmp_path / "programs"
    spied.mkdir()
    real = find_program("pg_dump", 15)
    spy = spied / "pg_dump"
    spy.write_text(f'#!/bin/sh\necho "$*|$PGPASSWORD" >> {spied}/seen\nexec {real} "$@"\n')
    spy.chmod(0o755)
    url = store_url(program).replace("mailgate@", "mailgate:open%20sesame@")

    dump(url, target, lambda *_: None, places=(spied,))

    words, _, password = (spied / "seen").read_text().splitlines()[-1].rpartition("|")
    assert password == "open sesame"
    assert "sesame" not in words
    assert "--snapshot=" in words
    assert target.stat().st_size > 0


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (None, "the program pg_dump of PostgreSQL is not installed here: postgresql-client-15 of Debian"),
        ("pg_dump (PostgreSQL) 13.9", "pg_dump 13 is older than the server, which is PostgreSQL 15: postgresql-client"),
    ],
)
def test_a_pg_dump_that_is_missing_or_too_old_is_said_with_its_package(
    tmp_path: Path, said: str | None, reason: str
) -> None:
    if said:
        (tmp_path / "pg_dump").write_text(f"#!/bin/sh\necho '{said}'\n")
        (tmp_path / "pg_dump").chmod(0o755)

    with pytest.raises(ProgramMissing) as error:
        find_program("pg_dump", 15, (tmp_path,))

    assert str(error.value).startswith(reason)


def test_of_several_versions_the_nearest_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    for version in ("14.1", "15.2", "17.0"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "pg_dump").write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version} (Debian)'\n")
        (tmp_path / version / "pg_dump").chmod(0o755)
    places = sorted(tmp_path.iterdir())

    found = [find_program("pg_dump", server, places).parent.name for server in (13, 14, 15, 16, 17)]

    assert found == ["14.1", "14.1", "15.2", "17.0", "17.0"]


def test_a_server_that_does_not_answer_leaves_no_backup(program: Program, target: Path) -> None:
    program.set("store", url="postgresql+psycopg://mailgate@127.0.0.1:1/mailgate")

    done = program.run("backup", str(target))

    assert done.exit_code == 75
    assert "the store cannot be used" in done.stderr
    assert list(target.parent.glob("*backup*")) == []


def test_a_backup_that_pg_dump_cannot_finish_does_not_look_whole(
    program: Program, target: Path, postgresql: Postgresql
) -> None:
    nobody = f"nobody_{secrets.token_hex(4)}"
    seen = "alembic_version, spool, outbox, tickets, customers, blobs"
    database = store_url(program).rpartition("/")[2]
    postgresql.run(database, f"CREATE ROLE {nobody} LOGIN; GRANT SELECT ON {seen} TO {nobody}")
    program.set("store", url=store_url(program).replace("mailgate@", f"{nobody}@"))

    done = program.run("backup", str(target))

    assert done.exit_code == 75
    assert "pg_dump failed: pg_dump: error:" in done.stderr
    assert "permission denied" in done.stderr
    assert list(target.parent.glob("*backup*")) == []


def test_a_large_mail_that_is_gone_is_named_and_all_else_is_copied(
    program: Program, elsewhere: Program, target: Path
) -> None:
    receive(program, LARGE)
    receive(program, LARGE + b"one more line\r\n")
    gone, broken = (path for path in (program.directory / "var" / "archive").glob("??/*"))
    gone.unlink()
    broken.write_bytes(b"something else")

    done = program.run("backup", str(target), "--json")

    assert done.exit_code == 65
    assert set(json.loads(done.stdout)["missing"]) == {gone.name, broken.name}
    assert elsewhere.ask("restore", str(target))["mails_in"] == 2


def test_what_was_unsent_is_on_hold_sessions_end_and_ids_jump(
    program: Program, elsewhere: Program, engine: Engine, sink: Sink, target: Path
) -> None:
    receive(program, mail("No mail since Monday"))
    sink.replies["MAIL"] = ["451 4.7.1 try again later"] * 9
    work(program)
    program.ask("backup", str(target))
    sink.replies.clear()
    sink.messages.clear()

    done = elsewhere.run("restore", str(target))

    assert done.exit_code == 0, done.stderr
    assert "outgoing mails are on hold" in done.stderr
    held = elsewhere.ask("queue", "list", "--state", "held")
    assert len(held) >= 1
    work(elsewhere)
    assert elsewhere.ask("queue", "list", "--state", "held") == held
    assert sink.messages == []
    with reading(engine) as conn:
        assert current(conn) == HEAD
        assert all(epoch >= 1000 for epoch in conn.execute(select(customers.c.epoch)).scalars())
        assert all(epoch >= 1000 for epoch in conn.execute(select(staff.c.epoch)).scalars())
    elsewhere.ask("queue", "release", *(str(row["id"]) for row in held))
    work(elsewhere)
    assert all(any(row["message_id"].encode() in raw for raw in sink.messages) for row in held)
    assert elsewhere.ask("customer", "add", "Dora", "dora@friend.example")["id"] > 1000
    receive(elsewhere, mail("And on Sunday too"))
    work(elsewhere)
    with reading(engine) as conn:
        assert conn.execute(select(func.max(spool.c.id))).scalar_one() > 100_000
        assert conn.execute(select(func.max(tickets.c.id))).scalar_one() > 1000


def test_a_customer_who_was_forgotten_since_the_backup_is_forgotten_again(
    program: Program, elsewhere: Program, engine: Engine, target: Path
) -> None:
    receive(program, mail("No mail since Monday"))
    work(program)
    program.ask("backup", str(target))
    program.ask("customer", "forget", "1", "--yes")
    log = Path("var") / "archive" / "erasures.jsonl"
    (elsewhere.directory / log).parent.mkdir(parents=True)
    shutil.copy(program.directory / log, elsewhere.directory / log)

    restored = elsewhere.ask("restore", str(target))

    assert restored["forgotten"] == 1
    with reading(engine) as conn:
        names = list(conn.execute(select(customers.c.name)).scalars())
    assert not any("Miller" in name for name in names)
    assert [raw for raw in stored(elsewhere).values() if b"Anne" in raw] == []


def test_a_database_that_is_not_empty_is_refused_and_what_is_in_it_is_named(
    program: Program, elsewhere: Program, target: Path, postgresql: Postgresql
) -> None:
    program.ask("backup", str(target))
    postgresql.run(store_url(elsewhere).rpartition("/")[2], "CREATE TABLE notes (id serial PRIMARY KEY)")

    done = elsewhere.run("restore", str(target), "--json")
    replacing = elsewhere.run("restore", str(target), "--replace")

    assert (done.exit_code, replacing.exit_code) == (73, 73)
    assert "the database is not empty: it has public.notes (createdb makes an empty one" in done.stderr
    assert json.loads(done.stdout)["error"]["code"] == "StoreThere"
    assert "nothing is put aside in a PostgreSQL" in replacing.stderr
    assert sorted(table_names(store_url(elsewhere))) == ["notes", "notes_id_seq", "notes_pkey"]


@pytest.mark.parametrize("name", ["mailgate.dump", "archive"])
def test_a_damaged_backup_is_refused_and_the_database_stays_empty(
    program: Program, elsewhere: Program, target: Path, name: str
) -> None:
    receive(program, LARGE)
    program.ask("backup", str(target))
    found = target / name
    damaged = next(found.glob("??/*")) if found.is_dir() else found
    raw = damaged.read_bytes()
    damaged.write_bytes(raw[: len(raw) // 2] + b"!" + raw[len(raw) // 2 + 1 :])

    done = elsewhere.run("restore", str(target))

    assert done.exit_code == 65
    assert table_names(store_url(elsewhere)) == []


def test_a_backup_of_a_newer_version_is_refused(program: Program, elsewhere: Program, target: Path) -> None:
    program.ask("backup", str(target))
    (target / "backup.json").write_text(json.dumps({**contents(target), "revision": "9999"}))

    done = elsewhere.run("restore", str(target))

    assert done.exit_code == 65
    assert "9999" in done.stderr
    assert table_names(store_url(elsewhere)) == []


def test_a_half_restored_store_is_used_by_nothing_and_the_next_restore_begins_anew(
    program: Program, elsewhere: Program, engine: Engine, target: Path
) -> None:
    receive(program, mail("No mail since Monday"))
    program.ask("backup", str(target))
    elsewhere.ask("restore", str(target))
    with transaction(engine) as conn:
        stamp(conn, RESTORING)  # where a killed one would have left it

    listed = elsewhere.run("ticket", "list")
    backed_up = elsewhere.run("backup", str(target.with_name("another")))
    again = elsewhere.run("restore", str(target))

    assert (listed.exit_code, backed_up.exit_code) == (65, 65)
    assert "a `mailgate restore` into this store has not come to its end" in listed.stderr
    assert "a `mailgate restore` into this store has not come to its end" in backed_up.stderr
    assert again.exit_code == 0, again.stderr
    assert len(stored(elsewhere)) == 1


@pytest.mark.parametrize("step", ["database", "files"])
def test_a_restore_that_was_killed_is_begun_anew(
    program: Program, elsewhere: Program, engine: Engine, target: Path, step: str
) -> None:
    receive(program, LARGE)
    program.ask("backup", str(target))
    archive = elsewhere.directory / "var" / "archive"
    arguments = [str(target), store_url(elsewhere), str(archive), step]

    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, capture_output=True)
    with reading(engine) as conn:
        left = current(conn)
    listed = elsewhere.run("inbox", "list")
    again = elsewhere.run("restore", str(target))

    assert (killed.returncode, left) == (-signal.SIGKILL, RESTORING)
    assert (listed.exit_code, again.exit_code) == (65, 0)
    assert list(stored(elsewhere).values()) == [LARGE]


def test_a_backup_of_the_other_kind_of_database_is_refused_by_name(
    program: Program, tmp_path: Path, sink: Sink, target: Path
) -> None:
    program.ask("backup", str(target))
    embedded = beside(tmp_path / "embedded", sink)
    embedded.ask("db", "upgrade")
    embedded.ask("backup", str(tmp_path / "file"))

    to_file = embedded.run("restore", str(target), "--replace")
    to_server = program.run("restore", str(tmp_path / "file"))

    assert (to_file.exit_code, to_server.exit_code) == (65, 65)
    assert "the backup is of PostgreSQL and store.url names SQLite" in to_file.stderr
    assert "the backup is of SQLite and store.url names PostgreSQL" in to_server.stderr


def test_the_restored_schema_is_that_of_a_new_store(
    program: Program, elsewhere: Program, target: Path, postgresql: Postgresql
) -> None:
    program.ask("backup", str(target))

    elsewhere.ask("restore", str(target))

    assert schema_of(postgresql, store_url(elsewhere)) == schema_of(postgresql, store_url(program))


def test_what_came_after_the_backup_is_waited_for_from_now_on(
    program: Program, elsewhere: Program, engine: Engine, target: Path
) -> None:
    receive(program, mail("No mail since Monday"))
    program.ask("backup", str(target))
    restored_after = datetime.now(UTC)

    elsewhere.ask("restore", str(target))

    with reading(engine) as conn:
        due = conn.execute(select(spool.c.due_at)).scalar_one()
    assert due >= restored_after
