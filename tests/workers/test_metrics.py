"""The listener for monitoring: numbers that hold over restarts, events of the log, and a page for probes."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mailgate.config import HostPort
from store.engine import transaction
from store.schema import spool
from tests.gate import BeginGate, Gate, Person
from tests.program import configured
from tests.servers.process import LOOPBACK, free_port
from workers.metrics import Monitor

WORDS = "Since Monday every mail comes back."


@dataclass(frozen=True)
class Page:
    """What the listener answered."""

    status: int
    content_type: str
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    def value(self, name: str, **labels: str) -> float | None:
        """One sample; None when it is not there."""
        for family in text_string_to_metric_families(self.text):
            for sample in family.samples:
                if sample.name == name and sample.labels == labels:
                    return float(sample.value)
        return None


def get(port: int, path: str, method: str = "GET") -> Page:
    """Ask for one page."""
    connection = HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return Page(response.status, response.getheader("Content-Type", ""), response.read().decode())
    finally:
        connection.close()


@dataclass
class Watched:
    """A gate with a listener, which can be started anew."""

    gate: Gate
    monitor: Monitor
    port: int

    def metrics(self) -> Page:
        """What Prometheus reads."""
        return get(self.port, "/metrics")

    def health(self) -> Page:
        """What a probe reads."""
        return get(self.port, "/healthz")

    def restart(self) -> None:
        """End the listener; another takes over."""
        self.monitor.stop()
        self.monitor, self.port = listening(self.gate)


def listening(gate: Gate) -> tuple[Monitor, int]:
    """A listener on a free port."""
    monitor = Monitor(gate.parts.settings, gate.parts.engine, HostPort(LOOPBACK, 0), clock=lambda: gate.now)
    return monitor, monitor.start()


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate whose own doors are off: none of them is expected to answer."""
    return begin(smtp={"listen": None}, lmtp={"listen": None}, web={"listen": None})


@pytest.fixture
def watched(gate: Gate, caplog: pytest.LogCaptureFixture) -> Iterator[Watched]:
    """The gate with its listener, logging what `serve` would."""
    caplog.set_level(logging.INFO)
    watched = Watched(gate, *listening(gate))
    yield watched
    watched.monitor.stop()


def test_mail_is_counted_by_its_way_through_the_gate(watched: Watched, anne: Person, cris: Person) -> None:
    before = watched.metrics()
    watched.gate.deliver(anne.writes(WORDS))
    watched.gate.deliver(cris.writes("Who reads this?"))
    watched.gate.accept(anne.writes("And on Sunday too.", subject="Sunday"))

    page = watched.metrics()

    assert before.value("mailgate_accepted_total", door="smtp") == 0
    assert page.value("mailgate_accepted_total", door="smtp") == 3
    assert page.value("mailgate_settled_total", disposition="opened") == 1
    assert page.value("mailgate_review", disposition="held") == 1
    assert page.value("mailgate_waiting") == 1
    assert page.value("mailgate_sent_total") == page.value("mailgate_outbox", state="sent") == 2
    assert page.value("mailgate_settle_seconds_count") == 2


def test_what_rows_tell_holds_over_a_restart(watched: Watched, anne: Person) -> None:
    watched.gate.deliver(anne.writes(WORDS))
    watched.restart()

    page = watched.metrics()

    assert page.value("mailgate_accepted_total", door="smtp") == 1
    assert page.value("mailgate_settled_total", disposition="opened") == 1
    assert page.value("mailgate_sent_total") == 1


def test_the_time_to_a_disposition_is_measured_once_for_each_mail(watched: Watched, anne: Person) -> None:
    watched.gate.accept(anne.writes(WORDS))
    waiting = watched.metrics()
    watched.gate.now = watched.gate.now.replace(minute=2)
    watched.gate.work()

    watched.metrics()
    page = watched.metrics()

    assert waiting.value("mailgate_settle_seconds_count") == 0
    assert page.value("mailgate_settle_seconds_count") == 1
    assert page.value("mailgate_settle_seconds_sum") == 120


