"""A `store.url` that no store can be opened by, and one of a database that mail cannot be worked on in yet."""

import json
import secrets
import sys
from pathlib import Path

import pytest

from tests.program import Program, configured
from tests.servers.postgresql import Postgresql

SERVER = "postgresql+psycopg://gate:secret@127.0.0.1:1/gate"
NOT_BUILT = "mailgate: store.url: PostgreSQL is not built yet, mail is worked on in an SQLite store alone\n"

COMMANDS = (
    "db upgrade",
    "status",
    "due",
    "due run",
    "customer list",
    "contact remove 1",
    "staff list",
    "ticket list",
    "search words",
    "inbox list",
    "quarantine list",
    "sender list",
    "queue list",
    "suppression list",
    "mail list",
    "keys list",
    "sign-in-link anne@customer.example",
)

UNREADABLE = {
    "port": "postgresql+psycopg://gate:secret@db:port/gate",
    "option": "sqlite:///mailgate.db?timeout=soon",
    "plugin": "sqlite:///mailgate.db?plugin=nowhere",
    "driver": "postgresql+psycopg://gate:secret@db/gate?plugin=nowhere",
}


def with_store(directory: Path, url: str) -> Program:
    """A program with this URL in its settings."""
    return configured(directory / "gate", {"store": {"url": url}})


@pytest.fixture
def without_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which the driver of PostgreSQL is not installed."""
    monkeypatch.setitem(sys.modules, "psycopg", None)


@pytest.mark.usefixtures("without_driver")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_driver_that_is_not_installed_is_one_line_and_exit_78(tmp_path: Path, command: str) -> None:
    done = with_store(tmp_path, SERVER).run(*command.split())

    assert done.exit_code == 78, done.exception
    assert done.stderr == "mailgate: store.url needs the driver psycopg, which is not installed\n"
    assert done.stdout == ""


@pytest.mark.parametrize("url", UNREADABLE.values(), ids=UNREADABLE)
def test_a_url_that_cannot_be_read_is_one_line_and_exit_78_and_makes_nothing(tmp_path: Path, url: str) -> None:
    program = with_store(tmp_path, url)

    done = program.run("ticket", "list", "--json")

    [line] = done.stderr.splitlines()
    assert done.exit_code == 78, done.exception
    assert line.startswith("mailgate: store.url ")
    assert "secret" not in done.output
    assert json.loads(done.stdout)["error"]["code"] == "UnusableStoreUrl"
    assert [path.name for path in program.directory.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("url", ["mysql+foo://gate:secret@db/gate", "nonsense"])
def test_a_url_of_another_database_is_a_mistake_in_the_settings(tmp_path: Path, url: str) -> None:
    program = with_store(tmp_path, url)

    done = program.run("ticket", "list")

    assert done.exit_code == 78, done.exception
    assert done.stderr.startswith(f"{program.config}:")
    assert "must begin with sqlite:/// or postgresql+psycopg://" in done.stderr


@pytest.mark.usefixtures("without_driver")
def test_a_mail_from_a_pipe_is_tried_again_whatever_the_store(tmp_path: Path) -> None:
    done = with_store(tmp_path, SERVER).run("receive", stdin=b"From: anne@customer.example\r\n\r\nHello\r\n")

    assert done.exit_code == 75
    assert done.stderr == "4.3.0 store.url needs the driver psycopg, which is not installed\n"


@pytest.mark.parametrize("command", ["serve", "serve --no-workers"])
def test_serve_refuses_postgresql_until_it_is_built(tmp_path: Path, command: str) -> None:
    done = with_store(tmp_path, SERVER).execute(*command.split())

    assert done.returncode == 78
    assert done.stderr.decode() == NOT_BUILT


@pytest.mark.server
def test_what_is_due_is_not_done_in_postgresql_until_it_is_built(tmp_path: Path, postgresql: Postgresql) -> None:
    program = with_store(tmp_path, postgresql.url(f"test_{secrets.token_hex(4)}"))

    done = program.run("due", "run")

    assert done.exit_code == 78, done.exception
    assert done.stderr == NOT_BUILT


def test_the_settings_are_said_to_be_right_and_postgresql_not_built(tmp_path: Path) -> None:
    done = with_store(tmp_path, SERVER).run("config", "check")

    assert done.exit_code == 0
    assert "store.url: PostgreSQL is not built yet" in done.stderr
