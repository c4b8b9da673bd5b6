"""`mailgate backup`: a copy made under load is whole, private and complete, and a gate goes on from it."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.cli.copies import LARGE, beside, contents, mail, receive, settled, stored
from tests.inbound.door import Address
from tests.outbound.sink import Sink, running
from tests.program import Program
from tests.servers.process import wait_until


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smarthost: it takes everything."""
    with running(Sink()) as sink:
        yield sink


@pytest.fixture
def program(tmp_path: Path, sink: Sink) -> Program:
    """A gate with Anne as its customer and Bart on its staff."""
    program = beside(tmp_path / "gate", sink)
    program.ask("customer", "add", "Anne Miller", "anne@customer.example")
    program.ask("staff", "add", "Bart Jones", "bart@hosting.example")
    return program


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "backup"


def write(program: Program, promised: dict[int, bytes], enough: Event) -> None:
    """Send one mail after the other; notes what got a 250, by its id."""
    with Address(program.smtp_port).client() as client:
        number = 0
        while not enough.is_set():
            number += 1
            raw = mail(f"mail {number}") if number % 20 else LARGE + b"%d\r\n" % number
            reply = client.deliver(raw)
            assert reply.startswith("250 ")
            promised[int(reply.rpartition(" ")[2])] = raw


def test_a_backup_made_under_load_restores_and_the_gate_goes_on(program: Program, sink: Sink, tmp_path: Path) -> None:
    promised: dict[int, bytes] = {}
    enough, target = Event(), tmp_path / "backup"
    with program.serve() as serving_here:
        client = Thread(target=write, args=(program, promised, enough))
        client.start()
        wait_until(lambda: len(promised) > 60, what="load")
        before = dict(promised)

        made = program.ask("backup", str(target))

        after = len(promised)
        wait_until(lambda: len(promised) > after + 5, what="more load")
        enough.set()
        client.join()
        serving_here.terminate()
        assert serving_here.exit_code() == 0
    elsewhere = beside(tmp_path / "elsewhere", sink)

    restored = elsewhere.ask("restore", str(target))

    kept = stored(elsewhere)
    assert made["mails_in"] == restored["mails_in"] == len(kept) < len(promised)
    assert made["files"] > 2
    assert {spool_id: kept[spool_id] for spool_id in before} == before
    assert all(promised[spool_id] == raw for spool_id, raw in kept.items())
    sink.messages.clear()
    with elsewhere.serve():
        with Address(elsewhere.lmtp_port).client("LHLO") as client_there:
            assert client_there.deliver(mail("after the restore")).startswith("250 ")
        wait_until(lambda: settled(elsewhere), what="all mail settled", within_seconds=30)
        status = elsewhere.run("status", "--json")
    newest = elsewhere.ask("inbox", "list")[-1]
    assert newest["disposition"] == "opened"
    assert newest["id"] > max(promised)
    assert newest["ticket"] > max(row["ticket"] or 0 for row in program.ask("inbox", "list"))
    assert any(b"after the restore" in raw for raw in sink.messages)
    assert [one["code"] for one in json.loads(status.stdout)["attention"]] in ([], ["on_hold"])


def test_a_backup_is_private_whole_and_says_what_is_in_it(program: Program, target: Path) -> None:
    receive(program, mail("No mail since Monday"))
    receive(program, LARGE)

    made = program.ask("backup", str(target))

    assert made == {"backup": str(target), **contents(target)}
    assert (made["mails_in"], made["customers"], made["files"], made["missing"]) == (2, 1, 1, [])
    assert made["file_bytes"] == len(LARGE)
    assert (target / "config.toml").read_bytes() == program.config.read_bytes()
    paths = [target, *target.rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}
    assert [path.name for path in target.parent.iterdir() if "unfinished" in path.name] == []


def test_a_backup_goes_over_nothing(program: Program, target: Path) -> None:
    target.mkdir()
    (target / "notes").touch()

    done = program.run("backup", str(target))

    assert done.exit_code == 65
    assert "not an empty directory" in done.stderr
    assert [path.name for path in target.iterdir()] == ["notes"]


def test_a_large_mail_that_is_gone_is_named_and_all_else_is_copied(
    program: Program, sink: Sink, tmp_path: Path, target: Path
) -> None:
    receive(program, LARGE)
    receive(program, LARGE + b"one more line\r\n")
    gone, broken = (path for path in (program.directory / "var" / "archive").glob("??/*"))
    gone.unlink()
    broken.write_bytes(b"something else")

    done = program.run("backup", str(target), "--json")

    assert done.exit_code == 65
    assert set(json.loads(done.stdout)["missing"]) == {gone.name, broken.name}
    assert beside(tmp_path / "elsewhere", sink).ask("restore", str(target))["mails_in"] == 2


def test_without_a_store_there_is_nothing_to_copy(tmp_path: Path, sink: Sink, target: Path) -> None:
    done = beside(tmp_path / "gate", sink).run("backup", str(target))

    assert done.exit_code == 65
    assert "there is no store" in done.stderr
    assert not target.exists()