def test_no_counter_falls_when_held_mail_is_released(watched: Watched, cris: Person) -> None:
    held = watched.gate.deliver(cris.writes("Who reads this?"))
    before = watched.metrics()

    watched.gate.release(held.id)

    page = watched.metrics()
    for family in text_string_to_metric_families(before.text):
        for sample in family.samples:
            if family.type == "counter" and sample.name.startswith("mailgate_") and "created" not in sample.name:
                assert (page.value(sample.name, **sample.labels) or 0) >= sample.value, sample
    assert page.value("mailgate_review", disposition="held") == 0


def test_events_that_leave_no_row_are_counted_from_the_log(watched: Watched, anne: Person) -> None:
    watched.gate.sink.replies["MAIL"] = ["451 4.7.1 try again later"]

    watched.gate.deliver(anne.writes(WORDS))

    page = watched.metrics()
    assert page.value("mailgate_events_total", event="deferred", about="outbox", level="warning") == 1
    assert page.value("mailgate_events_total", event="settled", about="spool", level="info") == 1


def test_an_address_never_becomes_a_label(watched: Watched, anne: Person) -> None:
    watched.gate.sink.replies["RCPT"] = ["550 5.1.1 no such mailbox"]

    watched.gate.deliver(anne.writes(WORDS))

    page = watched.metrics()
    assert page.value("mailgate_events_total", event="undelivered", about="outbox", level="error") == 1
    assert "anne" not in page.text
    assert "550" not in "".join(re.findall(r"{.*}", page.text))  # a count of bytes may well have these digits


def test_a_healthy_gate_says_so_to_a_probe(watched: Watched) -> None:
    page = watched.health()

    assert (page.status, page.content_type, page.json["healthy"]) == (200, "application/json", True)


def test_a_gate_that_does_not_work_answers_503_and_why(watched: Watched, anne: Person) -> None:
    watched.gate.accept(anne.writes(WORDS))
    watched.gate.now = watched.gate.now.replace(hour=23)

    page = watched.health()

    assert (page.status, page.json["healthy"]) == (503, False)
    assert [one["code"] for one in page.json["attention"]] == ["late_in"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/metrics/"), ("GET", "/../config.toml"), ("POST", "/metrics"), ("DELETE", "/healthz")],
)
def test_there_is_nothing_else(watched: Watched, method: str, path: str) -> None:
    assert get(watched.port, path, method).status == 404


def test_a_probe_that_wants_no_body_gets_none(watched: Watched) -> None:
    page = get(watched.port, "/healthz", "HEAD")

    assert (page.status, page.text) == (200, "")


def test_a_store_that_cannot_be_read_is_503_and_told_in_the_log(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction(watched.gate.parts.engine) as conn:
        conn.exec_driver_sql("ALTER TABLE spool RENAME TO elsewhere")

    pages = [get(watched.port, path) for path in ("/metrics", "/healthz")]

    assert [page.status for page in pages] == [503, 503]
    assert spool.name not in pages[0].text
    assert "not answered path=/metrics" in caplog.messages


def test_two_listeners_on_one_port_are_a_mistake_that_names_the_setting(watched: Watched) -> None:
    parts = watched.gate.parts
    other = Monitor(parts.settings, parts.engine, HostPort(LOOPBACK, watched.port), clock=lambda: watched.gate.now)

    with pytest.raises(OSError, match=rf"metrics\.listen: {LOOPBACK}:{watched.port}"):
        other.start()


def test_a_running_gate_has_a_listener_where_the_settings_say(tmp_path: Path) -> None:
    port = free_port()
    program = configured(tmp_path / "gate", {"metrics": {"listen": f"{LOOPBACK}:{port}"}, "log": {"level": "error"}})

    with program.serve():
        health, metrics = get(port, "/healthz"), get(port, "/metrics")

    assert (health.status, health.json["serve"]) == (200, True)
    assert [one["answers"] for one in health.json["listeners"]] == [True, True]
    assert metrics.value("mailgate_events_total", event="listening", about="host", level="info") == 1


def test_there_is_no_listener_by_default(tmp_path: Path) -> None:
    program = configured(tmp_path / "gate")

    with program.serve() as serving:
        assert "door=metrics" not in serving.log.read_text()
