"""It runs by itself, keeps what it knows in a file, and forgets everything when it is told to."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.servers.process import free_port, port_answers, process_group, wait_until_ready
from tests.servers.provider import ProviderDouble, running_provider


def test_program_of_its_own_survives_a_restart(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "mailgate.demo.provider", "--port", str(port), "--state", str(tmp_path / "state")]
    double = ProviderDouble(f"http://127.0.0.1:{port}")

    def is_ready() -> bool:
        return port_answers(port, begins=b"HTTP/1.1 200", request=b"GET /play/clock HTTP/1.0\r\n\r\n")

    with process_group(command, log=log, directory=Path.cwd()) as process:
        wait_until_ready(process, is_ready, log=log)
        calls: Any = double.client.v1
        anne = double.customer()
        card = double.card(anne)
        calls.customers.update(anne, {"name": "Anne"}, {"idempotency_key": "k1"})
        double.card_does(card, "insufficient_funds")
        double.advance(hours=3)
        books = double.books()
        before = double.play("clock")["now"]
    with process_group(command, log=log, directory=Path.cwd()) as process:
        wait_until_ready(process, is_ready, log=log)
        assert calls.customers.retrieve(anne).name == "Anne"
        again = calls.customers.update(anne, {"name": "Anne"}, {"idempotency_key": "k1"})
        assert again.last_response.headers["Idempotent-Replayed"] == "true"
        assert double.play(f"cards/{card}")["customer"] == anne
        assert double.books() == books
        assert 0 <= double.play("clock")["now"] - before < 86_400
    assert "sk_test_" in log.read_text()


def test_its_clock_stands_where_it_is_put(provider: ProviderDouble) -> None:
    provider.set_clock(datetime(2027, 3, 1, 8, tzinfo=UTC))

    created = provider.client.v1.customers.retrieve(provider.customer()).created

    assert datetime.fromtimestamp(created, UTC).date().isoformat() == "2027-03-01"


def test_its_time_may_be_that_of_others() -> None:
    at = datetime(2027, 3, 1, 8, tzinfo=UTC)

    def clock() -> float:
        return at.timestamp()

    with running_provider(clock=clock) as double:
        first = double.client.v1.customers.retrieve(double.customer()).created
        at += timedelta(days=1)
        double.advance(hours=1)
        second = double.client.v1.customers.retrieve(double.customer()).created

    assert second - first == 25 * 3600


def test_reset_forgets_everything(provider: ProviderDouble) -> None:
    provider.customer()
    provider.fault("", "500", times=9)
    provider.pace(latency_ms=5000)
    provider.advance(days=400)

    provider.play("reset")

    assert provider.client.v1.customers.list().data == []
    assert provider.client.v1.events.list().data == []
    assert abs(provider.play("clock")["now"] - datetime.now(UTC).timestamp()) < 86_400


def test_two_of_them_know_nothing_of_each_other(provider: ProviderDouble) -> None:
    with running_provider() as other:
        provider.customer()

        assert other.client.v1.customers.list().data == []
