"""kill -9 between any two steps, then a restart (F01): nothing lost, nothing done twice."""

import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store import people
from store.archive import Archive
from store.engine import connect, transaction
from store.migrations import upgrade
from tests.crash.ledger import Ledger, Sender
from tests.gate import Person
from tests.outbound.sink import HOST, Sink, running
from tests.program import Program, configured
from tests.servers.process import wait_until

PLACES = (
    "accept.before-commit",
    "accept.committed",
    "receive.checked",
    "receive.before-commit",
    "receive.committed",
    "deliver.before-data",
    "deliver.after-dot",
)
NO_SMARTHOST = {"MAILGATE_SMARTHOST__ADDRESS": ""}
ROOT = Path(__file__).parents[2]
ANNE = Person("Anne Miller", "anne@customer.example")
BART = Person("Bart Jones", "bart@hosting.example")
MAILS = 4  # a round: one more than visits of a place are survived, so that work stands behind the kill as well


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A smarthost that outlives the gate."""
    with running(Sink()) as sink:
        yield sink


@pytest.fixture
def program(tmp_path: Path, sink: Sink) -> Program:
    """A gate with one worker: one message at most is on its way out at any time."""
    sections: dict[str, dict[str, object]] = {
        "smarthost": {"address": f"{HOST}:{sink.port}", "tls": "none"},
        "budgets": {"acknowledgements_per_address_hour": 100, "acknowledgements_per_address_day": 100},
        "workers": {"threads": 1},
    }
    return configured(tmp_path / "gate", sections)


@pytest.fixture
def engine(program: Program) -> Iterator[Engine]:
    """The gate's store, with a customer and somebody who answers."""
    engine = connect(f"sqlite:///{program.database}")
    upgrade(engine)
    now = datetime.now(UTC)
    with transaction(engine) as conn:
        people.add_customer(
            conn, ANNE.name, ANNE.address, country=None, currency="EUR", timezone="UTC", language="en", now=now
        )
        people.add_staff(conn, BART.name, BART.address, now=now)
    yield engine
    engine.dispose()


def test_a_gate_killed_at_every_step_in_turn_keeps_its_promises(program: Program, engine: Engine, sink: Sink) -> None:
    sender = Sender()
    ledger = Ledger(engine, Archive(program.directory / "var" / "archive"), sink.messages)
    dying = (sys.executable, "-m", "tests.crash.dying_gate", str(program.config))

    for place in PLACES:
        sends = place.startswith("deliver")  # else nothing leaves, or the kill would hit what is just being sent
        environment = {"PYTHONPATH": str(ROOT), "DIES_AT": place}
        sender.mails += [ANNE.writes(f"Question {number}.", subject=f"{place} {number}") for number in range(MAILS)]
        with program.start(*dying, environment=environment if sends else {**environment, **NO_SMARTHOST}) as gate:
            sender.try_all(program.smtp_port)
            assert gate.exit_code() == -signal.SIGKILL, place
        if sends:  # a message that is killed twice is parked, not sent
            with program.serve():
                sender.try_all(program.smtp_port)
                wait_until(ledger.is_quiet, what=f"all mail settled and sent after {place}", within_seconds=30)

    copies = ledger.copies_sent()
    assert set(sender.promised) == set(sender.mails)
    assert ledger.keeps(sender.promised)
    assert ledger.effects() == {raw: ["opened"] for raw in sender.mails}
    assert ledger.messages_in_tickets() == [1] * len(sender.mails)
    assert set(copies) == ledger.queued()
    assert copies.total() - len(copies) == 1  # of the kill after the dot: its reply was never saved
    assert len(set(sink.messages)) == len(copies)
