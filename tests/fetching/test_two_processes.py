"""One folder, and two processes that could look into it: one does, and the other takes over when that is dead."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, delete, event, insert, update

from store.engine import transaction
from store.post import folders, processes
from store.schema import imap_folders
from store.schema import processes as process_rows
from tests.empty_store import server_store
from tests.fetching.conftest import Post
from tests.gate import Gate, Person
from tests.servers.postgresql import Postgresql
from tests.servers.process import wait_until

PEER = "0123456789abcdef"


@pytest.fixture
def store_url(postgresql: Postgresql) -> Iterator[str]:
    """Several processes may work on this store."""
    with server_store(postgresql) as url:
        yield url


def has_peer(conn: Connection, folder: str) -> None:
    """Another process is there, and looks into the folder."""
    now = processes.time_of(conn)
    at = {"begun_at": now, "seen_at": now}
    conn.execute(insert(process_rows).values(name=PEER, does="serve", sweeps=True, host="other", place="", pid=1, **at))
    assert folders.take(conn, folder)
    conn.execute(update(imap_folders).values(fetcher=PEER))


def test_a_folder_that_a_living_process_looks_into_is_left_to_it(
    gate: Gate, post: Post, anne: Person, caplog: pytest.LogCaptureFixture
) -> None:
    post.put(anne.writes("It is broken."))
    with transaction(gate.parts.engine) as conn:
        has_peer(conn, post.folder.name)
        assert not folders.take(conn, post.folder.name)

    asked: list[str] = []

    @event.listens_for(gate.parts.engine, "after_cursor_execute")
    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.extend([statement] if statement.startswith("UPDATE imap_folders SET fetcher") else [])

    post.start()
    wait_until(lambda: len(asked) > 2, what="the fetcher to ask for the folder several times")

    assert post.mails() == ()
    assert post.state().fetcher == PEER
    with transaction(gate.parts.engine) as conn:  # it died, and somebody has seen that
        conn.execute(delete(process_rows).where(process_rows.c.name == PEER))
    post.fetched(1)
    assert post.state().fetcher == processes.MY_NAME
    assert len(post.mails()) == 1
