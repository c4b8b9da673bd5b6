"""The story that `mailgate demo --script` plays through real sockets; each step must be seen, or it ends there."""

import asyncio
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

from mailgate.demo import letter
from mailgate.demo.browser import Browser
from mailgate.demo.company import ANN, BOB, JANE, Person
from mailgate.demo.mailboxes import Arrived, Mailboxes
from mailgate.demo.steps import STEP_SECONDS, Steps
from mailgate.language.tags import FALLBACK
from mailgate.outbound.templates import Templates
from mailgate.tickets.ticket import EntryKind, Event, State
from mailgate.wiring import Parts
from store.desk import tickets
from store.engine import reading
from store.post import outbox

SUBJECT = "No mail since Monday"
QUESTION = "Hello,\n\nsince Monday every mail to info@example.org comes back.\n\nAnn"
ANSWER = "Hello Ann,\n\nthe disk was full; it works again. Is all well?\n\nBob"
THANKS = "Yes, all is well. Thank you!"
NOTE = "!note\nThe disk of web3 is too small, we should move her."

T = TypeVar("T")


class Story:
    """Plays the story against a running gate; `say` hears of each step, `tell` of each mail that somebody writes."""

    def __init__(
        self,
        parts: Parts,
        mailboxes: Mailboxes,
        smtp_port: int,
        say: Callable[[str], None],
        tell: Callable[[EmailMessage], None] = lambda mail: None,
    ) -> None:
        self._parts = parts
        self._mailboxes = mailboxes
        self._smtp_port = smtp_port
        self._told = Steps(say)
        self._check = self._told.check
        self._tell_mail = tell
        self._read: set[Path] = set()

    async def play(self) -> None:
        """Every step in turn. Raises NotSeen."""
        await self._send(letter.new(ANN, "support@support.example", SUBJECT, QUESTION))
        acknowledgement = await self._mail(ANN, "Ann writes to support@ and gets an acknowledgement", "ticket")
        self._check("the acknowledgement is marked as automatic", acknowledgement.message["Auto-Submitted"])
        self._check("it has the null reverse-path", acknowledgement.reverse_path == "")
        number = await self._seen("her mail is a ticket", lambda: self._ticket(State.OPEN))
        for member in (BOB, JANE):
            await self._mail(member, f"{member.name} of the staff has it as mail", "since Monday")
        notification = self._mailboxes.of(BOB.address)[-1]

        await self._send(letter.reply(BOB, notification, ANSWER))
        answer = await self._mail(ANN, "Bob answers by mail and Ann gets it", "the disk was full")
        self._check("no line for staff alone is in it", "First line may be" not in answer.text)
        self._check("Bob's own address is not in it", BOB.address.encode() not in answer.raw)
        await self._seen("the ticket is answered", lambda: self._ticket(State.ANSWERED))

        await self._send(letter.reply(ANN, answer, THANKS))
        thanks = await self._mail(BOB, "Ann replies and Bob gets it", THANKS)
        await self._seen("her reply joined the ticket, which is open again", lambda: self._ticket(State.OPEN))

        await self._send(letter.reply(BOB, thanks, "!clsoe"))
        await self._mail(BOB, "Bob mistypes a command: it comes back, nothing was done", "!close")
        self._check("the ticket is still open", self._ticket(State.OPEN))

        await self._send(letter.reply(BOB, thanks, NOTE))
        await self._seen("Bob keeps a note", lambda: self._has_entry(number, EntryKind.NOTE, "too small"))
        await self._read_staff_pages(number)
        await self._send(letter.reply(BOB, thanks, "!close"))
        await self._mail(ANN, "Bob closes the ticket and Ann is told", "We have closed")
        await self._seen("the ticket is closed", lambda: self._ticket(State.CLOSED))

        await self._read_pages(number)
        self._check_ticket(number)
        await self._seen("the archive has each mail as it went out", self._archive_is_whole)
        note_reached = any(b"too small" in mail.raw for mail in self._mailboxes.of(ANN.address))
        self._check("the note did not reach Ann", not note_reached)

    async def _read_pages(self, number: int) -> None:
        """Ann asks for a link by mail and reads the thread on her pages."""
        await self._send(letter.new(ANN, "sign-in@support.example", "Sign in", ""))
        link = _link_in(await self._mail(ANN, "Ann writes to sign-in@ and gets a link", "/in/"))
        pages = link.partition("/in/")[0]
        browser = Browser()
        await asyncio.to_thread(browser.read, link)
        await asyncio.to_thread(browser.read, f"{link}/go")
        thread = await asyncio.to_thread(browser.read, f"{pages}/tickets/{number}")
        self._check("her pages show the thread", SUBJECT in thread and "the disk was full" in thread)
        self._check("but not the note", "too small" not in thread)
        self._check("the archive does not keep the link", not self._is_archived(link))

    async def _read_staff_pages(self, number: int) -> None:
        """Bob asks for a link by the form, whose link opens his pages in this browser alone, and reads the ticket."""
        pages = self._parts.settings.web.public_url
        browser = Browser()
        await asyncio.to_thread(browser.read, f"{pages}/sign-in", {"email": BOB.address})
        link = _link_in(await self._mail(BOB, "Bob types his address into the form and gets a link", "/in/"))
        stranger = await asyncio.to_thread(Browser().read, link)
        self._check(
            "in another browser it asks for the code of the mail", "Code" in stranger and SUBJECT not in stranger
        )
        await asyncio.to_thread(browser.read, link)
        queue = await asyncio.to_thread(browser.read, f"{pages}/staff/")
        self._check(
            "his queue shows the ticket that waits for an answer", "1 open ticket" in queue and SUBJECT in queue
        )
        thread = await asyncio.to_thread(browser.read, f"{pages}/staff/tickets/{number}")
        self._check(
            "its page shows question and answer", "since Monday every mail" in thread and "the disk was full" in thread
        )
        self._check("and the note", "too small" in thread)
        self._check("the archive does not keep this link either", not self._is_archived(link))

    def _is_archived(self, link: str) -> bool:
        with reading(self._parts.engine) as conn:
            return any(link in (row.text or "") for row in outbox.listing(conn))

    def _check_ticket(self, number: int) -> None:
        with reading(self._parts.engine) as conn:
            history = tickets.history(conn, number)
        words = [entry.text for entry in history if entry.kind is EntryKind.MESSAGE]
        self._check("the ticket shows question, answer and thanks, without quotes", words == [QUESTION, ANSWER, THANKS])
        closed = [entry.author_name for entry in history if entry.event is Event.CLOSED]
        self._check("and who closed it", closed == [BOB.name])

    def _archive_is_whole(self) -> bool:
        with reading(self._parts.engine) as conn:
            rows = outbox.listing(conn)
            kept = [self._parts.archive.load(conn, row.sha256) for row in rows if row.sha256]
        arrived = [mail.raw for mail in self._mailboxes.arrived if b"/in/" not in mail.raw]
        gone = Templates().phrase("expired", FALLBACK).encode()
        same = [raw for raw in kept if gone not in raw]  # the mail with the link is kept without it
        return all(row.state is outbox.OutState.SENT for row in rows) and sorted(same) == sorted(arrived)

    async def _send(self, mail: EmailMessage) -> None:
        self._tell_mail(mail)
        await asyncio.to_thread(letter.send, mail.as_bytes(), port=self._smtp_port)

    async def _mail(self, reader: Person, step: str, words: str) -> Arrived:
        """Wait for a mail that has these words in its text; one that was seen before does not count."""

        def unread() -> Arrived | None:
            mails = self._mailboxes.of(reader.address)
            return next((mail for mail in mails if words in mail.text and mail.path not in self._read), None)

        found = await self._seen(step, unread)
        self._read.add(found.path)
        return found

    async def _seen(self, step: str, look: Callable[[], T | None]) -> T:
        deadline = time.monotonic() + STEP_SECONDS
        while not (found := look()):
            if time.monotonic() > deadline:
                raise self._told.missing(step)
            await asyncio.sleep(0.05)
        self._told.tell(step)
        return found

    def _ticket(self, state: State) -> int | None:
        with reading(self._parts.engine) as conn:
            found = tickets.listing(conn, state=state)
        return found[-1].id if found and found[-1].subject == SUBJECT else None

    def _has_entry(self, number: int, kind: EntryKind, words: str) -> bool:
        with reading(self._parts.engine) as conn:
            return any(entry.kind is kind and words in entry.text for entry in tickets.history(conn, number))


def _link_in(mail: Arrived) -> str:
    """The sign-in link of a mail."""
    return next(word for word in mail.text.split() if "/in/" in word)
