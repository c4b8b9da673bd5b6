"""Whose turn it is to compute: a job has it while it writes, and never while a server is waited for."""

import threading
from dataclasses import replace

from mailgate.inbound.spamd import OFF, SpamVerdict
from tests.gate import BeginGate, Person


def test_a_job_lets_its_turn_go_while_it_waits_for_a_server(begin: BeginGate, anne: Person) -> None:
    turn = threading.Lock()
    had: dict[str, bool] = {}

    def spamd(_raw: bytes) -> SpamVerdict:
        had["spamd"] = turn.locked()
        return OFF

    gate = begin(fail_point=lambda name: had.update({name: turn.locked()}))
    gate.parts = replace(gate.parts, computing=turn, check_spam=spamd)
    gate.deliver(anne.writes("It is broken."))

    assert had == {
        "accept.before-commit": False,
        "accept.committed": False,
        "spamd": False,
        "receive.checked": False,
        "receive.before-commit": True,
        "receive.committed": False,
        "deliver.composed": True,
        "deliver.before-data": False,
        "deliver.after-dot": False,
    }
