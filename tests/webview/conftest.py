"""Gates with a web view: one that tests may change, and one with a story that they share.

The store is a file, and in the modules that are marked with ON_BOTH a PostgreSQL too, where the pages read by a user of
their own, who can do nothing else.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from mailgate.jobs import FailPoint, no_fail_point
from tests.empty_store import PAGES_USER, empty_server_store
from tests.gate import BeginGate, Gate, begin_gate
from tests.servers.postgresql import USER, Postgresql
from tests.webview.company import Company, open_company
from tests.webview.story import Story, tell
from tests.webview.web import Web, running_web


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Postgresql | None:
    """Where the stores are; None: each is a file."""
    return request.getfixturevalue("postgresql") if getattr(request, "param", "") == "postgresql" else None


@pytest.fixture(scope="session")
def company_in_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """One for the whole run."""
    with open_company(tmp_path_factory.mktemp("company")) as opened:
        yield opened


@pytest.fixture(scope="session")
def company_on_server(tmp_path_factory: pytest.TempPathFactory, postgresql: Postgresql) -> Iterator[Company]:
    """One more, whose store is not a file."""
    directory = tmp_path_factory.mktemp("company")
    with open_company(directory, **place(postgresql, directory)) as opened:
        yield opened


@pytest.fixture(scope="session")
def company(request: pytest.FixtureRequest, server: Postgresql | None) -> Company:
    """The one with that store. Neither ends when tests turn to the other, as they do with each module."""
    opened = request.getfixturevalue("company_in_file" if server is None else "company_on_server")
    assert isinstance(opened, Company)
    return opened


@pytest.fixture
def begin(tmp_path: Path, server: Postgresql | None) -> Iterator[BeginGate]:
    """A function that begins a gate with settings of the test's own; all of them end with the test."""
    with ExitStack() as running:

        def begin(*, fail_point: FailPoint = no_fail_point, **overrides: Mapping[str, object]) -> Gate:
            sections = {**place(server, tmp_path), **overrides}
            return running.enter_context(begin_gate(tmp_path, fail_point=fail_point, **sections))

        yield begin


@pytest.fixture
def story(gate: Gate) -> Story:
    """What has happened at a gate of the test's own."""
    return tell(gate)


@pytest.fixture
def web(gate: Gate) -> Iterator[Web]:
    """The web view of a gate of the test's own, on a free port."""
    with running_web(gate) as running:
        yield running


def place(server: Postgresql | None, directory: Path) -> Mapping[str, Mapping[str, object]]:
    """The settings of a store there."""
    if server is None:
        return {}
    database = empty_server_store(server)
    return {
        "store": {"url": server.url_for(USER, database), "archive": directory / "archive"},
        "web": {"store_url": server.url_for(PAGES_USER, database)},
    }
