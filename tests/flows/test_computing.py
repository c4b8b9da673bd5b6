"""Whose turn it is to compute: a job has it while it writes, and never while a server is waited for."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from mailgate.inbound.spamd import OFF, SpamVerdict
from store.archive import INLINE_BYTES, Archive, Objects
from tests.gate import BeginGate, Gate, Person
from workers.pace import Computing, Pace


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


class Slow:
    """A place of large blobs during whose every answer somebody else must be able to compute."""

    def __init__(self, objects: Objects, computing: Computing) -> None:
        self._objects = objects
        self._computing = computing
        self.asked: list[str] = []

    def put(self, sha256: str, raw: bytes) -> None:
        self._let_others("put")
        self._objects.put(sha256, raw)

    def get(self, sha256: str) -> bytes:
        self._let_others("get")
        return self._objects.get(sha256)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._objects, name)

    def _let_others(self, name: str) -> None:
        self.asked.append(name)
        with ThreadPoolExecutor(1) as other:
            other.submit(self._compute).result(20)

    def _compute(self) -> None:
        with self._computing:
            pass


def test_a_job_lets_its_turn_go_while_it_waits_for_a_large_blob(gate: Gate, anne: Person, bart: Person) -> None:
    computing = Pace().computing
    slow = Slow(gate.parts.archive.objects, computing)
    gate.parts = replace(gate.parts, computing=computing, archive=Archive(slow, computing.aside))

    gate.deliver(anne.writes("See the log.", files=[("big.log", "text/plain", b"0" * (2 * INLINE_BYTES))]))

    assert set(slow.asked) == {"put", "get"}
    assert [ticket.messages for ticket in gate.tickets()] == [1]
