"""Mistakes in a config file, each named at its place.

The first line of each file in `bad_configs` is a comment with what is said about it, without the name of the file.
"""

from pathlib import Path

import pytest

from mailgate.config import ConfigErrors, load
from mailgate.errors import Permanent
from tests.config.conftest import Refuser

BAD_CONFIGS = sorted((Path(__file__).parent / "bad_configs").glob("*.toml"))


@pytest.mark.parametrize("file", BAD_CONFIGS, ids=lambda file: file.stem)
def test_mistake_is_named_at_its_place(file: Path) -> None:
    expected = file.read_bytes().partition(b"\n")[0].decode().removeprefix("# ")

    with pytest.raises(ConfigErrors) as raised:
        load(file, {})

    (problem,) = raised.value.problems
    assert f"{problem.place}: {problem.reason} {problem.hint}".rstrip() == f"{file}:{expected}"


def test_problem_shows_the_line_and_underlines_the_word(refused: Refuser, config_file: Path) -> None:
    errors = refused("[workers]\n\n  thread = [3]\n")

    assert str(errors) == (
        f'{config_file}:3:3: unknown setting "thread" in [workers]\n'
        "    3 |   thread = [3]\n"
        '      |   ^^^^^^ did you mean "threads"?\n'
        "1 error."
    )


def test_all_problems_of_all_sections_are_found_in_one_pass(refused: Refuser) -> None:
    errors = refused(
        """
        colour = 1
        [gate]
        currency = "EURO"
        [smtp]
        certificate = "a.pem"
        [web]
        listen = 80
        [[desk]]
        name = "a"
        [[desk]]
        name = "b"
        address = "bounce@"
        """,
        {"MAILGATE_SMTP__LISTN": "", "MAILGATE_WORKERS__THREADS": "0"},
    )

    assert [problem.place.line or problem.place.variable for problem in errors.problems] == [
        2, 4, 6, 8, 9, 13, "MAILGATE_WORKERS__THREADS", "MAILGATE_SMTP__LISTN",
    ]  # fmt: skip


def test_nothing_is_said_about_what_follows_from_another_mistake(refused: Refuser) -> None:
    errors = refused('[smtp]\ncertificate = "a.pem"\nkey = 3\n[web]\nlisten = "0.0.0.0:80"\npublic_url = "no"')

    assert [problem.place.line for problem in errors.problems] == [3, 6]


def test_caret_stands_under_the_word_behind_tabs_and_masked_passwords(refused: Refuser) -> None:
    errors = refused('[store]\n\turl = "mysql://u:geheim@h" # \x85')

    assert "    2 | \turl = " in str(errors)
    assert "      | \t      ^^^^" in str(errors)
    assert "geheim" not in str(errors)
    assert "\x85" not in str(errors)


def test_windows_line_ends_and_a_byte_order_mark_are_read(config_file: Path) -> None:
    config_file.write_bytes(b"\xef\xbb\xbf[workers]\r\nthreads = 3\r\nthread = 3\r\n")

    with pytest.raises(ConfigErrors, match=r"config\.toml:3:1: unknown setting"):
        load(config_file, {})


def test_missing_file_is_named_together_with_mistakes_of_the_environment(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"

    with pytest.raises(ConfigErrors) as raised:
        load(missing, {"MAILGATE_SMTP__X": "1"})

    assert str(raised.value).startswith(
        f"{missing}: no such file; `mailgate config example` prints one\nMAILGATE_SMTP__X: unknown setting"
    )
    assert isinstance(raised.value, Permanent)


def test_directory_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors, match="cannot be read: Is a directory"):
        load(tmp_path, {})


def test_at_most_three_names_are_suggested(refused: Refuser) -> None:
    errors = refused("[limits]\nmax_bytes = 1\nmax_connection_per_addres = 1")

    assert all(1 <= len(problem.nearest) <= 3 for problem in errors.problems)
