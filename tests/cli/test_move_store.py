"""`mailgate move-store`: from a file into a PostgreSQL and back, every row as it was, whatever breaks in between."""

import json
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from bench.generate import Home, Size, generate
from mailgate.billing.ledger import events
from mailgate.billing.ledger.events import Whose
from mailgate.config import Settings
from store.archive import Archive, Directory
from store.billing import ledger
from store.engine import connect, reading, transaction
from store.keeping import serving
from store.keeping.moving.move import Done, move
from store.migrations import HEAD, current, migrate
from store.post import processes
from store.schema import customers, entries, keys, metadata, outbox, spool, suppressions, tickets
from tests.cli.copies import LARGE, beside, mail, receive, schema_of, store_url, stored, work
from tests.outbound.sink import Sink, running
from tests.program import Program
from tests.servers.postgresql import Postgresql

pytestmark = pytest.mark.server

CATALOGUE = Path(__file__).parents[2] / "docs" / "catalogue.toml"
HOME = Home(Settings().gate.company, Settings().gate.domain, Settings().desks)

KILLED = """
import os, signal, sys
from pathlib import Path
from store.keeping.moving.move import move
def die(what, done, of):
    if what == "rows copied" and done >= int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
move(sys.argv[1], sys.argv[2], Path(sys.argv[3]), start_over=False, progress=die)
"""


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smarthost: it takes everything."""
    with running(Sink()) as sink:
        yield sink


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a gate of one machine, with years of mail, and some that it took in and worked itself."""
    directory = tmp_path_factory.mktemp("full")
    with running(Sink()) as sink:
        program = beside(directory, sink)
        program.ask("customer", "add", "Anne Miller", "anne@customer.example")
        program.ask("staff", "add", "Bart Jones", "bart@hosting.example")
        program.ask("catalogue", "import", str(CATALOGUE))
        receive(program, mail("No mail since Monday"))
        receive(program, LARGE)
        work(program)
    engine = connect(store_url(program))
    generate(engine, Size(tickets=40, messages=120), HOME, now=datetime.now(UTC))
    engine.dispose()
    receive(program, mail("It waits"))
    return directory / "var"


@pytest.fixture
def program(full: Path, tmp_path: Path, sink: Sink) -> Program:
    """That gate."""
    program = beside(tmp_path / "gate", sink)
    shutil.copytree(full, program.directory / "var")
    return program


@pytest.fixture
def url(postgresql: Postgresql) -> str:
    """An empty database."""
    return postgresql.url(f"test_{secrets.token_hex(4)}")


def moved(program: Program, to_url: str, from_url: str = "") -> Done:
    """Moved by the function that the command calls."""
    archive = program.directory / "var" / "archive"
    return move(from_url or store_url(program), to_url, archive, start_over=False, progress=lambda *_: None)


def test_there_and_back_every_row_is_as_it_was(
    program: Program, url: str, tmp_path: Path, postgresql: Postgresql
) -> None:
    back = tmp_path / "back" / "mailgate.db"
    new = postgresql.url(f"test_{secrets.token_hex(4)}")
    awkward(store_url(program))

    there = program.ask("move-store", "--to", url)
    again = program.ask("move-store", "--from", url, "--to", f"sqlite:///{back}")

    assert there["resumed"] is again["resumed"] is False
    assert there["tables"] == again["tables"]
    assert {row["name"]: row["rows"] for row in there["tables"]}["entries"] > 120
    assert there["rows"] == sum(row["rows"] for row in there["tables"])
    assert there["large"] == 1
    assert dumped(back) == dumped(program.database)
    engine = connect(new)
    with transaction(engine) as conn:
        migrate(conn)
    engine.dispose()
    assert schema_of(postgresql, url) == schema_of(postgresql, new)


