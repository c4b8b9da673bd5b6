"""The check of IMAP folders, against a real Dovecot."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.config import ImapFolder, ImapTls
from mailgate.setup import doors
from mailgate.setup.finding import Finding, Status
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.process import LOOPBACK, free_port
from tests.setup.sites import site_in


def look(directory: Path, port: int, *, password: str = PASSWORD, folder: str = "INBOX") -> Finding:
    """What the check finds of a folder at this port."""
    secret = directory / "password"
    secret.write_text(password)
    place = ImapFolder(
        LOOPBACK, "doctor", secret, "support", folder=folder, tls=ImapTls.NONE, port=port, timeout_seconds=3.0
    )
    site = site_in(directory)
    return doors.imap(replace(site, settings=replace(site.settings, imap=(place,))))


@pytest.mark.server
def test_a_folder_that_opens_is_well_and_one_that_does_not_fails(tmp_path: Path, dovecot: Dovecot) -> None:
    opens = look(tmp_path, dovecot.port)
    missing = look(tmp_path, dovecot.port, folder="Nowhere")

    assert (opens.status, missing.status) == (Status.OK, Status.FAIL)
    assert "Nowhere" in missing.detail


@pytest.mark.server
def test_a_login_that_is_refused_fails(tmp_path: Path, dovecot: Dovecot) -> None:
    assert look(tmp_path, dovecot.port, password="guess").status is Status.FAIL


def test_a_server_that_is_not_there_fails(tmp_path: Path) -> None:
    port = free_port()

    assert f"{LOOPBACK}:{port}" in look(tmp_path, port).fix


def test_a_gate_without_folders_is_no_mistake(tmp_path: Path) -> None:
    assert doors.imap(site_in(tmp_path)).status is Status.SKIPPED
