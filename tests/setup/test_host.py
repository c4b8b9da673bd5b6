"""Checks of the machine: directories and their modes, secrets, disk, file system, time zone."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.config import Verify
from mailgate.setup import host
from mailgate.setup.finding import Status
from tests.setup.sites import site_in, smarthost_at


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_store_is_closed_to_others(tmp_path: Path) -> None:
    assert host.directories(site_in(tmp_path)).status is Status.OK


def test_an_open_directory_and_an_open_database_are_named_and_closed(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    archive, database = tmp_path / "archive", tmp_path / "mailgate.db"
    archive.chmod(0o755)
    database.chmod(0o644)

    found = host.directories(site)
    host.close_directories(site)

    assert found.status is Status.FAIL
    assert found.fix == f"chmod go= {archive}; chmod go= {database}"
    assert (mode(archive), mode(database)) == (0o700, 0o600)
    assert host.directories(site).status is Status.OK


def test_a_missing_directory_is_named_and_made(tmp_path: Path) -> None:
    site = site_in(tmp_path, store=False)

    found = host.directories(site)
    host.close_directories(site)

    assert (found.status, found.fix) == (Status.FAIL, f"mkdir -p -m 700 {tmp_path / 'archive'}")
    assert mode(tmp_path / "archive") == 0o700


def test_a_password_that_others_can_read_is_named_and_closed(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("secret\n")
    secret.chmod(0o644)
    site = site_in(tmp_path, smarthost=smarthost_at(1, user="jane", password_file=secret))

    found = host.secrets(site)
    host.close_secrets(site)

    assert (found.status, found.fix) == (Status.FAIL, f"chmod go= {secret}")
    assert host.secrets(site).status is Status.OK


def test_a_password_that_is_not_there_fails(tmp_path: Path) -> None:
    password = tmp_path / "none"
    site = site_in(tmp_path, store=False, smarthost=smarthost_at(1, user="jane", password_file=password))

    assert host.secrets(site).status is Status.FAIL
    assert host.secrets(site).fix == f"put the password alone into {password}, mode 600"


def test_a_disk_with_less_than_the_limit_fails(tmp_path: Path) -> None:
    roomy, full = site_in(tmp_path), site_in(tmp_path, limits={"min_free_bytes": 1 << 60})

    assert host.disk(roomy).status is not Status.SKIPPED
    assert host.disk(full).status is Status.FAIL
    assert "452" in host.disk(full).detail


@pytest.mark.parametrize(
    ("mounts", "status"),
    [
        ("/dev/sda1 / ext4 rw 0 0\n", Status.OK),
        ("/dev/sda1 / ext4 rw 0 0\nfiler:/mail {here} nfs4 rw 0 0\n", Status.FAIL),
        ("filer:/ / nfs rw 0 0\n/dev/sdb1 {here} xfs rw 0 0\n", Status.OK),
        ("/dev/sdb1 {here} xfs rw 0 0\nhost:/data {here} fuse.sshfs rw 0 0\n", Status.FAIL),
        ("filer:/mail {here}-other nfs4 rw 0 0\n", Status.OK),
    ],
)
def test_a_store_on_a_network_file_system_fails(tmp_path: Path, mounts: str, status: Status) -> None:
    table = tmp_path / "mounts"
    table.write_text(mounts.format(here=tmp_path))

    assert host.file_system(replace(site_in(tmp_path), mounts=table)).status is status


def test_this_machine_has_a_file_system(tmp_path: Path) -> None:
    assert host.file_system(site_in(tmp_path)).detail != "unknown, no such mount"


def test_a_zone_that_the_machine_does_not_know_fails(tmp_path: Path) -> None:
    known, unknown = site_in(tmp_path), site_in(tmp_path, gate={"timezone": "Mars/Olympus"})

    assert host.time_zone(known).status is Status.OK
    assert host.time_zone(unknown).fix == "apt-get install tzdata"


def test_the_shipped_templates_have_no_mistake(tmp_path: Path) -> None:
    assert host.templates(site_in(tmp_path)).status is Status.OK


def test_a_gate_that_believes_every_sender_is_warned_of(tmp_path: Path) -> None:
    believing, own = site_in(tmp_path), site_in(tmp_path, authentication={"verify": Verify.OWN})

    assert host.config(believing).status is Status.WARN
    assert host.config(own).status is Status.OK