def awkward(store: str) -> None:
    """Rows that the two databases keep in different ways, and ids that nobody has any more."""
    engine = connect(store)
    with transaction(engine) as conn:
        conn.execute(update(tickets).where(tickets.c.id == 1).values(linked_to=7, merged_into=9))
        conn.execute(update(spool).where(spool.c.id == 1).values(evidence_reasons=None, spam_score=0.1))
        conn.execute(text("UPDATE spool SET evidence_reasons = NULL WHERE id = 2"))
        conn.execute(update(outbox).where(outbox.c.id == 1).values(live=bytes(range(256)), secret={"é\0\ud800": [1.5]}))
        words = "tabs\tand \\. and \\N\r\nand \U0001d11e, \u202ebackwards\u202c and \x7f"
        conn.execute(update(entries).where(entries.c.id == 1).values(text=words))
        at = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
        row = {"address_key": "a b", "address": "A b", "reason": "", "since": at, "until": at, "score": 2.5}
        conn.execute(suppressions.insert().values(row))
        of_anne = Whose(1, date(2026, 3, 2), "EUR")
        ledger.book(conn, [events.gift(1, of_anne, amount_minor=2**53 + 1)], now=datetime(2026, 3, 2, tzinfo=UTC))
        conn.execute(text("UPDATE sqlite_sequence SET seq = 7000 WHERE name = 'tickets'"))
    engine.dispose()


def dumped(database: Path) -> list[str]:
    """Every row in a file, as SQL, with the counters; the index of the search fits to them."""
    with closing(sqlite3.connect(database)) as conn:
        conn.execute("INSERT INTO search_index(search_index) VALUES ('integrity-check')")
        lines = [line for line in conn.iterdump() if line.startswith("INSERT INTO") and "search_index" not in line]
    return sorted(lines)


def test_the_moved_store_goes_on_where_the_former_one_ended(program: Program, url: str, sink: Sink) -> None:
    awkward(store_url(program))
    before = {row["id"]: row["disposition"] for row in program.ask("inbox", "list")}
    found = program.ask("search", "quota")
    mails = stored(program)

    done = program.run("move-store", "--to", url)

    assert done.exit_code == 0, done.stderr
    assert f'url = "{url}"' in done.stderr
    assert "1 large mails and files stay in" in done.stderr
    program.set("store", url=url)
    assert {row["id"]: row["disposition"] for row in program.ask("inbox", "list")} == before
    assert stored(program) == mails
    assert program.ask("search", "quota") == found
    sink.messages.clear()
    receive(program, mail("after the move"))
    work(program)
    newest = program.ask("inbox", "list")[-1]
    assert (newest["disposition"], newest["id"]) == ("opened", max(before) + 1)
    assert newest["ticket"] > 7000
    assert any(b"after the move" in raw for raw in sink.messages)
    assert program.ask("customer", "add", "Dora", "dora@friend.example")["id"] == max_customer(url) > 1
    verified = program.ask("verify")
    assert (verified["missing"], verified["damaged"]) == ([], [])
    assert program.ask("ledger", "verify")["transactions"] == 1


def max_customer(url: str) -> int:
    """The newest customer's number."""
    engine = connect(url)
    with reading(engine) as conn:
        found = int(conn.execute(select(func.max(customers.c.id))).scalar_one())
    engine.dispose()
    return found


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_move_that_was_killed_is_gone_on_with_and_until_then_nothing_uses_the_half(
    program: Program, url: str, sink: Sink, share: float
) -> None:
    archive = program.directory / "var" / "archive"
    of = rows_in(store_url(program))
    arguments = [store_url(program), url, str(archive), str(int(of * share))]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, capture_output=True)
    arrived = rows_in(url)
    other = beside(program.directory.parent / "other", sink, url)

    used = [other.run(*words.split()) for words in ("ticket list", "db upgrade", "status", "doctor --only schema")]
    resumed = program.ask("move-store", "--to", url)

    assert killed.returncode == -signal.SIGKILL
    assert share == 0.0 or 0 < arrived < of
    assert [done.exit_code for done in used] == [65, 65, 69, 2]
    for done in used:
        assert "a `mailgate move-store` into this store has not come to its end" in done.output
    assert resumed["resumed"] is True
    assert resumed["rows"] == rows_in(url) == of
    assert other.run("ticket", "list").exit_code == 0


