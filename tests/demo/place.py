"""A demo that runs, in a thread with an event loop of its own, and somebody who plays with it in a browser."""

import asyncio
import html
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from mailgate.cli.web import web_view
from mailgate.demo.mailboxes import Arrived
from mailgate.demo.playground import Playground, playground, viewing
from mailgate.demo.viewer import Viewer
from mailgate.demo.wire import submit
from mailgate.tickets.ticket import Ticket
from store.desk import tickets
from store.desk.tickets import Entry
from store.engine import reading
from store.post import outbox
from store.post.outbox import Outgoing
from tests.servers.process import wait_until

ANN, PAUL, BOB = "ann@example.org", "paul@stone.example", "bob@hosting.example"
TINA, BRUNO, LENA = (
    "tina-tempfail@mailboxes.example",
    "bruno-bounce@mailboxes.example",
    "lena-late-bounce@mailboxes.example",
)
ANY_PORTS = (0, 0, 0, 0)
"""Not the usual ones: another demo may be running beside the tests."""

SUPPORT = "support@support.example"


@dataclass
class Place:
    """The demo, and what tests do in it."""

    demo: Playground
    viewer: Viewer
    browser: httpx.Client = field(default_factory=lambda: httpx.Client(follow_redirects=True, timeout=30))

    def get(self, path: str = "") -> str:
        """A page of the viewer, as it is read."""
        answer = self.browser.get(self.viewer.url + path)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def write(self, who: str, text: str, *, to: str = SUPPORT, subject: str = "No mail since Monday") -> str:
        """Fill in the empty form of this person; returns the page that follows."""
        return self._send(who, {"to": to, "subject": subject, "text": text, "answers": ""})

    def reply(self, who: str, mail: Arrived, text: str) -> str:
        """Fill in the form that a mail's button opens, as it stands, the words above the quotation."""
        number = self.demo.mailboxes.of(who).index(mail) + 1
        form = self.browser.get(f"{self.viewer.url}{who}/write?answers=in-{number}").text
        fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', form)}
        [quotation] = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.DOTALL)
        fields.pop("me", None)
        fields.pop("by", None)
        return self._send(who, {**fields, "text": text + html.unescape(quotation)})

    def step(self, by: str) -> str:
        """Press a button of the clock."""
        answer = self.browser.post(f"{self.viewer.url}clock", data={"by": by})
        assert answer.status_code == 200
        return html.unescape(answer.text)

    def mail_with(self, who: str, words: str) -> Arrived:
        """The first mail of a person that has these words in its text; waited for."""

        def look() -> Arrived | None:
            return next((mail for mail in self.demo.mailboxes.of(who) if words in mail.text), None)

        wait_until(lambda: look() is not None, what=f"a mail to {who} that says {words!r}")
        found = look()
        assert found is not None
        return found

    def texts(self, who: str) -> list[str]:
        """What has arrived at a person's mailbox, oldest first."""
        return [mail.text for mail in self.demo.mailboxes.of(who)]

    def bring(self, who: str, raw: bytes) -> None:
        """A mail of anybody comes into a person's mailbox."""
        submit(raw, "stranger@elsewhere.example", [who], port=self.demo.ports.mailboxes)

    def send_by_hand(self, raw: bytes, sender: str) -> None:
        """A mail to the gate by any other program."""
        submit(raw, sender, [SUPPORT], port=self.demo.ports.smtp)

    def ticket(self, number: int) -> Ticket:
        """One ticket."""
        with reading(self.demo.running.parts.engine) as conn:
            found = tickets.find(conn, number)
        assert found is not None
        return found

    def history(self, number: int) -> tuple[Entry, ...]:
        """All entries of a ticket."""
        with reading(self.demo.running.parts.engine) as conn:
            return tickets.history(conn, number)

    def outbox_to(self, who: str) -> list[Outgoing]:
        """What the gate wrote to a person, sent or not."""
        with reading(self.demo.running.parts.engine) as conn:
            return [row for row in outbox.listing(conn) if row.notice.to_address == who]

    def _send(self, who: str, fields: dict[str, str]) -> str:
        answer = self.browser.post(f"{self.viewer.url}{who}/write", data=fields)
        assert answer.status_code in (200, 422), answer.text
        return html.unescape(answer.text)


@contextmanager
def running_place(directory: Path, *, undo_seconds: int = 0, with_past: bool = False) -> Iterator[Place]:
    """The demo as `mailgate demo` starts it; `with_past`: with all that came before."""
    loop = asyncio.new_event_loop()
    started: list[Place] = []
    ready, ending = threading.Event(), asyncio.Event()

    async def run() -> None:
        async with (
            playground(
                directory,
                web_view,
                undo_seconds=undo_seconds,
                told=lambda mail: None,
                usual=ANY_PORTS,
                with_past=with_past,
            ) as demo,
            viewing(demo) as viewer,
        ):
            started.append(Place(demo, viewer))
            ready.set()
            await ending.wait()

    def run_whole() -> None:
        try:
            loop.run_until_complete(run())
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=run_whole, name="demo")
    thread.start()
    ready.wait(90)
    try:
        [place] = started
        with place.browser:
            yield place
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(ending.set)
        thread.join(60)
