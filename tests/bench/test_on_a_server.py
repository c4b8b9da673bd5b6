"""The parts of the bench that need a PostgreSQL run, and stores that are made up there are those of a file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, select

from bench.databases import durable_server, new_database
from bench.generate import Home, Size, generate
from bench.run import Run
from bench.server_growth import server_growth
from bench.several import several
from bench.soak import soak
from mailgate.config import Settings
from mailgate.flows.indexing import reindex
from store.engine import connect, reading
from store.keeping.moving.rows import sum_up
from store.migrations import upgrade
from store.schema import (
    attachments,
    contacts,
    customers,
    entries,
    message_ids,
    participants,
    search_documents,
    tickets,
)
from tests.servers.postgresql import Postgresql
from tests.servers.process import private_directory

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SIZE = Size(tickets=20, messages=80, indexed=True)
WITHOUT_TOKENS = (attachments, contacts, customers, entries, message_ids, participants, search_documents, tickets)
"""Tables in which nothing is signed by the store's own key."""


def _filled(url: str) -> Engine:
    engine = connect(url)
    upgrade(engine)
    generate(engine, SIZE, Home("Example", "support.example", Settings().desks), now=NOW)
    return engine


def _sum(engine: Engine, table: Table) -> object:
    with reading(engine) as conn:
        found = sum_up(conn, table, seen=lambda _: None)
    assert found.rows
    return found


def _documents(engine: Engine) -> set[tuple[object, ...]]:
    columns = [column for column in search_documents.columns if column.name != "id"]
    with reading(engine) as conn:
        return {tuple(row) for row in conn.execute(select(*columns))}


@pytest.mark.server
def test_a_store_on_a_server_has_the_rows_that_one_in_a_file_has(postgresql: Postgresql, tmp_path: Path) -> None:
    file, server = _filled(f"sqlite:///{tmp_path / 'mailgate.db'}"), _filled(new_database(postgresql))

    for table in WITHOUT_TOKENS:
        assert _sum(server, table) == _sum(file, table), table.name
    file.dispose()
    server.dispose()


def test_made_up_documents_are_those_that_the_index_makes(tmp_path: Path) -> None:
    engine = _filled(f"sqlite:///{tmp_path / 'mailgate.db'}")
    made_up = _documents(engine)

    reindex(engine)

    assert made_up == _documents(engine)
    engine.dispose()


@pytest.mark.server
@pytest.mark.usefixtures("postgresql")  # or none is installed
def test_a_server_that_is_kept_has_its_databases_the_next_time() -> None:
    with private_directory("kept") as directory:
        with durable_server(directory / "server") as server:
            server.run("postgres", "CREATE DATABASE left_there")

        with durable_server(directory / "server") as server:
            found = server.run("postgres", "SELECT datname FROM pg_database")

    assert "left_there" in found.split()


@pytest.mark.server
@pytest.mark.usefixtures("postgresql")
def test_several_programs_are_measured_against_one(a_run: Run) -> None:
    results = list(several(a_run))

    assert [one.what for one in results] == [
        "accepted mail to ticket, two workers / one, no broker",
        "accepted, two gates / one",
        "mail to ticket in one process, PostgreSQL / SQLite",
    ]
    for one in results:
        assert one.value is not None
        assert one.value > 0
        assert " cores: " in one.measured


@pytest.mark.server
@pytest.mark.usefixtures("postgresql")
def test_a_large_store_on_a_server_is_measured_against_a_small_one(a_run: Run) -> None:
    results = list(server_growth(a_run))

    assert [one.what.split(" with ")[0] for one in results] == ["mail to ticket", "page p99", "search p95, ms,"]
    for one in results:
        assert one.value is not None
        assert one.value > 0


@pytest.mark.server
@pytest.mark.usefixtures("postgresql")
def test_a_soak_kills_programs_and_finds_every_mail_in_its_ledgers(a_run: Run) -> None:
    promises, *memory = soak(a_run)

    assert promises.value == 0, promises.details["wrong"]
    assert promises.details["kills"] in range(1, 10)
    assert [one.what.split(",")[0] for one in memory] == ["memory of a gate", "memory of a worker"]