def rows_in(url: str) -> int:
    """Of all tables together."""
    engine = connect(url)
    with reading(engine) as conn:
        rows = sum(
            conn.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.tables.values()
        )
    engine.dispose()
    return rows


def test_a_half_in_a_file_is_served_by_nobody_and_gone_on_with(
    program: Program, url: str, sink: Sink, tmp_path: Path
) -> None:
    program.ask("move-store", "--to", url)
    back = f"sqlite:///{tmp_path / 'back.db'}"
    arguments = [url, back, str(program.directory / "var" / "archive"), "100"]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, capture_output=True)
    other = beside(tmp_path / "other", sink, back)

    served = other.execute("serve")
    received = other.execute("receive", "--recipient", "support@support.example", stdin=mail("too early"))
    resumed = moved(program, back, url)

    assert killed.returncode == -signal.SIGKILL
    assert (served.returncode, received.returncode) == (65, 75)
    assert b"a `mailgate move-store` into this store has not come to its end" in served.stderr
    assert resumed.resumed
    assert dumped(tmp_path / "back.db") == dumped(program.database)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET text = text || '!' WHERE id = 1",
        "UPDATE keys SET retired_at = '2026-03-02' WHERE retired_at IS NULL",
        "DELETE FROM message_ids WHERE message_id = (SELECT min(message_id) FROM message_ids)",
    ],
)
def test_what_arrived_otherwise_than_it_was_sent_off_is_noticed_and_the_target_stays_unused(
    program: Program, url: str, change: str
) -> None:
    archive = program.directory / "var" / "archive"
    whole = rows_in(store_url(program))
    subprocess.run(
        [sys.executable, "-c", KILLED, store_url(program), url, str(archive), str(whole)],
        check=False, capture_output=True,
    )  # fmt: skip
    engine = connect(url)
    with engine.begin() as conn:
        conn.execute(text(change))

    done = program.run("move-store", "--to", url)
    again = program.run("move-store", "--to", url)
    anew = program.ask("move-store", "--to", url, "--start-over")

    table = change.split()[2 if change.startswith("DELETE") else 1]
    assert (done.exit_code, again.exit_code) == (65, 65)
    assert f"what arrived is not what is in the source: {table} (" in done.stderr
    assert "--start-over" in done.stderr
    assert (anew["resumed"], anew["rows"]) == (False, whole)
    with reading(engine) as conn:
        assert current(conn) == HEAD
    engine.dispose()


def test_a_target_with_something_in_it_is_refused(
    program: Program, url: str, tmp_path: Path, postgresql: Postgresql
) -> None:
    postgresql.run(url.rpartition("/")[2], "CREATE TABLE notes (id integer)")
    with closing(sqlite3.connect(tmp_path / "notes.db")) as conn:
        conn.execute("CREATE TABLE notes (id integer)")

    to_server = program.run("move-store", "--to", url)
    to_file = program.run("move-store", "--to", f"sqlite:///{tmp_path / 'notes.db'}", "--start-over")
    to_itself = program.run("move-store", "--to", store_url(program))

    assert (to_server.exit_code, to_file.exit_code, to_itself.exit_code) == (73, 73, 65)
    assert "the database is not empty: it has public.notes" in to_server.stderr
    assert "the file is no empty database: it has notes" in to_file.stderr
    assert "cannot be moved to where it is" in to_itself.stderr


def test_a_path_is_said_whole_and_a_url_of_another_database_is_refused(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = program.run("move-store", "--to", "sqlite:///copy.db")
    wrong = program.execute("move-store", "--to", "mysql://gate:sesame@db/gate")

    assert done.exit_code == 0, done.stderr
    assert f'url = "sqlite:///{tmp_path / "copy.db"}"' in done.stderr
    assert dumped(tmp_path / "copy.db") == dumped(program.database)
    assert wrong.returncode == 64
    assert b"must begin with sqlite:/// or postgresql+psycopg://" in wrong.stderr
    assert b"sesame" not in wrong.stderr


def test_the_half_of_another_store_is_not_gone_on_with(program: Program, url: str, sink: Sink, tmp_path: Path) -> None:
    archive = program.directory / "var" / "archive"
    arguments = [store_url(program), url, str(archive), "10"]
    subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, capture_output=True)
    other = beside(tmp_path / "other", sink)
    other.ask("db", "upgrade")

    refused = other.run("move-store", "--to", url)
    anew = other.ask("move-store", "--to", url, "--start-over")

    assert refused.exit_code == 65
    assert "half filled from another store" in refused.stderr
    assert (anew["resumed"], {row["name"] for row in anew["tables"] if row["rows"]}) == (
        False,
        {"keys", "ledger_chain"},
    )


