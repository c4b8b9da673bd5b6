"""What an answer to the sign-in form costs, in work: time is another on a busy machine, this is not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Protocol

import httpx
from sqlalchemy import Engine, event

from tests.webview.web import Web


@dataclass(frozen=True)
class Work:
    """Of one answer."""

    statements: tuple[str, ...]
    hashes: int
    mails: int


class Costing(Protocol):
    """Sends the form from a browser of its own; the answer, and what it cost."""

    def __call__(self, **form: str) -> tuple[httpx.Response, Work]: ...


@contextmanager
def costed(web: Web) -> Iterator[Costing]:
    """Begins before anything is asked of the server: its threads are watched from their start."""
    statements: list[str] = []
    hashes: list[str] = []

    def executed(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    def called(_frame: FrameType, what: str, function: Any) -> None:
        if what == "c_call" and getattr(function, "__module__", None) == "_hashlib":
            hashes.append(function.__name__)

    def cost(**form: str) -> tuple[httpx.Response, Work]:
        browser, mails = web.browser(), len(web.submitted)
        statements.clear()
        hashes.clear()
        answer = browser.post("/sign-in", data=form)
        return answer, Work(tuple(statements), len(hashes), len(web.submitted) - mails)

    engines: tuple[Engine, ...] = (web.engine, web.gate.parts.engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", executed)
    threading.setprofile(called)
    try:
        yield cost
    finally:
        threading.setprofile(None)
        for engine in engines:
            event.remove(engine, "before_cursor_execute", executed)
