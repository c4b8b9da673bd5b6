"""The pages of a store that is a database server, when it is away: they ask to come again, and come back with it."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import event, text

from store.engine import connect
from tests.empty_store import PAGES_USER, empty_server_store
from tests.gate import Gate, Person, begin_gate
from tests.servers.fixtures import needed
from tests.servers.postgresql import USER, Postgresql, running_postgresql
from tests.webview.web import Web, running_web
from webview.serve import SERVER_THREADS

pytestmark = pytest.mark.server

PATHS = ("/", "/tickets", "/tickets/1", "/mails", "/help", "/search?q=broken", "/nothing", f"/in/{'x' * 20}")


@pytest.fixture
def server() -> Iterator[Postgresql]:
    """A PostgreSQL that the test may end."""
    with ExitStack() as running:
        with needed():
            server = running.enter_context(running_postgresql())
        yield server


@pytest.fixture
def gate(server: Postgresql, tmp_path: Path) -> Iterator[Gate]:
    """A gate with its store there, and a user of its own for the pages."""
    database = empty_server_store(server)
    store = {"url": server.url_for(USER, database), "archive": tmp_path / "archive"}
    with begin_gate(tmp_path, store=store, web={"store_url": server.url_for(PAGES_USER, database)}) as gate:
        yield gate


@pytest.fixture
def web(gate: Gate) -> Iterator[Web]:
    """Its pages."""
    with running_web(gate) as running:
        yield running


def test_pages_of_a_server_that_is_away_ask_to_come_again(
    web: Web, gate: Gate, anne: Person, server: Postgresql, caplog: pytest.LogCaptureFixture
) -> None:
    gate.deliver(anne.writes("It is broken."))
    browser = web.signed_in(anne)

    server.stop()
    answers = [browser.get(path) for path in (*PATHS, *PATHS)]  # on the connections that it broke, and on none
    form = browser.get("/sign-in")
    server.start()
    again = browser.get("/tickets/1")

    assert {answer.status_code for answer in answers} == {503}
    assert {(answer.headers["retry-after"], answer.headers["cache-control"]) for answer in answers} == {
        ("30", "no-store")
    }
    assert all("mail to us arrives all the same" in answer.text for answer in answers)
    assert form.status_code == 200  # needs no store
    assert "It is broken." in again.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_server_that_is_restarted_between_two_pages_is_not_noticed(
    web: Web, gate: Gate, anne: Person, server: Postgresql
) -> None:
    gate.deliver(anne.writes("It is broken."))
    browser = web.signed_in(anne)
    before = browser.get("/tickets/1")

    server.stop()
    server.start()
    after = browser.get("/tickets/1")

    assert (before.status_code, after.status_code) == (200, 200)


def test_a_table_that_an_administrator_has_locked_is_waited_for_some_seconds_and_not_for_ever(
    web: Web, gate: Gate, anne: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    browser = web.signed_in(anne)

    with gate.parts.engine.begin() as conn:
        conn.execute(text("LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE"))
        locked = browser.get("/tickets/1")
    again = browser.get("/tickets/1")

    assert (locked.status_code, again.status_code) == (503, 200)


def test_pages_hold_no_more_connections_than_there_are_threads_for_them(
    web: Web, gate: Gate, anne: Person, server: Postgresql
) -> None:
    gate.deliver(anne.writes("It is broken."))
    browsers = [web.signed_in(anne) for _ in range(3 * SERVER_THREADS)]
    made_by, asked = set[int](), list[int]()
    event.listen(web.engine, "checkout", lambda *_: made_by.add(threading.get_ident()))

    def visit(number: int) -> None:
        for path in PATHS[:5]:
            asked.append(browsers[number].get(path).status_code)

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(len(browsers))]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(120)
    others = connect(server.url_for(USER, "postgres"))
    with others.connect() as conn:
        open_now = conn.execute(
            text("SELECT count(*) FROM pg_stat_activity WHERE usename = :user"), {"user": PAGES_USER}
        ).scalar_one()
    others.dispose()

    assert asked == [200] * 5 * len(browsers)
    assert 1 < open_now <= SERVER_THREADS
    assert threading.main_thread().ident not in made_by
    assert len(made_by) <= SERVER_THREADS