def test_a_store_that_programs_work_on_is_not_moved(program: Program, url: str, tmp_path: Path) -> None:
    held = serving.take(program.directory / "var" / "archive")
    assert held is not None
    served = program.run("move-store", "--to", url)
    held.close()
    writer = sqlite3.connect(program.database, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    written = program.run("move-store", "--to", url)
    writer.close()
    program.ask("move-store", "--to", url)
    engine = connect(url)
    with transaction(engine) as conn:
        processes.renew(conn, does="worker", sweeps=True, now=processes.time_of(conn))
        conn.execute(text("UPDATE processes SET name = 'another', host = 'mail2', place = 'elsewhere', pid = 7"))
    back = f"sqlite:///{tmp_path / 'back.db'}"
    present = program.run("move-store", "--from", url, "--to", back)
    with transaction(engine) as conn:
        conn.execute(text("DELETE FROM processes"))
    with transaction(engine) as conn:
        conn.execute(update(keys).values(kid=keys.c.kid))
        locked = program.run("move-store", "--from", url, "--to", back)
    engine.dispose()

    assert [done.exit_code for done in (served, written, present, locked)] == [75, 75, 75, 75]
    assert "a `mailgate serve` works on the store" in served.stderr
    assert "a program writes to the store" in written.stderr
    assert "mailgate worker on mail2 (pid 7)" in present.stderr
    assert "a program writes to the store" in locked.stderr


def test_nobody_can_write_to_the_source_while_it_is_moved(program: Program, url: str) -> None:
    answers: list[int] = []

    def look(what: str, done: int, of: int) -> None:
        if not answers:
            answers.append(program.execute("receive", "--recipient", "a@support.example", stdin=mail("x")).returncode)

    move(store_url(program), url, program.directory / "var" / "archive", start_over=False, progress=look)

    assert answers == [75]


def test_a_character_that_postgresql_does_not_take_in_texts_is_replaced(program: Program, url: str) -> None:
    engine = connect(store_url(program))
    with transaction(engine) as conn:
        conn.execute(update(entries).where(entries.c.id == 1).values(text="a\0b"))
    engine.dispose()

    moved(program, url)

    engine = connect(url)
    with reading(engine) as conn:
        assert (
            conn.execute(select(entries.c.text).where(entries.c.id == 1)).scalar_one() == "a\N{REPLACEMENT CHARACTER}b"
        )
    engine.dispose()


def test_a_row_that_postgresql_does_not_take_is_named(program: Program, url: str) -> None:
    engine = connect(store_url(program))
    with transaction(engine) as conn:
        conn.execute(update(customers).where(customers.c.id == 1).values(country="Germany"))
    engine.dispose()

    done = program.run("move-store", "--to", url, "--json")

    assert done.exit_code == 65
    assert json.loads(done.stdout)["error"]["code"] == "UnmovableRow"
    assert "PostgreSQL does not take a row of customers" in done.stderr
    assert "country" in done.stderr


def test_large_blobs_stay_where_they_are(program: Program, url: str) -> None:
    archive = program.directory / "var" / "archive"
    before = sorted(path.name for path in archive.glob("??/*"))

    moved(program, url)

    assert sorted(path.name for path in archive.glob("??/*")) == before
    engine = connect(url)
    with reading(engine) as conn:
        named = conn.execute(select(spool.c.sha256)).scalars().all()
        assert LARGE in [Archive(Directory(archive)).load(conn, sha256) for sha256 in named]
    engine.dispose()
