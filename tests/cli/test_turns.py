"""A command that writes much leaves room for the gate that serves the same file, and only then."""

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.cli.turns import TakingTurns, turns_beside
from mailgate.jobs import alone
from store.keeping import serving
from tests.setup.sites import site_in


def test_a_command_by_itself_waits_for_nobody(tmp_path: Path) -> None:
    assert turns_beside(site_in(tmp_path).settings) is alone


def test_beside_a_gate_that_serves_the_same_file_it_takes_turns(tmp_path: Path) -> None:
    settings = site_in(tmp_path).settings

    with closing(serving.take(settings.store.archive) or pytest.fail("taken")):
        found = turns_beside(settings)

    assert isinstance(found, TakingTurns)


def test_on_a_server_writers_queue_by_themselves(tmp_path: Path) -> None:
    settings = site_in(tmp_path).settings
    server = replace(settings, store=replace(settings.store, url="postgresql+psycopg://db/gate"))

    with closing(serving.take(settings.store.archive) or pytest.fail("taken")):
        assert turns_beside(server) is alone


def test_the_lock_is_free_for_as_long_as_it_was_held(monkeypatch: pytest.MonkeyPatch) -> None:
    now, slept = [100.0], list[float]()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", slept.append)

    with TakingTurns():
        now[0] += 0.25

    assert slept == [0.25]
