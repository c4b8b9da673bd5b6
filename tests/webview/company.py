"""A gate with the story in it and its web view, for tests that only look."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailgate.flows.indexing import index_all
from mailgate.jobs import no_fail_point
from tests.gate import Gate, begin_gate
from tests.knowledge.shelf import fill
from tests.webview.story import Story, tell
from tests.webview.web import Web, running_web

ON_BOTH = pytest.mark.parametrize(
    "server", ["sqlite", pytest.param("postgresql", marks=pytest.mark.server)], indirect=True
)
"""For modules in which the database plays a part: what it must refuse, and each question that pages put to it."""


@dataclass(frozen=True, slots=True)
class Company:
    """Nothing in it may be changed: all tests of a run share it."""

    gate: Gate
    story: Story
    web: Web


@contextmanager
def open_company(directory: Path, **overrides: Mapping[str, object]) -> Iterator[Company]:
    """Tell the story in an empty directory, and serve it; `overrides` are sections with their settings."""
    overrides = {"knowledge_base": {"folder": fill(directory / "kb")}, **overrides}
    with begin_gate(directory, fail_point=no_fail_point, **overrides) as gate:
        story = tell(gate)
        gate.parts.read_articles(gate.now)
        index_all(gate.parts.engine)
        with running_web(gate) as web:
            yield Company(gate, story, web)
