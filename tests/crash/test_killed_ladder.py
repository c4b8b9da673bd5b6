"""The process is killed while it reminds: each step has its mail, and no mail is there without its step."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.post.outbox import OutState
from tests.collecting import Collector
from tests.gate import BeginGate

WARNED = datetime(2026, 3, 8, 23, tzinfo=UTC)
"""Midnight in Berlin, seven days after the invoice was due."""


@pytest.mark.parametrize(
    "fatal",
    ["INSERT INTO outbox", "INSERT INTO dunning_steps", "UPDATE invoices SET step_at", "COMMIT", "UPDATE outbox SET"],
)
def test_whoever_is_killed_while_a_warning_is_written_has_written_both_or_neither(
    begin: BeginGate, tmp_path: Path, fatal: str
) -> None:
    money = Collector.begin(begin())
    for name in ("Anne", "Bob"):
        money.customer(name)
    numbers = [money.sell(customer)[1].number for customer in (1, 2)]
    money.until(datetime(2026, 3, 8, 12, tzinfo=UTC))
    before = len(money.mails())
    program = [sys.executable, "-m", "tests.crash.dying_ladder", str(tmp_path), str(money.gate.sink.port)]

    killed = subprocess.run([*program, WARNED.isoformat(), fatal], check=False)
    money.gate.now = WARNED
    halfway = [[step.step for step in money.steps(number)].count("+7") for number in numbers]
    mails = len(money.mails()) - before
    money.look()
    money.gate.later(minutes=16)  # what the dead program had in hand

    assert killed.returncode == -signal.SIGKILL
    assert sum(halfway) == mails
    assert [[step.step for step in money.steps(number)].count("+7") for number in numbers] == [1, 1]
    warnings = money.mails()[before:]
    assert [one.notice.template.value for one in warnings] == ["service-suspend-warning"] * 2
    assert [one.state for one in warnings] == [OutState.SENT] * 2
