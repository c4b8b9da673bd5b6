"""A web view over a gate's store: the real server on a free port, and people's browsers."""

import hashlib
import html
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
from sqlalchemy import Engine, inspect, select, text

from mailgate.errors import MailgateError
from mailgate.mail.address_token import Key
from mailgate.mail.link_token import LinkPurpose, LinkToken, Viewer, seal_link
from mailgate.wiring.drawing import drawer
from store import keys, people
from store.engine import connect_for_pages, reading
from store.schema import customers, staff
from tests.gate import Gate, Person
from webview.app import create_app
from webview.serve import WebServer, threads_for

LOOPBACK = "127.0.0.1"


@dataclass
class Web:
    """The running web view of a gate. `submitted` is what its sign-in form has sent."""

    gate: Gate
    engine: Engine  # read-only
    url: str
    submitted: list[bytes] = field(default_factory=list)
    refuse: MailgateError | None = None
    _open: ExitStack = field(default_factory=ExitStack)
    _sessions: dict[str, str] = field(default_factory=dict)

    def browser(self, **headers: str) -> httpx.Client:
        """A browser with no cookies yet, which follows no redirect by itself."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._open.enter_context(httpx.Client(base_url=self.url, headers=names, timeout=30))

    def signed_in(self, person: Person) -> httpx.Client:
        """The browser of somebody who has followed the link of the mail."""
        browser = self.browser()
        if person.address in self._sessions:
            browser.cookies.set(self.cookie_name, self._sessions[person.address], domain=LOOPBACK)
            return browser
        if self._staff_id(person) is None:
            browser.get(f"/in/{self.word(person)}/go")
        else:
            nonce = self.ask(browser, person)
            browser.get(f"/in/{self.word(person, nonce=nonce)}")
        self._sessions[person.address] = browser.cookies[self.cookie_name]
        return browser

    def ask(self, browser: httpx.Client, person: Person) -> str:
        """Send the form with a person's address; returns the nonce of the mail that it made."""
        answer = browser.post("/sign-in", data={"email": person.address})
        assert answer.status_code == 200
        found = re.search(rb"^To: sign-in\+([a-z2-7]+)@", self.submitted[-1], re.MULTILINE)
        assert found
        return found[1].decode()

    @property
    def cookie_name(self) -> str:
        """The session's cookie."""
        return "__Host-mg" if self.gate.parts.settings.web.public_url.startswith("https") else "mg"

    def word(self, person: Person, *, nonce: str = "", minutes: int = 30, purpose: LinkPurpose | None = None) -> str:
        """The word of a link as the gate's mail would have it."""
        staff_id = self._staff_id(person)
        with reading(self.gate.parts.engine) as conn:
            if staff_id is None:
                contact = max(people.contacts_with(conn, person.address), key=lambda one: one.active_at)
                who, epochs = (Viewer.CONTACT, contact.id), (customers, contact.customer_id)
            else:
                who, epochs = (Viewer.STAFF, staff_id), (staff, staff_id)
            table, row_id = epochs
            epoch = conn.execute(select(table.c.epoch).where(table.c.id == row_id)).scalar_one()
            key = Key(*keys.signing(conn))
        until = self.gate.now + timedelta(minutes=minutes)
        return seal_link(LinkToken(purpose or LinkPurpose.SIGN_IN, *who, epoch, nonce, until), key)

    def digest(self) -> str:
        """Of every row of every table."""
        found = hashlib.sha256()
        with reading(self.gate.parts.engine) as conn:
            for table in sorted(inspect(conn).get_table_names()):
                rows = conn.execute(text(f'SELECT * FROM "{table}" ORDER BY 1')).all()
                found.update(f"{table} {rows!r}".encode())
        return found.hexdigest()

    def submit(self, raw: bytes) -> None:
        """In place of the gate's intake."""
        if self.refuse is not None:
            raise self.refuse
        self.submitted.append(raw)

    def _staff_id(self, person: Person) -> int | None:
        with reading(self.gate.parts.engine) as conn:
            found = people.staff_with(conn, person.address)
        return found.id if found else None


@contextmanager
def running_web(gate: Gate, *, public_url: str | None = None) -> Iterator[Web]:
    """Serve the store of a gate read-only."""
    settings = gate.parts.settings
    if public_url is not None:
        settings = replace(settings, web=replace(settings.web, public_url=public_url))
        gate.parts = replace(gate.parts, settings=settings)
    threads = threads_for(settings)
    engine = connect_for_pages(settings.pages_url, at_once=threads)
    web = Web(gate, engine, "")
    app = create_app(
        settings, engine, gate.parts.archive, web.submit, lambda: gate.now, draw=drawer(gate.parts.make_pdf)
    )
    server = WebServer(app, LOOPBACK, 0, threads=threads)
    web.url = f"http://{LOOPBACK}:{server.start()}"
    try:
        yield web
    finally:
        web._open.close()
        server.stop()
        engine.dispose()


def links_of(page: str) -> list[str]:
    """Every URL that a page leads to or loads."""
    return [html.unescape(found) for found in re.findall(r'(?:href|src)="([^"]*)"', page)]
