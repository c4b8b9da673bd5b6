"""`--welcome`: a first mail to somebody new, and the settings that make it usual."""

from pathlib import Path

import pytest

from tests.program import Program, configured

ADDED = [
    (("customer", "add", "Anne Miller", "anne@customer.example"), "welcome", "customers"),
    (("contact", "add", "1", "Owen Reed", "owen@customer.example", "--role", "support"), "welcome", "customers"),
    (("staff", "add", "Bart Jones", "bart@hosting.example"), "staff-welcome", "staff"),
]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with one customer."""
    program = configured(tmp_path)
    program.prints("customer", "add", "Bo Stone", "bo@stone.example")
    return program


@pytest.mark.parametrize(("command", "template", "setting"), ADDED)
def test_somebody_new_gets_a_mail_when_it_is_asked_for_and_not_otherwise(
    program: Program, command: tuple[str, ...], template: str, setting: str
) -> None:
    program.prints(*command, "--welcome")

    [mail] = program.rows("queue", "list")
    assert (mail["template"], mail["to"]) == (template, [command[-3] if "--role" in command else command[-1]])


@pytest.mark.parametrize(("command", "template", "setting"), ADDED)
def test_the_settings_make_it_usual_and_the_command_has_the_last_word(
    program: Program, command: tuple[str, ...], template: str, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.prints(*command)
    monkeypatch.setenv(f"MAILGATE_WELCOME__{setting.upper()}", "true")
    program.prints(*(word.replace("@", "2@") for word in command), "--no-welcome")
    assert program.rows("queue", "list") == []

    program.prints(*(word.replace("@", "3@") for word in command))

    assert [mail["template"] for mail in program.rows("queue", "list")] == [template]
