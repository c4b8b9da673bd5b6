"""Whoever does not know the commands: whole sentences, the nearest name, the tab key, and no wait."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mailgate.cli.completion import SHELLS
from mailgate.cli.main import COMMANDS, mailgate
from tests.program import MAILGATE, Program, configured


def commands(found: click.Command, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command and all below it."""
    yield names, found
    if isinstance(found, click.Group):
        context = click.Context(found)
        for name in found.list_commands(context):
            one = found.get_command(context, name)
            assert one
            yield from commands(one, *names, name)


EVERY = dict(commands(mailgate))


@pytest.mark.parametrize("names", EVERY, ids=" ".join)
def test_help_says_whole_sentences(names: tuple[str, ...]) -> None:
    done = CliRunner().invoke(mailgate, [*names, "--help"], env={"COLUMNS": "60"})

    assert done.exit_code == 0
    assert "..." not in done.stdout.partition("\n")[2]
    command = EVERY[names]
    said = [command.help, *(one.help for one in command.params if isinstance(one, click.Option))]
    assert [words for words in said if not (words or "").strip().endswith((".", "…", ".fish"))] == []
    if isinstance(command, click.Group):
        for name in command.commands:
            sentence = " ".join((command.commands[name].help or "").partition("\n\n")[0].split()).partition(". ")[0]
            assert sentence in " ".join(done.stdout.split())


def test_every_command_stands_in_the_help_with_a_sentence() -> None:
    said = " ".join(CliRunner().invoke(mailgate, ["--help"]).stdout.split())

    assert [name for name, words in COMMANDS.items() if f"{name} {words}" not in said] == []
    assert all(words[0].isupper() and words.endswith(".") for words in COMMANDS.values())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("tickt",), "Did you mean 'ticket'?"),
        (("tickets", "list"), "Did you mean 'ticket'?"),
        (("ticket", "lst"), "Did you mean 'list'?"),
        (("ticket", "list", "--utcc"), "Did you mean '--utc'?"),
        (("--confg", "x", "ticket", "list"), "Did you mean '--config'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_the_nearest_command_or_option_is_named(typed: tuple[str, ...], meant: str) -> None:
    done = subprocess.run([MAILGATE, *typed, "--json"], capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 64
    assert meant in json.loads(done.stdout)["error"]["message"]
    assert done.stderr.count("\n") == 1


def test_help_of_all_commands_imports_none_of_them() -> None:
    script = (
        "import sys\n"
        "from mailgate.cli.main import mailgate\n"
        "mailgate.main(['--help'], standalone_mode=False)\n"
        "print(*sorted(name for name in sys.modules if name.split('.')[0] in "
        "('mailgate', 'store', 'webview', 'workers', 'sqlalchemy', 'babel', 'difflib')), file=sys.stderr)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)

    assert done.stderr.split() == [
        "mailgate",
        "mailgate.cli",
        *(f"mailgate.cli.{one}" for one in ("context", "main", "output")),
    ]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_is_told_how_to_complete(shell: str) -> None:
    printed = CliRunner().invoke(mailgate, ["completion", shell], prog_name="mailgate").stdout

    assert f"_MAILGATE_COMPLETE={shell}_complete" in printed
    assert "_mailgate_completion" in printed


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("mailgate tic", ["ticket"]),
        ("mailgate ticket re", ["remove", "reopen", "reply"]),
        ("mailgate ticket list --st", ["--state"]),
        ("mailgate ticket list --state ope", ["open"]),
        ("mailgate credit", ["credit", "credit-note"]),
    ],
)
def test_the_tab_key_completes(words: str, expected: list[str]) -> None:
    typed = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_MAILGATE_COMPLETE": "bash_complete"}

    done = subprocess.run(
        [MAILGATE], env={**os.environ, **typed}, capture_output=True, text=True, check=True, timeout=60
    )

    assert sorted(line.partition(",")[2] for line in done.stdout.split()) == expected


def test_completion_can_be_read_by_bash(tmp_path: Path) -> None:
    script = tmp_path / "mailgate.bash"
    script.write_bytes(
        subprocess.run([MAILGATE, "completion", "bash"], capture_output=True, check=True, timeout=60).stdout
    )

    asked = f"source {script} && complete -p mailgate"
    done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True, timeout=60)

    assert "-F _mailgate_completion mailgate" in done.stdout


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """An empty gate."""
    return configured(tmp_path / "gate")


def test_the_environment_names_the_settings_and_the_option_wins(program: Program, tmp_path: Path) -> None:
    named, wrong = {"MAILGATE_CONFIG": str(program.config)}, {"MAILGATE_CONFIG": str(tmp_path / "none.toml")}

    found = CliRunner().invoke(mailgate, ["config", "check"], env=named)
    missing = CliRunner().invoke(mailgate, ["config", "check"], env=wrong)
    overridden = CliRunner().invoke(mailgate, ["--config", str(program.config), "config", "check"], env=wrong)

    assert (found.exit_code, overridden.exit_code) == (0, 0)
    assert str(program.config) in found.stdout
    assert (missing.exit_code, "none.toml" in missing.stderr) == (78, True)


def test_a_link_to_sign_in_is_printed_bare(program: Program) -> None:
    program.prints("customer", "add", "Anne", "anne@customer.example")

    [line] = program.prints("sign-in-link", "anne@customer.example").decode().splitlines()

    assert line.startswith("http://127.0.0.1:8025/")
    assert program.ask("sign-in-link", "anne@customer.example")["url"].startswith("http://127.0.0.1:8025/")


def test_a_long_setting_does_not_push_the_origins_out_of_sight(program: Program) -> None:
    program.set("log", level="debug")

    lines = program.prints("config", "show", "--origin").decode().splitlines()

    [level] = [line for line in lines if line.startswith("log.level = ")]
    assert level.split() == ["log.level", "=", '"debug"', f"{program.config}:{level.rpartition(':')[2]}"]
    assert level.index(str(program.config)) <= 60
