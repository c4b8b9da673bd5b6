"""Gates with a web view: one that tests may change, and one with a story that they share."""

from collections.abc import Iterator

import pytest

from tests.gate import Gate
from tests.webview.company import Company, open_company
from tests.webview.story import Story, tell
from tests.webview.web import Web, running_web


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """One for the whole run."""
    with open_company(tmp_path_factory.mktemp("company")) as opened:
        yield opened


@pytest.fixture
def story(gate: Gate) -> Story:
    """What has happened at a gate of the test's own."""
    return tell(gate)


@pytest.fixture
def web(gate: Gate) -> Iterator[Web]:
    """The web view of a gate of the test's own, on a free port."""
    with running_web(gate) as running:
        yield running
