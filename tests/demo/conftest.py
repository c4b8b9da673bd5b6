"""A demo of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.place import Place, running_place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Just started, with nobody's words in it."""
    with running_place(tmp_path) as running:
        yield running
