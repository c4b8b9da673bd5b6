"""Who else works on a store, as one of its programs sees it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from store.engine import connect, transaction
from store.schema import processes
from tests.empty_store import put_empty_store
from workers.presence import Presence


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    put_empty_store(tmp_path / "mailgate.db")
    engine = connect(f"sqlite:///{tmp_path / 'mailgate.db'}")
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("does", "seconds_ago", "alone"),
    [("worker", 1, False), ("serve", 1, False), ("doors", 1, True), ("web", 1, True), ("worker", 60, True)],
)
def test_a_worker_is_alone_while_no_other_is_seen(engine: Engine, does: str, seconds_ago: int, alone: bool) -> None:
    seen_at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    other = {"name": "other", "does": does, "sweeps": True, "host": "elsewhere", "place": "", "pid": 1}
    with transaction(engine) as conn:
        conn.execute(insert(processes).values(**other, begun_at=seen_at, seen_at=seen_at))
    presence = Presence(engine, does="worker", sweeps=True)

    presence.start()
    presence.stop()

    assert presence.works_alone() is alone
