"""Somebody else holds the store (F04): a writer does not disturb the pages, and who locks readers out is waited for."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from store.engine import reading
from tests.gate import Gate, Person
from tests.webview.web import Web

PATHS = ("/", "/tickets", "/tickets/1", "/mails", "/help", "/nothing")


@contextmanager
def held(web: Web, *, readers_too: bool) -> Iterator[None]:
    """Another program has the store, for writing or all for itself."""
    for engine in (web.engine, web.gate.parts.engine):
        engine.dispose()  # SQLite gives nobody the whole store while it is open elsewhere
    other = sqlite3.connect(str(web.engine.url.database).removeprefix("file:"), isolation_level=None, timeout=5)
    if readers_too:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.fixture
def impatient(web: Web) -> None:
    """The pages wait for the store for no more than some milliseconds."""
    event.listen(web.engine, "checkout", lambda dbapi, *_: dbapi.execute("PRAGMA busy_timeout=20"))


@pytest.mark.usefixtures("impatient")
def test_whoever_writes_does_not_keep_the_pages_from_being_read(web: Web, gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    browser = web.signed_in(anne)
    usual = [browser.get(path).status_code for path in PATHS]

    with held(web, readers_too=False):
        statuses = [browser.get(path).status_code for path in PATHS]
        thread = browser.get("/tickets/1").text

    assert statuses == usual == [200, 200, 200, 200, 200, 404]
    assert "It is broken." in thread


@pytest.mark.usefixtures("impatient")
def test_a_store_that_cannot_be_read_is_a_reason_to_come_again(
    web: Web, gate: Gate, anne: Person, caplog: pytest.LogCaptureFixture
) -> None:
    gate.deliver(anne.writes("It is broken."))
    browser = web.signed_in(anne)

    with held(web, readers_too=True):
        answers = [browser.get(path) for path in (*PATHS, f"/in/{'x' * 20}")]
        head = browser.head("/tickets/1")
        form = browser.get("/sign-in")
    again = browser.get("/tickets/1")

    assert {answer.status_code for answer in (*answers, head)} == {503}
    assert {answer.headers["retry-after"] for answer in (*answers, head)} == {"30"}
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert all("mail to us arrives all the same" in answer.text for answer in answers)
    assert head.content == b""
    assert form.status_code == 200  # needs no store
    assert "It is broken." in again.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert "xxx" not in caplog.text


def test_more_readers_than_connections_wait_and_are_then_asked_to_come_again(
    web: Web, gate: Gate, anne: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    browser = web.signed_in(anne)
    pool = web.engine.pool
    pool._timeout = 0.05  # type: ignore[attr-defined]  # in place of half a minute
    lent = [pool.connect() for _ in range(18)]

    full = browser.get("/tickets/1")
    for connection in lent:
        connection.close()

    assert (full.status_code, full.headers["retry-after"]) == (503, "30")
    assert browser.get("/tickets/1").status_code == 200
    with reading(web.engine) as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM tickets").scalar() == 1
