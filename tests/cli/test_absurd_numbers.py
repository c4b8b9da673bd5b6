"""Numbers and days beyond what a store or a clock can have: one line and an exit code, never a traceback."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from mailgate.cli.output import EX_DATAERR
from tests.program import Program, configured

BIG = "9" * 19


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    directory: Path = tmp_path_factory.mktemp("absurd") / "gate"
    program = configured(directory)
    program.ask("customer", "add", "Anne Miller", "anne@customer.example")
    return program


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            ("ticket", "show", BIG),
            ("ticket", "close", BIG),
            ("ticket", "merge", BIG, BIG),
            ("ticket", "list", "--after", BIG),
            ("ledger", "show", "--customer", BIG),
            ("ledger", "show", "--after", BIG),
        ),
        *(("customer", "show", BIG), ("customer", "edit", BIG, "--name", "x"), ("customer", "forget", BIG, "--yes")),
        *(
            ("inbox", "show", BIG),
            ("mail", "show", BIG),
            ("mail", "list", "--customer", BIG),
            ("contact", "remove", BIG),
        ),
        *(("queue", "retry", BIG), ("quarantine", "release", BIG)),
        *(("due", "--at", "0001-01-01"), ("due", "run", "--at", "0001-01-01T00:00:00+14:00")),
    ],
    ids=" ".join,
)
def test_what_no_row_can_have_is_told_in_one_line(program: Program, arguments: Sequence[str]) -> None:
    done = program.run(*arguments)

    assert done.exit_code == EX_DATAERR
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "nothing has such a number, and no clock such a day" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "typed", ["before:0001-01-01", "after:9999-12-31", 'desk:""', '"', "a AND", "\ud800", "(" * 2000]
)
def test_a_search_for_anything_is_answered(program: Program, typed: str) -> None:
    done = program.run("search", typed)

    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "Traceback" not in done.stderr
