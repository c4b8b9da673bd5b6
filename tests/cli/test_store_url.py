"""A `store.url` that no store can be opened by, and one of a server that is away or has no tables yet."""

import json
import secrets
import sys
from pathlib import Path

import pytest

from tests.program import Program, configured
from tests.servers.postgresql import Postgresql

SERVER = "postgresql+psycopg://gate:secret@127.0.0.1:1/gate"

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


@pytest.mark.parametrize("command", ["serve", "serve --no-workers", "due run"])
def test_a_server_that_does_not_answer_is_one_line_without_the_password(tmp_path: Path, command: str) -> None:
    done = with_store(tmp_path, SERVER).execute(*command.split())

    said = [line for line in done.stderr.decode().splitlines() if line.startswith("mailgate: ")]
    assert done.returncode == 75
    assert len(said) == 1
    assert said[0].startswith("mailgate: the store cannot be used: connection failed")
    assert done.stderr.decode().splitlines()[-1] == said[0]
    assert b"secret" not in done.stderr


@pytest.mark.server
def test_the_first_program_makes_the_tables_of_an_empty_database(tmp_path: Path, postgresql: Postgresql) -> None:
    program = with_store(tmp_path, postgresql.url(f"test_{secrets.token_hex(4)}"))

    with program.serve() as serving:
        added = program.run("customer", "add", "Anne", "anne@customer.example")

        serving.terminate()
        ended = serving.exit_code()

    assert added.exit_code == 0, added.stderr
    assert ended == 0
