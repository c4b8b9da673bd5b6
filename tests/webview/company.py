"""A gate with the story in it and its web view, for tests that only look."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailgate.flows.indexing import index_all
from tests.gate import Gate, begin_gate
from tests.knowledge.shelf import fill
from tests.webview.story import Story, tell
from tests.webview.web import Web, running_web


@dataclass(frozen=True, slots=True)
class Company:
    """Nothing in it may be changed: all tests of a run share it."""

    gate: Gate
    story: Story
    web: Web


@contextmanager
def open_company(directory: Path) -> Iterator[Company]:
    """Tell the story in an empty directory, and serve it."""
    with begin_gate(directory, knowledge_base={"folder": fill(directory / "kb")}) as gate:
        story = tell(gate)
        gate.parts.read_articles(gate.now)
        index_all(gate.parts.engine)
        with running_web(gate) as web:
            yield Company(gate, story, web)
