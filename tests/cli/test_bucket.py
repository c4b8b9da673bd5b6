"""A gate whose large mails are in a bucket: backup, restore, erasure, and a store that is away for a while."""

import json
import shutil
from pathlib import Path

import pytest

from mailgate.config import S3
from store.archive.bucket import Bucket
from tests.cli.copies import LARGE, contents, mail, receive
from tests.inbound.door import Address
from tests.program import Program, configured
from tests.servers.moto import ObjectStore
from tests.servers.process import LOOPBACK, free_port, wait_until

LARGE_OF_ANNE = mail("Log", "0123456789\r\n" * 100_000)


@pytest.fixture
def s3(object_store: ObjectStore, tmp_path: Path) -> S3:
    """An empty bucket."""
    return object_store.new_bucket(tmp_path)


@pytest.fixture
def program(s3: S3, tmp_path: Path) -> Program:
    """A gate with that bucket, and Anne."""
    program = configured(tmp_path / "gate", has_store=False)
    program.set("s3", **ObjectStore.section(s3))
    program.prints("db", "upgrade")
    program.ask("customer", "add", "Anne Miller", "anne@customer.example")
    return program


def keys(s3: S3) -> list[str]:
    return [one.sha256 for one in Bucket(s3).listing()]


def files(program: Program) -> list[Path]:
    return list((program.directory / "var" / "archive").glob("??/*"))


def test_a_backup_has_the_objects_and_a_restore_puts_them_back(
    program: Program, s3: S3, object_store: ObjectStore, tmp_path: Path
) -> None:
    receive(program, LARGE)
    receive(program, LARGE_OF_ANNE)
    before = keys(s3)
    program.ask("backup", str(tmp_path / "backup"))
    for sha256 in before:
        Bucket(s3).remove(sha256)
    elsewhere = configured(tmp_path / "elsewhere", has_store=False)
    elsewhere.set("s3", **ObjectStore.section(object_store.new_bucket(tmp_path)))

    here = program.run("restore", str(tmp_path / "backup"), "--replace")
    there = elsewhere.run("restore", str(tmp_path / "backup"))

    assert (here.exit_code, there.exit_code) == (0, 0), (here.stderr, there.stderr)
    assert contents(tmp_path / "backup")["files"] == len(before) == 2
    assert keys(s3) == before
    for one in (program, elsewhere):
        assert (one.ask("verify")["large"], files(one)) == (2, [])


def test_a_backup_from_a_bucket_can_be_restored_into_a_directory(program: Program, tmp_path: Path) -> None:
    receive(program, LARGE)
    program.ask("backup", str(tmp_path / "backup"))
    elsewhere = configured(tmp_path / "elsewhere", has_store=False)

    done = elsewhere.run("restore", str(tmp_path / "backup"))

    assert done.exit_code == 0, done.stderr
    assert elsewhere.ask("verify")["large"] == len(files(elsewhere)) == 1


def test_an_object_that_is_lost_is_named_by_a_backup_of_all_others(program: Program, s3: S3, tmp_path: Path) -> None:
    receive(program, LARGE)
    [lost] = keys(s3)
    receive(program, LARGE_OF_ANNE)
    Bucket(s3).remove(lost)

    done = program.run("backup", str(tmp_path / "backup"), "--json")

    assert done.exit_code == 65
    assert (contents(tmp_path / "backup")["missing"], contents(tmp_path / "backup")["files"]) == ([lost], 1)


def test_no_backup_is_made_while_the_store_is_away(program: Program, s3: S3, tmp_path: Path) -> None:
    receive(program, LARGE)
    away = {**ObjectStore.section(s3), "endpoint": f"http://{LOOPBACK}:{free_port()}"}
    other = configured(tmp_path / "gate-of-a-bad-day", has_store=False)
    other.set("s3", **away)
    shutil.copytree(program.directory / "var", other.directory / "var")

    done = other.run("backup", str(tmp_path / "backup"), "--json")

    assert done.exit_code == 75
    assert json.loads(done.stdout)["error"]["code"] == "ArchiveUnavailable"
    assert not (tmp_path / "backup").exists()


def test_a_forgotten_customers_large_mails_leave_the_bucket(program: Program, s3: S3) -> None:
    receive(program, LARGE)
    others = keys(s3)
    receive(program, LARGE_OF_ANNE)
    program.ask("due", "run")
    assert len(keys(s3)) > len(others)

    program.ask("customer", "forget", "1", "--yes")

    assert keys(s3) == others
    assert program.ask("verify")["missing"] == []


def test_a_store_that_is_away_costs_nobody_a_mail(program: Program, object_store: ObjectStore, s3: S3) -> None:
    small = mail("Small")
    client = object_store.client()
    client.delete_bucket(Bucket=s3.bucket)
    with program.serve(), Address(program.smtp_port).client() as client_of_anne:
        refused = client_of_anne.deliver(LARGE_OF_ANNE)
        taken = client_of_anne.deliver(small)
        client.create_bucket(Bucket=s3.bucket)
        again = client_of_anne.deliver(LARGE_OF_ANNE)
        wait_until(lambda: len(program.ask("ticket", "list")) == 2, what="two tickets")

    assert refused.startswith("451 ")
    assert (taken[:4], again[:4]) == ("250 ", "250 ")
    assert program.ask("verify")["missing"] == []


def test_a_mail_that_cannot_be_read_just_now_waits_and_is_worked_off_later(
    program: Program, object_store: ObjectStore, s3: S3
) -> None:
    receive(program, LARGE_OF_ANNE)
    [sha256] = keys(s3)
    raw = Bucket(s3).get(sha256)
    Bucket(s3).remove(sha256)
    object_store.client().delete_bucket(Bucket=s3.bucket)

    program.ask("due", "run")
    waiting = program.ask("inbox", "list")
    object_store.client().create_bucket(Bucket=s3.bucket)
    Bucket(s3).put(sha256, raw)
    program.ask("due", "run", "--at", "2030-01-01")

    assert [row["disposition"] for row in waiting] == ["waiting"]
    assert [row["disposition"] for row in program.ask("inbox", "list")] == ["opened"]
