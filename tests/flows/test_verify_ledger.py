"""The ledger is looked through each night, and `status` tells what was found."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from mailgate.billing.ledger import events
from mailgate.billing.ledger.events import Whose
from mailgate.config import Settings
from mailgate.flows.billing.verify_ledger import HOUR, following
from store.billing import ledger, ledger_checks
from store.engine import reading, transaction
from store.schema import balances
from tests.flows.test_due import swept
from tests.gate import BeginGate, Gate, Person
from workers.status import as_json, look

ZONE = "Pacific/Auckland"


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate far from UTC whose listeners are off."""
    home: dict[str, Any] = {"timezone": ZONE}
    return begin(gate=home, smtp={"listen": None}, lmtp={"listen": None}, web={"listen": None})


def give(gate: Gate, number: int) -> None:
    with transaction(gate.parts.engine) as conn:
        ledger.book(conn, [events.gift(number, Whose(1, date(2026, 3, 2), "EUR"), amount_minor=500)], now=gate.now)


def keep_as(gate: Gate, minor: int) -> None:
    """The balance of what was given away is set by another hand."""
    with transaction(gate.parts.engine) as conn:
        conn.execute(update(balances).where(balances.c.account == "expenses:gifts").values(amount_minor=minor))


def asked_for(gate: Gate) -> list[str]:
    status = as_json(look(gate.parts.settings, gate.parts.engine, gate.now))
    attention = status["attention"]
    assert isinstance(attention, list)
    return [one["message"] for one in attention if one["code"] == "ledger"]


def test_an_empty_ledger_is_not_looked_at(gate: Gate) -> None:
    assert gate.parts.run_due(gate.now + timedelta(days=3)) == {}


def test_it_is_looked_through_a_day_after_the_first_booking_and_then_each_night(gate: Gate, anne: Person) -> None:
    give(gate, 1)
    done = [gate.parts.run_due(gate.now + timedelta(hours=hours)).get("ledger", 0) for hours in range(97)]

    ran_at = [gate.now + timedelta(hours=hours) for hours, times in enumerate(done) if times]
    nights = [at.astimezone(ZoneInfo(ZONE)) for at in ran_at[1:]]
    assert ran_at[0] == gate.now + timedelta(days=1)
    assert len(nights) == 3
    assert {at.time() for at in nights} == {HOUR}
    with reading(gate.parts.engine) as conn:
        assert ledger_checks.last(conn) == ledger_checks.LedgerCheck(ran_at[-1], 1, 0, None)


def test_what_a_night_finds_is_logged_and_status_asks_until_a_look_finds_it_whole(
    gate: Gate, anne: Person, caplog: pytest.LogCaptureFixture
) -> None:
    give(gate, 1)
    give(gate, 2)
    keep_as(gate, 999)

    with caplog.at_level(logging.INFO):
        gate.later(days=1)
    found = asked_for(gate)
    keep_as(gate, 1000)
    still_asked = asked_for(gate)
    with caplog.at_level(logging.INFO):
        gate.later(days=1)

    assert found == still_asked
    fault = "the balance of expenses:gifts in EUR is kept as 999, its entries make 1000"
    assert found == [f"the ledger is not as it was booked: {fault}"]
    assert asked_for(gate) == []
    lines = [record.getMessage() for record in caplog.records if "ledger" in record.getMessage()]
    assert lines == [f"ledger faulty faults=1 first={fault!r}", "ledger whole transactions=2"]


def test_a_job_that_comes_too_early_or_twice_looks_once(gate: Gate, anne: Person) -> None:
    give(gate, 1)
    gate.parts.verify_ledger(1, gate.now)
    with reading(gate.parts.engine) as conn:
        early = ledger_checks.last(conn)

    [(job, row_id)] = swept(gate, seconds=86400)
    gate.parts.verify_ledger(row_id, gate.now)
    keep_as(gate, 999)
    gate.parts.verify_ledger(row_id, gate.now)

    assert (early, job.value) == (None, "ledger")
    assert asked_for(gate) == []


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("UTC", "2026-03-02T02:59:59", "2026-03-02T03:00:00"),
        ("UTC", "2026-03-02T03:00:00", "2026-03-03T03:00:00"),
        ("Europe/Berlin", "2026-03-28T12:00:00", "2026-03-29T01:00:00"),  # the clocks go forward
        ("Europe/Berlin", "2026-10-24T12:00:00", "2026-10-25T02:00:00"),
        ("America/Los_Angeles", "2026-12-31T23:00:00", "2027-01-01T11:00:00"),
    ],
)
def test_the_next_night_is_at_the_hour_of_the_gate_s_own_zone(zone: str, now: str, expected: str) -> None:
    settings = Settings()
    settings = replace(settings, gate=replace(settings.gate, timezone=zone))

    assert following(at(now), settings).astimezone(UTC) == at(expected)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
