"""A web server in a process of its own: our view on a store, or the bare peer that shows the same rows and no more.

    python -m bench.web_server ours|bare DIRECTORY

The bare page is served as ours is: uvicorn, on its event loop, one query, one compiled template.
"""

import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import jinja2
from sqlalchemy import Engine, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from mailgate.config import load
from store.archive import archive_of
from store.engine import connect, reading
from store.schema import customers, staff, tickets

HOST = "127.0.0.1"
ROWS = 50

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tickets</title></head><body><h1>Tickets</h1><table>
{% for row in rows %}<tr><td><a href="/staff/tickets/{{ row.id }}">#{{ row.id }}</a></td>
<td>{{ row.subject }}</td><td>{{ row.state }}</td><td>{{ row.desk }}</td><td>{{ row.customer }}</td>
<td>{{ row.assignee or "" }}</td><td>{{ row.updated_at.strftime("%Y-%m-%d %H:%M") }}</td></tr>
{% endfor %}</table></body></html>"""

_NEWEST = (
    select(
        tickets.c.id,
        tickets.c.subject,
        tickets.c.state,
        tickets.c.desk,
        tickets.c.updated_at,
        customers.c.name.label("customer"),
        staff.c.name.label("assignee"),
    )
    .outerjoin(customers, customers.c.id == tickets.c.customer_id)
    .outerjoin(staff, staff.c.id == tickets.c.assignee_id)
    .order_by(tickets.c.id.desc())
    .limit(ROWS)
)


def bare(engine: Engine) -> Starlette:
    """The 50 newest tickets."""
    template = jinja2.Environment(autoescape=True).from_string(_PAGE)

    async def page(_request: Request) -> HTMLResponse:
        with reading(engine) as conn:
            return HTMLResponse(template.render(rows=conn.execute(_NEWEST).all()))

    return Starlette(routes=[Route("/{path:path}", page)])


def ours(engine: Engine, directory: Path) -> Starlette:
    """The whole web view; its form goes nowhere."""
    from mailgate.wiring.drawing import drawer, pdf_maker
    from webview.app import create_app

    def submit(_raw: bytes) -> None:
        raise NotImplementedError

    settings = load(directory / "config.toml", {})
    draw = drawer(pdf_maker(settings).make)
    return create_app(settings, engine, archive_of(settings), submit, lambda: datetime.now(UTC), draw=draw)


def main() -> None:
    """Serve until SIGTERM, and say where."""
    from webview.serve import WebServer

    which, directory = sys.argv[1], Path(sys.argv[2])
    engine = connect(f"sqlite:///{directory / 'mailgate.db'}", read_only=True)
    server = WebServer(ours(engine, directory) if which == "ours" else bare(engine), HOST, 0)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    print(server.start(), flush=True)
    stopping.wait()
    server.stop()


if __name__ == "__main__":
    main()
