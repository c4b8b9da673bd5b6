"""Which server is away: told by `mailgate status`, by /healthz and by the doctor."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from mailgate.config import HostPort, Settings
from mailgate.setup.broker import broker
from mailgate.setup.finding import Status
from store.engine import transaction
from store.post import processes
from tests.gate import BeginGate, Gate, Person
from tests.program import configured
from tests.servers.moto import ObjectStore
from tests.servers.process import LOOPBACK, free_port
from tests.servers.redis import Redis
from tests.servers.scripted import hang_up_at_once, listening
from tests.setup.sites import site_in
from tests.workers.test_metrics import get
from workers.metrics import Monitor
from workers.servers import ServerState, ask_servers
from workers.status import LATE, as_json, look

CLOSED: dict[str, Any] = {"smtp": {"listen": None}, "lmtp": {"listen": None}, "web": {"listen": None}}
NOBODY = f"redis://:secret@{LOOPBACK}"


def test_a_broker_that_is_away_is_named_without_its_password(begin: BeginGate) -> None:
    gate = begin(**CLOSED, workers={"broker": f"{NOBODY}:{free_port()}/0"})

    status = as_json(look(gate.parts.settings, gate.parts.engine, gate.now))

    told = json.dumps(status)
    assert (status["healthy"], status["degraded"]) == (True, ["broker"])
    assert "refused" in told
    assert "secret" not in told


def test_a_spamd_that_answers_with_nonsense_is_named(begin: BeginGate) -> None:
    with listening(hang_up_at_once) as address:
        host, _, port = address.rpartition(":")
        gate = begin(**CLOSED, spam={"spamd": HostPort(host, int(port))})

        [attention] = look(gate.parts.settings, gate.parts.engine, gate.now).attention

    assert attention.code == "spamd"


def test_a_bucket_that_is_away_is_named(begin: BeginGate) -> None:
    gate = begin(**CLOSED, s3={"bucket": "mails", "endpoint": f"http://{LOOPBACK}:{free_port()}"})

    status = look(gate.parts.settings, gate.parts.engine, gate.now)

    assert [(one.code, one.fault) for one in status.attention] == [("archive", True)]
    assert (status.is_healthy, status.degraded) == (True, ("archive",))


def test_a_bucket_that_answers_needs_nobody(begin: BeginGate, object_store: ObjectStore, tmp_path: Path) -> None:
    gate = begin(**CLOSED, s3=asdict(object_store.new_bucket(tmp_path)))

    [server] = look(gate.parts.settings, gate.parts.engine, gate.now).servers

    assert (server.name, server.answers) == ("archive", True)


def test_a_probe_finds_a_gate_healthy_that_lacks_what_others_must_mend(begin: BeginGate, anne: Person) -> None:
    gate = begin(
        **CLOSED, workers={"broker": f"{NOBODY}:{free_port()}/0"}, spam={"spamd": HostPort(LOOPBACK, free_port())}
    )
    monitor = Monitor(gate.parts.settings, gate.parts.engine, HostPort(LOOPBACK, 0), clock=lambda: gate.now)
    port = monitor.start()
    try:
        health, metrics = get(port, "/healthz"), get(port, "/metrics")
        gate.accept(anne.writes("Since Monday every mail comes back."))
        gate.now += 2 * LATE
        late = get(port, "/healthz")
    finally:
        monitor.stop()

    assert (health.status, health.json["degraded"]) == (200, ["broker", "spamd"])
    assert [metrics.value("mailgate_degraded", part=part) for part in ("broker", "spamd")] == [1, 1]
    assert late.status == 200  # workers cannot hear of it
    assert [one["code"] for one in late.json["attention"]] == ["late_in", "broker", "spamd"]


@pytest.mark.server
def test_a_broker_that_answers_needs_nobody(begin: BeginGate, redis_server: Redis) -> None:
    gate = begin(**CLOSED, workers={"broker": redis_server.url})

    status = look(gate.parts.settings, gate.parts.engine, gate.now)

    assert status.servers == (ServerState("broker", redis_server.url, True, ""),)
    assert status.attention == ()


def test_nobody_is_asked_where_nobody_is_named() -> None:
    assert list(ask_servers(Settings())) == []


def test_programs_that_work_together_are_listed(gate: Gate) -> None:
    with transaction(gate.parts.engine) as conn:
        processes.renew(conn, does="worker", sweeps=True, now=processes.time_of(conn))

    status = look(gate.parts.settings, gate.parts.engine, gate.now, listeners=False)

    assert [(one.does, one.sweeps) for one in status.processes] == [("worker", True)]
    assert status.serve


def test_a_store_that_is_away_is_named(gate: Gate) -> None:
    away = create_engine(f"postgresql+psycopg://mailgate@{LOOPBACK}:{free_port()}/gate")
    monitor = Monitor(gate.parts.settings, away, HostPort(LOOPBACK, 0), clock=lambda: gate.now)
    port = monitor.start()
    try:
        page = get(port, "/healthz")
    finally:
        monitor.stop()
        away.dispose()

    assert page.status == 503
    assert [one["code"] for one in page.json["attention"]] == ["store"]


@pytest.mark.server
def test_the_doctor_asks_the_broker_for_a_round_trip(tmp_path: Path, redis_server: Redis) -> None:
    there = site_in(tmp_path, workers={"broker": redis_server.url})
    away = site_in(tmp_path, workers={"broker": f"{NOBODY}:{free_port()}/0"})

    assert broker(there).status is Status.OK
    assert broker(away).status is Status.FAIL
    assert "secret" not in broker(away).detail
    assert broker(site_in(tmp_path)).status is Status.SKIPPED


def test_the_password_file_of_a_broker_is_one_of_the_secrets(tmp_path: Path) -> None:
    program = configured(tmp_path / "gate", {"workers": {"broker": "redis://127.0.0.1/0", "password_file": "missing"}})

    found = {row["check"]: row["detail"] for row in json.loads(program.run("doctor", "--json").stdout)}

    assert "missing" in found["secrets"]
    assert found["broker"].startswith("because of")
