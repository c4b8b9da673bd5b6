"""Checks of the store, of its ports, and of what waits in it."""

import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.config import HostPort
from mailgate.setup import database, doors, queues
from mailgate.setup.finding import Status
from store.keeping import serving
from tests.gate import BeginGate, Person
from tests.servers.process import LOOPBACK, free_port
from tests.setup.sites import site_in

NO_WEB = {"listen": None}


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_a_new_store_is_in_order(tmp_path: Path) -> None:
    site = site_in(tmp_path)

    found = [check(site).status for check in (database.sqlite, database.schema, database.journal, database.integrity)]

    assert found == [Status.OK] * 4


def test_a_missing_store_and_another_schema_fail(tmp_path: Path) -> None:
    missing = database.schema(site_in(tmp_path, store=False))
    site = site_in(tmp_path)
    with closing(sqlite3.connect(tmp_path / "mailgate.db")) as conn, conn:
        conn.execute("UPDATE alembic_version SET version_num = '0001'")
    older = database.schema(site)

    assert (missing.status, older.status) == (Status.FAIL, Status.FAIL)
    assert missing.fix == older.fix == f"mailgate --config {tmp_path / 'config.toml'} db upgrade"


def test_a_store_whose_driver_is_missing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    site = site_in(tmp_path, store=False)
    store = replace(site.settings.store, url="postgresql+psycopg://db/gate")

    found = database.schema(replace(site, settings=replace(site.settings, store=store)))

    assert found.status is Status.FAIL
    assert found.detail == "store.url needs the driver psycopg, which is not installed"
    assert found.fix == f"edit {tmp_path / 'config.toml'}"


def test_a_store_without_wal_fails(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    with closing(sqlite3.connect(tmp_path / "mailgate.db")) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")

    assert database.journal(site).status is Status.FAIL


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    file = tmp_path / "mailgate.db"
    with file.open("r+b") as damaged:
        damaged.seek(3 * 4096)
        damaged.write(b"\xff" * 4096)

    assert database.integrity(site).status is Status.FAIL


def test_a_gate_that_runs_is_seen(tmp_path: Path) -> None:
    site = site_in(tmp_path)

    alone = doors.serve(site)
    with closing(serving.take(tmp_path / "archive") or pytest.fail("taken")):
        running = doors.serve(site)

    assert (alone.status, running.status) == (Status.WARN, Status.OK)


def test_a_port_that_somebody_else_has_is_named_with_the_command_that_shows_who(
    tmp_path: Path, taken_port: int
) -> None:
    free = {"listen": HostPort(LOOPBACK, free_port())}
    site = site_in(tmp_path, smtp={"listen": HostPort(LOOPBACK, taken_port)}, lmtp=free, web=NO_WEB)

    found = doors.listeners(site)

    assert found.status is Status.FAIL
    assert f"smtp {LOOPBACK}:{taken_port}" in found.detail
    assert f"sport = :{taken_port}" in found.fix


def test_free_ports_are_well_and_silent_ones_of_a_running_gate_are_not(tmp_path: Path) -> None:
    first, second = ({"listen": HostPort(LOOPBACK, free_port())} for _ in range(2))
    site = site_in(tmp_path, smtp=first, lmtp=second, web=NO_WEB)

    before = doors.listeners(site)
    with closing(serving.take(tmp_path / "archive") or pytest.fail("taken")):
        running = doors.listeners(site)

    assert (before.status, running.status) == (Status.OK, Status.FAIL)


def test_mail_that_waits_is_told_as_status_tells_it(tmp_path: Path, begin: BeginGate, cris: Person) -> None:
    gate = begin()
    site = site_in(tmp_path)
    before = queues.queues(site)

    gate.deliver(cris.writes("What does it cost?"))  # at a time long past
    after = queues.queues(site)

    assert before.status is Status.OK
    assert after.status is Status.WARN
    assert "held mail has waited" in after.detail


def test_the_mail_of_a_quiet_day_arrived(tmp_path: Path) -> None:
    assert queues.bounces(site_in(tmp_path)).detail == "0 of 0 mails of the last day did not arrive"


def test_many_mails_that_did_not_arrive_are_warned_of(tmp_path: Path, begin: BeginGate) -> None:
    gate = begin()
    site = site_in(tmp_path)
    gate.now = site.now()
    gate.sink.replies["RCPT"] = ["550 5.1.1 No such user"] * 3
    for number in range(3):
        anne = gate.customer(f"Anne {number}", f"anne{number}@customer.example")
        gate.deliver(anne.writes("It rings.", subject=f"Phone {number}"))

    found = queues.bounces(site)

    assert (found.status, found.detail) == (Status.WARN, "3 of 3 mails of the last day did not arrive")
