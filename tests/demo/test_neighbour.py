"""The demo does not start beside a store in earnest."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailgate.cli.main import mailgate
from mailgate.config import ConfigErrors
from mailgate.demo.neighbour import VARIABLE, store_beside
from tests.gate import Gate, Person

EX_USAGE = 64


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings that name the store of the gate, which stands in the same directory."""
    path = tmp_path / "config.toml"
    path.write_text('[store]\nurl = "sqlite:///mailgate.db"\n')
    return path


def demo(config: Path, monkeypatch: pytest.MonkeyPatch, *options: str, **environment: str) -> Result:
    monkeypatch.chdir(config.parent)
    return CliRunner().invoke(mailgate, [*options, "demo"], env=dict(environment))


def test_it_refuses_to_start_where_the_settings_lie_of_a_store_with_mail(
    gate: Gate, anne: Person, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.deliver(anne.writes("Hello"))

    result = demo(config, monkeypatch)

    assert result.exit_code == EX_USAGE
    assert f"sqlite:///{config.parent}/mailgate.db" in result.output
    assert "start it in an empty directory" in result.output


def test_it_refuses_to_start_with_settings_that_name_a_store(
    gate: Gate, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gate.tickets() == ()

    result = demo(config, monkeypatch, "--config", str(config))

    assert result.exit_code == EX_USAGE


def test_it_refuses_to_start_with_a_store_in_the_environment(
    gate: Gate, tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.unlink()
    assert gate.tickets() == ()

    result = demo(config, monkeypatch, **{VARIABLE: f"sqlite:///{tmp_path / 'mailgate.db'}"})

    assert result.exit_code == EX_USAGE


def test_a_store_without_mail_that_merely_lies_there_is_no_hindrance(gate: Gate, config: Path) -> None:
    assert gate.tickets() == ()

    assert store_beside(config, {}, named=False) is None


def test_a_store_that_does_not_exist_is_no_hindrance(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[store]\nurl = "sqlite:///nowhere.db"\n')

    assert store_beside(config, {}, named=True) is None
    assert store_beside(tmp_path / "none.toml", {}, named=False) is None
    assert store_beside(tmp_path / "none.toml", {VARIABLE: "no URL"}, named=False) is None


def test_a_server_that_is_named_counts_as_a_store_and_its_password_is_not_told(tmp_path: Path) -> None:
    url = "postgresql+psycopg://mailgate:secret@127.0.0.1:1/mailgate"

    found = store_beside(tmp_path / "none.toml", {VARIABLE: url}, named=False)

    assert found == "postgresql+psycopg://mailgate:***@127.0.0.1:1/mailgate"


def test_a_store_that_cannot_be_opened_for_want_of_its_driver_counts_and_one_that_cannot_be_read_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    config = tmp_path / "config.toml"

    config.write_text('[store]\nurl = "postgresql+psycopg://127.0.0.1:1/gate"\n')
    found = store_beside(config, {}, named=False)
    config.write_text('[store]\nurl = "postgresql+psycopg://127.0.0.1:port/gate"\n')
    unreadable = store_beside(config, {}, named=False)

    assert (found, unreadable) == ("postgresql+psycopg://127.0.0.1:1/gate", None)


def test_the_settings_of_another_program_are_no_hindrance_but_a_broken_file_that_is_named_is(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('title = "My pages"\n')

    assert store_beside(config, {}, named=False) is None
    with pytest.raises(ConfigErrors):
        store_beside(config, {}, named=True)
