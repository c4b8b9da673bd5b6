"""`mailgate demo --script --part money` as people run it: each step is seen, and what does not agree is said."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailgate.cli.main import mailgate
from mailgate.cli.output import EX_SOFTWARE, EX_USAGE
from tests.demo.chapters import missing
from tests.program import MAILGATE


def play(path: str) -> "subprocess.CompletedProcess[str]":
    """The year, with programs from these directories alone."""
    environment = {**os.environ, "PATH": path}
    command = [MAILGATE, "demo", "--script", "--part", "money"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def amounts(steps: str) -> Mapping[str, str]:
    """What is named at the end of a step, by how it begins."""
    return dict(re.findall(r"^ *\d+  [\d-]+  (.*): ([\d.]+) EUR$", steps, re.MULTILINE))


@pytest.mark.server
def test_the_year_is_told_in_its_order_and_the_books_agree() -> None:
    done = play(os.environ["PATH"])

    assert done.returncode == 0, (done.stdout, done.stderr)
    head, *steps, end = done.stdout.splitlines()
    assert (head, end) == ("A year of money", "The story was seen from end to end.")
    assert [int(step.split()[0]) for step in steps] == list(range(1, len(steps) + 1))
    days = [step.split()[1] for step in steps]
    assert (days[0], days[-1], days) == ("2026-03-02", "2027-03-04", sorted(days))
    assert missing(steps) == []
    # 5.83 and, less credit of 2.00, again; 7.34 for the bigger plan; the renewal of 5.83 on 2 May; 11.78 twice.
    assert amounts(done.stdout) == {
        "what that costs is billed": "7.34",
        "what came by the provider is what it has charged": "46.39",
        "what went back is what it has refunded": "8.75",
        "what it still has is what the ledger says": "0.00",
        "and so are its fees": "2.16",
    }


def test_books_that_differ_end_it_and_a_program_that_is_missing_checks_nothing(tmp_path: Path) -> None:
    for name, does in (("bean-check", ":"), ("bean-query", "printf 'account,total\\nAssets:Bank,1.00 EUR\\n'")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)

    done = play(str(tmp_path))

    assert done.returncode == EX_SOFTWARE
    assert done.stdout.splitlines()[-1].endswith("not checked by hledger: there is no hledger on this machine")
    assert "not so: beancount adds the ledger up to the same balances" in done.stderr


def test_parts_are_of_the_story_alone() -> None:
    result = CliRunner().invoke(mailgate, ["demo", "--part", "money"])

    assert result.exit_code == EX_USAGE
    assert "mailgate demo --script --part money" in result.output
