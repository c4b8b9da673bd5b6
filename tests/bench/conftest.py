"""What the tests of the bench share."""

from pathlib import Path

import pytest

from bench.run import Run


@pytest.fixture
def a_run(tmp_path: Path) -> Run:
    """A quick run that installs nothing."""
    return Run(
        tmp_path,
        rounds=1,
        quick=True,
        tickets=1,
        messages=1,
        stores=tmp_path / "stores",
        peers=tmp_path / "peers",
        install=False,
    )
