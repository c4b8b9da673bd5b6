"""Where pages are made: short ones on the event loop while the store is a file, never while a server is waited for."""

import asyncio
import threading
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import event
from starlette.applications import Starlette

from mailgate.config.settings import Store
from store.engine import connect
from tests.gate import Gate
from webview.app import create_app

SHORT, LONG = "/tickets", "/search"


async def visited(app: Starlette, path: str) -> httpx.Response:
    """One visit, on an event loop of this thread."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as browser:
        return await browser.get(path)


@pytest.mark.parametrize(
    ("url", "path", "in_loop"),
    [
        ("sqlite:///var/mailgate.db", SHORT, True),
        ("sqlite:///var/mailgate.db", LONG, False),
        ("postgresql+psycopg://db.example/mailgate", SHORT, False),
    ],
)
def test_only_an_embedded_store_is_asked_on_the_event_loop(gate: Gate, url: str, path: str, in_loop: bool) -> None:
    parts, asked_by = gate.parts, list[int]()
    engine = connect(parts.settings.store.url, read_only=True)
    event.listen(engine, "checkout", lambda *_: asked_by.append(threading.get_ident()))
    settings = replace(parts.settings, store=Store(url, parts.settings.store.archive))
    app = create_app(settings, engine, parts.archive, lambda _: None, lambda: gate.now, draw=lambda *_: None)

    answer = asyncio.run(visited(app, path))
    engine.dispose()

    assert answer.status_code == 303  # to the sign-in form, once the store has said that nobody is signed in
    assert [thread == threading.get_ident() for thread in asked_by] == [in_loop]
