"""What a mail of ours costs the store on its way out: its transactions, and what stands in each of them."""

import sqlite3

import pytest
from sqlalchemy import Connection, event

from store.engine import reading
from store.post.outbox import OutState, Phase
from tests.gate import BeginGate, Gate, Person


def test_a_mail_is_sent_in_three_transactions(gate: Gate, anne: Person) -> None:
    spool_id = gate.accept(anne.writes("It is broken."))
    gate.parts.receive(spool_id, gate.now)
    [mail] = gate.outbox()
    writes: list[bool] = []

    def began(conn: Connection) -> None:
        writes.append(bool(conn.get_execution_options().get("write")))

    event.listen(gate.parts.engine, "begin", began)
    gate.parts.deliver(mail.id, gate.now)
    event.remove(gate.parts.engine, "begin", began)

    assert gate.outbox()[0].state is OutState.SENT
    assert writes == [True] * 3


def test_before_data_bytes_and_phase_are_committed_together(begin: BeginGate) -> None:
    found: dict[str, tuple[bool, str | None]] = {}

    def look(name: str) -> None:
        if name.startswith("deliver"):
            with sqlite3.connect(str(gate.parts.engine.url.database)) as store:
                sha256, phase = store.execute("SELECT sha256, phase FROM outbox").fetchone()
                found[name] = sha256 is not None, phase

    gate = begin(fail_point=look)
    anne = gate.customer("Anne Miller", "anne@customer.example")

    gate.deliver(anne.writes("It is broken."))

    assert found == {
        "deliver.composed": (False, None),
        "deliver.before-data": (True, Phase.DATA.value),
        "deliver.after-dot": (True, Phase.DATA.value),
    }


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
@pytest.mark.parametrize("reply", ["451 4.3.0 Later", "550 5.1.1 No such user here"])
def test_what_was_composed_is_kept_when_it_does_not_come_to_data(
    gate: Gate, anne: Person, step: str, reply: str
) -> None:
    gate.sink.replies[step] = [reply]

    gate.deliver(anne.writes("It is broken."))

    [mail] = gate.outbox()
    assert (mail.state, mail.phase) == (OutState.QUEUED if reply.startswith("4") else OutState.FAILED, None)
    assert mail.sha256 is not None
    with reading(gate.parts.engine) as conn:
        kept = gate.parts.archive.load(conn, mail.sha256)
    gate.later(minutes=2)
    assert gate.sink.messages == ([kept] if mail.state is OutState.QUEUED else [])
