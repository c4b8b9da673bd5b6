"""Fixtures that all tests share: a whole gate with a clock of its own, and the people who write to it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from mailgate.jobs import FailPoint, no_fail_point
from tests.compiled_once import compile_once
from tests.gate import BeginGate, Gate, Person, begin_gate
from tests.scratch import write_to_memory

write_to_memory()
compile_once()

settings.register_profile("any machine", deadline=None)  # a busy one takes longer, and that is no fault of an example
settings.load_profile("any machine")

pytest.register_assert_rewrite("tests.crash.kills")  # its assertions then show both sides, as those of tests do
pytest_plugins = ["tests.servers.fixtures"]


@pytest.fixture
def store_url() -> str | None:
    """Where the gates of a test have their store; None: in a file of the test's directory."""
    return None


@pytest.fixture
def begin(tmp_path: Path, store_url: str | None) -> Iterator[BeginGate]:
    """A function that begins a gate with settings of the test's own; all of them end with the test."""
    with ExitStack() as running:

        def begin(*, fail_point: FailPoint = no_fail_point, **overrides: Mapping[str, object]) -> Gate:
            if store_url is not None:
                overrides = {**overrides, "store": {"url": store_url, **overrides.get("store", {})}}
            return running.enter_context(begin_gate(tmp_path, fail_point=fail_point, **overrides))

        yield begin


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate with the shipped settings but no undo wait, a smarthost that takes everything, and Bart on its staff."""
    return begin()


@pytest.fixture
def anne(gate: Gate) -> Person:
    """A registered customer."""
    return gate.customer("Anne Miller", "anne@customer.example")


@pytest.fixture
def bart(gate: Gate) -> Person:
    """The one who answers."""
    return gate.staff("Bart Jones", "bart@hosting.example")


@pytest.fixture
def cris() -> Person:
    """Nobody that the gate knows."""
    return Person("Cris", "cris@stranger.example")
