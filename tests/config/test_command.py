"""`mailgate config check` and `mailgate config show`."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailgate.cli.config import config

Run = Callable[..., Result]


@dataclass(frozen=True, slots=True)
class Invocation:
    config_path: Path


@pytest.fixture
def run(config_file: Path) -> Run:
    """`mailgate config …` with a text as its file."""

    def invoke(text: str, *arguments: str, **environ: str) -> Result:
        config_file.write_text(text, encoding="utf-8")
        return CliRunner(env=environ).invoke(config, arguments, obj=Invocation(config_file))

    return invoke


def test_check_of_a_good_file_says_so(run: Run) -> None:
    result = run("", "check")

    assert result.exit_code == 0
    assert result.stdout.endswith("settings, no errors\n")
    assert result.stderr == ""


def test_check_tells_what_has_no_effect_yet(run: Run) -> None:
    result = run("billing.change_waits_for_payment = true", "check")

    assert result.exit_code == 0
    assert result.stderr == "no effect yet: billing.change_waits_for_payment: that part of billing is not built yet\n"


def test_check_lists_every_problem_and_exits_with_78(run: Run, config_file: Path) -> None:
    result = run("[smtp]\nlistn = 1\n[lmtp]\nlisten = 2", "check", MAILGATE_LOG__LEVEL="loud")

    assert result.exit_code == 78
    assert result.stdout == ""
    assert result.stderr == (
        f'{config_file}:2:1: unknown setting "listn" in [smtp]\n'
        "    2 | listn = 1\n"
        '      | ^^^^^ did you mean "listen"?\n'
        f"{config_file}:4:10: [lmtp] listen must be text in quotes, not a whole number\n"
        "    4 | listen = 2\n"
        "      |          ^\n"
        'MAILGATE_LOG__LEVEL: [log] level must be "debug", "info", "warning" or "error", not "loud"\n'
        "3 errors.\n"
    )


def test_problems_in_json_have_message_and_hint(run: Run, config_file: Path) -> None:
    result = run("[smtp]\nlistn = 1", "show", "--json")

    error = json.loads(result.stdout)["error"]
    assert result.exit_code == 78
    assert "listn" in result.stderr
    assert error["code"] == "config"
    assert error["message"] == f'{config_file}:2:1: unknown setting "listn" in [smtp]'
    assert error["hint"] == 'did you mean "listen"?'
    assert (error["problems"][0]["line"], error["problems"][0]["nearest"]) == (2, ["listen"])


def test_show_tells_line_variable_or_default(run: Run, config_file: Path) -> None:
    result = run('[smtp]\nlisten = "127.0.0.1:1"', "show", "--origin", MAILGATE_LOG__LEVEL="debug")

    rows = dict(line.split(" = ", 1) for line in result.stdout.splitlines())
    assert rows["smtp.listen"].split() == ['"127.0.0.1:1"', f"{config_file}:2"]
    assert rows["log.level"].split() == ['"debug"', "MAILGATE_LOG__LEVEL"]
    assert rows["spam.hold_score"].split() == ["5.0", "default"]
    assert rows["desk[0].address"].split() == ['"support@support.example"', "default"]


def test_show_in_json_has_values_and_origins(run: Run, config_file: Path) -> None:
    result = run('[[desk]]\nname = "a"\naddress = "a@"', "show", "--origin", "--json")

    shown = {entry.pop("setting"): entry for entry in json.loads(result.stdout)["settings"]}
    origin = {"origin": "file", "file": str(config_file), "line": 3, "variable": None}
    assert shown["desk[0].address"] == {"value": "a@support.example", **origin}
    assert shown["authentication.trusted_authserv_ids"]["value"] == []
    assert shown["smarthost.address"]["value"] == ""


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://gate:pa@ss@db/gate", "postgresql+psycopg://db/gate?user=u&password=pa@ss"]
)
def test_credentials_in_urls_are_masked(run: Run, url: str) -> None:
    shown = run(f'store.url = "{url}"', "show")
    wrong = run(f'store.url = "x{url}"', "check")

    assert shown.exit_code == 0
    assert wrong.exit_code == 78
    for output in (shown.output, wrong.output):
        assert "pa@ss" not in output
        assert "***" in output


def test_the_example_is_the_shipped_file() -> None:
    printed = CliRunner().invoke(config, ["example"])

    assert printed.output == (Path(__file__).parents[2] / "config.toml").read_text("utf-8")
