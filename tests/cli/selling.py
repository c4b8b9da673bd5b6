"""A gate that sells, for tests of the commands about money."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from tests.flows.billing.trade import SHOP
from tests.program import Program, configured


def selling(directory: Path) -> Program:
    """It has Anne as a customer at home, 1, and Bart, who pays in yen, 2."""
    program = configured(directory)
    program.prints("customer", "add", "Anne", "anne@customer.example", "--country", "DE")
    program.prints("customer", "add", "Bart", "bart@customer.example", "--country", "DE", "--currency", "JPY")
    program.prints("catalogue", "import", str(SHOP))
    return program


def contents(program: Program) -> list[str]:
    """All that is in the store, but for what is counted for its own sake."""
    conn = sqlite3.connect(program.database)
    found = [line for line in conn.iterdump() if not line.startswith('INSERT INTO "sqlite_sequence"')]
    conn.close()
    return found


def add(program: Program, sku: str = "small", *more: str, on: str = "2026-04-01", cycle: str = "monthly") -> Any:
    """Sell Anne something."""
    return program.ask("service", "add", "--customer", "1", "--sku", sku, "--cycle", cycle, "--on", on, *more)


def refused(program: Program, *arguments: str, code: int = 65) -> Any:
    """The error of a command, which has written nothing: one line, and the same as JSON."""
    before = contents(program)
    done = program.run(*arguments, "--json")
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("mailgate: ")
    assert contents(program) == before
    return json.loads(done.stdout)["error"]
