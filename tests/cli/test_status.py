"""`mailgate status`: what it counts, and when it asks for a person."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from store.billing import accounts, runs
from store.engine import transaction
from store.migrations import HEAD
from store.post import spool
from store.schema import outbox
from tests.flows.billing_run.shop import Shop
from tests.gate import BeginGate, Gate, Person
from tests.inbound.door import Address
from tests.program import Program, configured
from workers.status import LATE, REVIEW, UNDELIVERED, as_json, look

MAIL = b"From: Cris <cris@stranger.example>\r\nSubject: Quota\r\n\r\nIt is full.\r\n"
CLOSED: dict[str, Any] = {"smtp": {"listen": None}, "lmtp": {"listen": None}, "web": {"listen": None}}


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate whose listeners are off: nothing of it is expected to answer."""
    return begin(**CLOSED)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with a store of its own."""
    return configured(tmp_path / "gate", {"smarthost": {"address": "127.0.0.1:9"}}, has_store=False)


def seen(gate: Gate, **later: float) -> dict[str, Any]:
    """The status after some time in which nobody worked."""
    status = look(gate.parts.settings, gate.parts.engine, gate.now + timedelta(**later))
    return json.loads(json.dumps(as_json(status)))  # type: ignore[no-any-return]


def codes(status: dict[str, Any]) -> list[str]:
    """What asks for a person."""
    return [one["code"] for one in status["attention"]]


def set_state(gate: Gate, **values: object) -> None:
    """Put all outgoing mails into a state."""
    with transaction(gate.parts.engine) as conn:
        conn.execute(outbox.update().values(**values))


def test_an_idle_gate_needs_nobody(gate: Gate) -> None:
    status = seen(gate)

    assert (status["healthy"], status["attention"]) == (True, [])
    assert (status["waiting"], status["oldest_waiting_seconds"], status["last_in_at"]) == (0, None, None)
    assert status["outbox"] == {"held": 0, "queued": 0, "sending": 0, "in_doubt": 0, "failed": 0}
    assert status["revision"] == HEAD
    assert status["database_bytes"] > 0
    assert status["free_bytes"] > 0


def test_mail_is_counted_where_it_is(gate: Gate, anne: Person, bart: Person, cris: Person) -> None:
    gate.deliver(anne.writes("Since Monday every mail comes back."))
    gate.deliver(cris.writes("Who reads this?"))
    gate.accept(anne.writes("And on Sunday too.", subject="Sunday"))

    status = seen(gate, seconds=40)

    assert (status["waiting"], status["held"], status["quarantined"]) == (1, 1, 0)
    assert status["oldest_waiting_seconds"] == status["oldest_held_seconds"] == 40
    assert status["last_in_at"] == status["last_out_at"] == "2026-03-02T09:00:00.000000Z"
    assert status["healthy"]


def test_mail_that_no_worker_takes_is_a_fault(gate: Gate, anne: Person) -> None:
    gate.accept(anne.writes("Since Monday every mail comes back."))

    soon, late = seen(gate, minutes=2), seen(gate, minutes=2 + LATE.total_seconds() / 60)

    assert codes(soon) == []
    assert codes(late) == ["late_in"]
    assert not late["healthy"]


def test_mail_that_the_smarthost_puts_off_for_hours_is_a_fault(gate: Gate, anne: Person) -> None:
    gate.sink.replies["MAIL"] = ["451 4.7.1 try again later"] * 9
    gate.deliver(anne.writes("Since Monday every mail comes back."))
    set_state(gate, due_at=gate.now + 2 * UNDELIVERED)

    status = seen(gate, seconds=UNDELIVERED.total_seconds() + 1)

    assert codes(status) == ["undelivered"]
    assert status["oldest_undelivered_seconds"] == UNDELIVERED.total_seconds() + 1


def test_mail_that_nothing_can_send_is_a_fault(begin: BeginGate) -> None:
    gate = begin(**CLOSED, smarthost={"address": None})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    gate.parts.receive(gate.accept(anne.writes("Since Monday every mail comes back.")), gate.now)

    status = seen(gate)

    assert codes(status) == ["no_smarthost"]
    assert "smarthost.address" in status["attention"][0]["hint"]


@pytest.mark.parametrize(
    ("state", "code"), [("held", "on_hold"), ("in-doubt", "in_doubt")], ids=["on hold", "in doubt"]
)
def test_mail_of_ours_that_waits_for_a_decision_is_no_fault(gate: Gate, anne: Person, state: str, code: str) -> None:
    gate.deliver(anne.writes("Since Monday every mail comes back."))
    set_state(gate, state=state, due_at=None)

    status = seen(gate)

    assert codes(status) == [code]
    assert status["healthy"]


def test_held_mail_asks_for_a_person_after_a_day(gate: Gate, cris: Person) -> None:
    gate.deliver(cris.writes("Who reads this?"))

    today, tomorrow = seen(gate), seen(gate, seconds=REVIEW.total_seconds() + 1)

    assert codes(today) == []
    assert codes(tomorrow) == ["review"]
    assert "quarantine list" in tomorrow["attention"][0]["hint"]


def test_released_mail_waits_from_its_release_on(gate: Gate, cris: Person) -> None:
    held = gate.deliver(cris.writes("Who reads this?"))
    gate.now += timedelta(days=3)
    with transaction(gate.parts.engine) as conn:
        spool.release(conn, held.id, by="Bart Jones", now=gate.now)

    assert seen(gate, seconds=5)["oldest_waiting_seconds"] == 5


def test_a_full_disk_is_a_fault(begin: BeginGate) -> None:
    gate = begin(**CLOSED, limits={"min_free_bytes": 2**50})

    assert codes(seen(gate)) == ["disk"]


def test_a_running_gate_answers_and_is_healthy(program: Program) -> None:
    with program.serve():
        with Address(program.smtp_port).client() as client:
            assert client.deliver(MAIL).startswith("250 ")

        done = program.run("status", "--json")

    status = json.loads(done.stdout)
    assert (done.exit_code, status["healthy"], status["serve"]) == (0, True, True)
    assert [(one["name"], one["answers"]) for one in status["listeners"]] == [("smtp", True), ("lmtp", True)]
    assert all(one["detail"].startswith("220 ") for one in status["listeners"])


def test_a_gate_that_does_not_run_exits_69_and_says_what_to_do(program: Program) -> None:
    program.run("db", "upgrade")

    done = program.run("status")

    assert done.exit_code == 69
    assert "no `mailgate serve` with workers holds the store" in done.stdout
    assert [line.partition(" at ")[0] for line in done.stderr.splitlines()] == ["fault: smtp", "fault: lmtp"]
    assert "start `mailgate serve`" in done.stderr


def test_without_a_store_none_is_made(program: Program) -> None:
    done = program.run("status", "--json")

    assert done.exit_code == 69
    assert json.loads(done.stdout)["error"]["code"] == "NoStore"
    assert not program.database.exists()


def test_a_store_of_another_version_is_told_and_not_read(program: Program) -> None:
    program.run("db", "upgrade")
    with closing(sqlite3.connect(program.database)) as conn, conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")

    done = program.run("status", "--json")

    status = json.loads(done.stdout)
    assert (done.exit_code, status["revision"], status["waiting"]) == (69, "9999", None)
    assert [one["hint"] for one in status["attention"] if one["code"] == "schema"] == ["install the newer version"]


def test_looking_does_not_keep_a_gate_from_starting(program: Program) -> None:
    program.run("db", "upgrade")
    for _ in range(3):
        program.run("status")

    with program.serve() as serving:
        serving.terminate()
        assert serving.exit_code() == 0


def test_billing_says_who_is_not_billed_and_why_and_what_was_stopped(gate: Gate) -> None:
    shop = Shop(gate.parts.engine, gate.parts.settings)
    shop.import_catalogue()
    anne, bart = shop.customer("Anne"), shop.customer("Bart", country=None)
    shop.add(anne, on=gate.now.date())
    with transaction(shop.engine) as conn:
        accounts.park(conn, anne, "its plan is unreadable")
        runs.stop(conn, why="3 invoices, where 30 were usual", at_on=None, by="Bart", now=gate.now)
        run = runs.begin(conn, at_on=None, by="Bart", now=gate.now)
        runs.leave_out(conn, run, {bart: "nobody knows its tax"})
        runs.stop(conn, why="9 invoices, where 30 were usual", at_on=None, by="Bart", now=gate.now)

    status = seen(gate)

    assert codes(status) == ["billing_stopped", "billing_parked", "billing_left_out"]
    assert status["healthy"]
    assert status["billing"] == {
        "parked": [{"customer": anne, "why": "its plan is unreadable"}],
        "left_out": [{"customer": bart, "why": "nobody knows its tax"}],
        "stopped": "9 invoices, where 30 were usual",
        "last_on": {"invoice": gate.now.date().isoformat()},
        "bank_lines": {"proposed": 0, "oldest_at": None},
    }
    assert "--expect" in status["attention"][0]["hint"]


def test_a_number_that_is_dated_in_the_future_is_a_fault(gate: Gate) -> None:
    shop = Shop(gate.parts.engine, gate.parts.settings)
    shop.import_catalogue()
    shop.add(shop.customer(), on=(gate.now + timedelta(days=365)).date())

    early, then = seen(gate), seen(gate, days=365)

    assert codes(early) == ["billing_clock"]
    assert "2027-03-02" in early["attention"][0]["message"]
    assert not early["healthy"]
    assert codes(then) == []
