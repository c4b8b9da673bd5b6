"""`mailgate worker`, `web` and `schedule`: each does its part, or is refused with a way out."""

from pathlib import Path

import pytest

from tests.inbound.door import Address
from tests.program import MAILGATE, Program, configured
from tests.servers.process import LOOPBACK, free_port, port_answers, wait_until

MAIL = b"From: Cris <cris@stranger.example>\r\nSubject: Quota\r\n\r\nIt is full.\r\n"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with a store of its own and no broker."""
    return configured(tmp_path / "gate")


def test_workers_without_a_broker_find_what_the_doors_took_in(program: Program) -> None:
    with (
        program.serve("--no-workers") as doors,
        program.start(MAILGATE, "--config", str(program.config), "worker", "--threads", "2") as worker,
    ):
        with Address(program.lmtp_port).client("LHLO") as client:
            assert client.deliver(MAIL).startswith("250 ")
        wait_until(lambda: program.rows("inbox", "list")[0]["disposition"] == "held", what="the mail settled")
        for one in (doors, worker):
            one.terminate()
            assert one.exit_code() == 0


def test_an_sqlite_store_has_the_workers_of_one_process(program: Program) -> None:
    with program.serve():
        second = program.execute("worker")

    assert second.returncode == 75
    assert b"one process alone has the workers of an SQLite store" in second.stderr


def test_a_schedule_without_a_broker_is_refused(program: Program) -> None:
    done = program.execute("schedule")

    assert done.returncode == 78
    assert b"each process with workers sweeps for itself" in done.stderr


def test_some_queues_without_a_broker_are_refused(program: Program) -> None:
    done = program.execute("worker", "--queues", "receive")

    assert done.returncode == 78
    assert b"leave --queues out" in done.stderr


@pytest.mark.parametrize("queues", ["recieve", ",", "receive,post"])
def test_queues_that_are_none_are_refused(program: Program, queues: str) -> None:
    done = program.execute("worker", "--queues", queues)

    assert done.returncode == 64


def test_pages_by_themselves_open_no_other_door(program: Program) -> None:
    port = free_port()
    program.set("web", listen=f"{LOOPBACK}:{port}", public_url=f"http://{LOOPBACK}:{port}")
    request = f"HEAD / HTTP/1.0\r\nHost: {LOOPBACK}:{port}\r\n\r\n".encode()

    with program.start(MAILGATE, "--config", str(program.config), "web") as web:
        assert port_answers(port, begins=b"HTTP/", request=request)
        assert not port_answers(program.smtp_port, begins=b"220")
        web.terminate()
        assert web.exit_code() == 0


def test_pages_without_an_address_are_refused(program: Program) -> None:
    done = program.execute("web")

    assert done.returncode == 78
    assert b"web.listen is empty" in done.stderr
