"""The check of hooks: a program that is not there, or may not be run, and calls that fail."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from mailgate.config import Hook
from mailgate.flows.hook import HookCaller
from mailgate.flows.story.call_hooks import Happened, call_hooks
from mailgate.hooks import HookEvent
from mailgate.setup.finding import Status
from mailgate.setup.hooks import hooks
from mailgate.setup.site import Site
from store.engine import connect, transaction
from tests.gate import BEGIN
from tests.setup.sites import site_in


def site(directory: Path, *entries: Hook) -> Site:
    named: Mapping[str, object] = {str(number): entry for number, entry in enumerate(entries)}
    return site_in(directory, hook=named)


def test_without_hooks_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    assert hooks(site(tmp_path)).status is Status.SKIPPED


def test_programs_that_can_be_run_are_well(tmp_path: Path) -> None:
    found = hooks(site(tmp_path, Hook("ticket.*", command="/bin/true x"), Hook("ticket.*", url="https://a.example")))

    assert (found.status, found.detail) == (Status.OK, "/bin/true can be run; 2 of them, 0 calls taken")


@pytest.mark.parametrize(("mode", "said"), [(None, "is not there"), (0o644, "may not be run")])
def test_a_program_that_cannot_be_run_is_named(tmp_path: Path, mode: int | None, said: str) -> None:
    program = tmp_path / "told"
    if mode is not None:
        program.write_text("#!/bin/sh")
        program.chmod(mode)

    found = hooks(site(tmp_path, Hook("ticket.*", command=str(program))))

    assert (found.status, f"{program} {said}" in found.detail) == (Status.FAIL, True)


def test_calls_that_fail_are_warned_of(tmp_path: Path) -> None:
    gate = site(tmp_path, Hook("ticket.*", command="/bin/false"))
    engine = connect(gate.settings.store.url)
    with transaction(engine) as conn:
        (number,) = call_hooks(conn, gate.settings, HookEvent.PING, [Happened("ping", None, {})], now=BEGIN)
    HookCaller(engine, gate.settings, lambda *_: None)(number, BEGIN)
    engine.dispose()

    found = hooks(gate)

    assert (found.status, "1 of their calls failed so far" in found.detail) == (Status.WARN, True)
