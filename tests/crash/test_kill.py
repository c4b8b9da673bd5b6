"""kill -9 between any two steps, then a restart (F01): nothing lost, nothing done twice."""

import signal
from collections.abc import Iterator

import pytest

from tests.crash.gates import dying
from tests.crash.kills import EVERY_PLACE, assert_promises_kept, one_by_one
from tests.crash.ledger import Ledger, Sender
from tests.crash.people import ANNE
from tests.empty_store import STORES, store_of_kind
from tests.program import Program
from tests.servers.process import wait_until

NO_SMARTHOST = {"MAILGATE_SMARTHOST__ADDRESS": ""}
MAILS = 4  # a round: one more than visits of a place are survived, so that work stands behind the kill as well


@pytest.fixture
def workers() -> int:
    """One: at most one message is on its way out at any time."""
    return 1


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where the gate has its store: each kind in turn."""
    with store_of_kind(request.param, lambda: request.getfixturevalue("postgresql")) as url:
        yield url


@pytest.fixture
def program(program: Program, store_url: str | None) -> Program:
    """It keeps all in this store."""
    if store_url is not None:
        program.set("store", url=store_url)
    return program


def test_a_gate_killed_at_every_step_in_turn_keeps_its_promises(program: Program, ledger: Ledger) -> None:
    sender = Sender()
    for place in EVERY_PLACE:
        sends = place.startswith("deliver")  # else nothing leaves, or the kill would hit what is just being sent
        sender.mails += [ANNE.writes(f"Question {number}.", subject=f"{place} {number}") for number in range(MAILS)]
        with dying(program, place, environment={} if sends else NO_SMARTHOST) as gate:
            sender.try_all(program.smtp_port, between=one_by_one(gate, ledger))
            assert gate.exit_code() == -signal.SIGKILL, place
        ledger.grace_passes()  # on PostgreSQL, where jobs of the dead may be in the queue of another
        if sends:  # a message that is killed twice is parked, not sent
            with program.serve():
                sender.try_all(program.smtp_port)
                wait_until(ledger.is_quiet, what=f"all mail settled and sent after {place}")

    copies = ledger.copies_sent()
    assert_promises_kept(ledger, sender.promised, sender.mails)
    assert copies.total() - len(copies) == 1  # of the kill after the dot: its reply was never saved
