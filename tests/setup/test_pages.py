"""Whom the pages read as: the role that `db web-role` makes, what doctor says of it and of others."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.setup import pages
from mailgate.setup.finding import Finding, Status
from tests.empty_store import PAGES_USER, empty_server_store
from tests.program import Program, configured
from tests.servers.postgresql import USER, Postgresql
from tests.setup.sites import site_in

pytestmark = pytest.mark.server


@pytest.fixture
def database(postgresql: Postgresql) -> str:
    """A store on the server, whose pages have a user of their own."""
    return empty_server_store(postgresql)


def program_of(postgresql: Postgresql, database: str, directory: Path) -> Program:
    """The command for this store."""
    return configured(directory / "gate", {"store": {"url": postgresql.url_for(USER, database)}})


def found(postgresql: Postgresql, database: str, directory: Path, reader: str = "") -> Finding:
    """What doctor says of pages that read as this user."""
    web: Mapping[str, object] = {"store_url": postgresql.url_for(reader, database) if reader else ""}
    site = site_in(directory, store=False, web=web)
    store = replace(site.settings.store, url=postgresql.url_for(USER, database))
    return pages.web_role(replace(site, settings=replace(site.settings, store=store)))


def test_the_role_that_is_printed_reads_and_can_do_nothing_else(
    postgresql: Postgresql, database: str, tmp_path: Path
) -> None:
    printed = program_of(postgresql, database, tmp_path).run("db", "web-role", "--name", "Anne's pages")
    postgresql.run(database, printed.stdout)
    postgresql.run(database, printed.stdout)  # it can be run again

    doctor = found(postgresql, database, tmp_path, "Anne's pages")
    granted = postgresql.run(
        database,
        "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants WHERE grantee = 'Anne''s pages'",
    )

    assert printed.exit_code == 0
    assert (doctor.status, doctor.detail) == (Status.OK, "Anne's pages reads, and nothing else")
    assert granted.split() == ["SELECT"]


def test_a_table_of_a_later_version_can_be_read_too(postgresql: Postgresql, database: str) -> None:
    postgresql.run(database, "CREATE TABLE later (id integer)")

    may = postgresql.run(database, f"SELECT has_table_privilege('{PAGES_USER}', 'later', 'SELECT')")

    assert may.strip() == "t"


def test_the_keys_that_sign_our_mail_are_kept_from_the_pages(
    postgresql: Postgresql, database: str, tmp_path: Path
) -> None:
    before = found(postgresql, database, tmp_path, PAGES_USER)

    postgresql.run(database, f"GRANT SELECT ON signing_keys TO {PAGES_USER}")
    after = found(postgresql, database, tmp_path, PAGES_USER)

    assert (before.status, after.status) == (Status.OK, Status.FAIL)
    assert "reads signing_keys" in after.detail


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        ("GRANT UPDATE (state) ON tickets TO {}", "writes to tickets"),
        ("GRANT DELETE, TRUNCATE ON entries TO {}", "writes to entries"),
        ("GRANT USAGE ON SEQUENCE outbox_id_seq TO {}", "moves outbox_id_seq"),
        ("GRANT CREATE ON SCHEMA public TO {}", "makes tables"),
        ("GRANT mailgate TO {}", "writes to"),
        ("ALTER ROLE {} CREATEROLE", "makes roles"),
        ("ALTER ROLE {} SUPERUSER", "is a superuser"),
    ],
)
def test_whoever_could_write_is_no_user_for_pages(
    postgresql: Postgresql, database: str, tmp_path: Path, grant: str, words: str
) -> None:
    role = f"reader_{database}"
    printed = program_of(postgresql, database, tmp_path).run("db", "web-role", "--name", role).stdout
    postgresql.run(database, printed)
    before = found(postgresql, database, tmp_path, role)

    postgresql.run(database, grant.format(role))
    after = found(postgresql, database, tmp_path, role)

    assert (before.status, after.status) == (Status.OK, Status.FAIL)
    assert words in after.detail
    assert f"db web-role --name mailgate_web | runuser -u postgres -- psql {database}" in after.fix


def test_a_user_who_cannot_read_a_table_is_named_with_it(postgresql: Postgresql, database: str, tmp_path: Path) -> None:
    postgresql.run(database, f"REVOKE SELECT ON tickets FROM {PAGES_USER}")

    doctor = found(postgresql, database, tmp_path, PAGES_USER)

    assert (doctor.status, doctor.detail) == (Status.FAIL, "mailgate_web cannot read tickets: these pages fail")


def test_pages_that_read_as_the_gate_itself_are_warned_of(
    postgresql: Postgresql, database: str, tmp_path: Path
) -> None:
    doctor = found(postgresql, database, tmp_path)

    assert (doctor.status, doctor.detail) == (Status.WARN, f"the pages read as {USER}, who works on the store")
    assert "web.store_url" in doctor.fix


def test_a_store_in_a_file_needs_no_role(tmp_path: Path) -> None:
    program = configured(tmp_path / "gate", {})

    printed = program.run("db", "web-role", "--json")

    assert printed.exit_code == 65
    assert json.loads(printed.stdout)["error"]["code"] == "NoServer"
    assert pages.web_role(site_in(tmp_path)).status is Status.SKIPPED
