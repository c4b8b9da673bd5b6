"""Checks of spamd: a real one, and a port where nobody is."""

from pathlib import Path

import pytest

from mailgate.config import HostPort
from mailgate.setup import spam
from mailgate.setup.finding import Status
from tests.servers.process import LOOPBACK, free_port
from tests.servers.spamd import SpamdServer
from tests.setup.sites import site_in


@pytest.mark.server
def test_a_real_spamd_answers_and_knows_its_own_test_string(tmp_path: Path, spamd: SpamdServer) -> None:
    place = {"spamd": HostPort(spamd.host, spamd.port)}
    site, tolerant = site_in(tmp_path, spam=place), site_in(tmp_path, spam={**place, "hold_score": 5000.0})

    assert spam.spamd(site).status is Status.OK
    assert spam.gtube(site).status is Status.OK
    assert spam.gtube(tolerant).status is Status.WARN


def test_a_spamd_that_is_not_there_fails(tmp_path: Path) -> None:
    site = site_in(tmp_path, spam={"spamd": HostPort(LOOPBACK, free_port())})

    assert spam.spamd(site).status is Status.FAIL
    assert "unreachable" in spam.spamd(site).detail


def test_no_spamd_is_no_mistake(tmp_path: Path) -> None:
    assert spam.spamd(site_in(tmp_path)).status is Status.SKIPPED
