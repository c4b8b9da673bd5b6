"""`mailgate serve`: one at a time on a store, and an end in which nothing is lost (F16)."""

import socket
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine

from store.archive import Archive, Directory
from store.engine import connect, reading
from store.post import spool
from tests.inbound.door import Address
from tests.program import Program, configured
from tests.servers.process import LOOPBACK, wait_until

MAIL = b"From: Anne <anne@customer.example>\r\nSubject: Quota\r\n\r\n"
CLOSING = "421 4.3.2 Shutting down, please try again later"
CONNECTIONS = 5


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with a store of its own."""
    return configured(tmp_path / "gate", has_store=False)


def stored(program: Program) -> dict[int, bytes]:
    """The bytes of all accepted mails by their ids."""
    engine: Engine = connect(f"sqlite:///{program.database}", read_only=True)
    archive = Archive(Directory(program.directory / "var" / "archive"))
    with reading(engine) as conn:
        found = {row.id: archive.load(conn, row.sha256) for row in spool.listing(conn)}
    engine.dispose()
    return found


def pour(port: int, name: int, promised: dict[int, bytes]) -> None:
    """Send one mail after the other over one connection until the gate ends it; notes what got a 250."""
    number = 0
    try:
        with Address(port).client() as client:
            while True:
                number += 1
                raw = MAIL + b"mail %d of %d\r\n" % (number, name)
                reply = client.deliver(raw)
                if not reply.startswith("250 "):
                    return
                promised[int(reply.rpartition(" ")[2])] = raw
    except ConnectionError:
        return


def test_sigterm_under_load_loses_nothing_that_was_promised(program: Program) -> None:
    promised: dict[int, bytes] = {}
    with program.serve() as serving:
        clients = [Thread(target=pour, args=(program.smtp_port, name, promised)) for name in range(CONNECTIONS)]
        for client in clients:
            client.start()
        wait_until(lambda: len(promised) > 50, what="load")

        serving.terminate()

        assert serving.exit_code(within_seconds=30) == 0
        for client in clients:
            client.join()
        log = serving.log.read_text()

    kept = stored(program)
    assert {spool_id: kept[spool_id] for spool_id in promised} == promised
    assert "Traceback" not in log
    with pytest.raises(ConnectionRefusedError):
        Address(program.smtp_port).connect()


def test_sigterm_waits_for_who_is_sending_and_sends_the_others_away(program: Program) -> None:
    with (
        program.serve() as serving,
        Address(program.smtp_port).client() as sending,
        Address(program.smtp_port).client() as idle,
        Address(program.lmtp_port).client("LHLO") as idle_too,
    ):
        sending.address()
        sending.say("DATA")
        sending.send(MAIL)

        serving.terminate()

        assert idle.reply() == idle_too.reply() == CLOSING
        assert idle.ended()
        assert refuses(program.smtp_port)
        assert refuses(program.lmtp_port)
        sending.send(b"It is full.\r\n.\r\n")
        assert sending.reply().startswith("250 ")
        assert sending.reply() == CLOSING
        assert serving.exit_code() == 0
    assert list(stored(program).values()) == [MAIL + b"It is full.\r\n"]


def test_a_second_serve_on_the_same_store_is_refused(program: Program) -> None:
    with program.serve():
        second = program.execute("serve")

    last = second.stderr.decode().splitlines()[-1]
    assert second.returncode == 75
    assert last.startswith("mailgate: another `mailgate serve` works on the store of ")


def test_the_next_serve_begins_where_a_killed_one_stopped(program: Program) -> None:
    with program.serve() as serving:
        serving.kill()
        assert serving.exit_code() == -9

    with program.serve() as serving:
        serving.terminate()
        assert serving.exit_code() == 0


def test_an_address_that_is_taken_is_named(program: Program) -> None:
    with socket.create_server((LOOPBACK, program.smtp_port)):
        done = program.execute("serve")

    assert done.returncode == 69
    assert "smtp.listen" in done.stderr.decode().splitlines()[-1]


def test_a_broker_that_cannot_be_asked_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    done = configured(tmp_path / "gate", {"workers": {"broker": "redis://:secret@host:port/0"}}).execute("serve")

    assert done.returncode == 78
    assert done.stderr.decode().splitlines()[-1].startswith("mailgate: workers.broker cannot be read")
    assert b"secret" not in done.stderr


def test_without_workers_mail_waits_until_due_run_settles_it(program: Program) -> None:
    with program.serve("--no-workers"):
        with Address(program.lmtp_port).client("LHLO") as client:
            assert client.deliver(MAIL + b"It is full.\r\n").startswith("250 ")
        waiting = [row["disposition"] for row in program.ask("inbox", "list")]

        done = program.ask("due", "run")

        settled = [row["disposition"] for row in program.ask("inbox", "list")]
    assert (waiting, settled) == (["waiting"], ["held"])
    assert done["receive"] == 1


def refuses(port: int) -> bool:
    """Nobody listens here any more; waits for it, since the signal takes its time."""

    def refused() -> bool:
        try:
            socket.create_connection((LOOPBACK, port)).close()
        except ConnectionRefusedError:
            return True
        return False

    wait_until(refused, what="a refused connection")
    return True
