"""A whole gate for tests: real store, real flows, a real SMTP sink as its smarthost; time stands still until told.

Mail goes through `accept` and the flows run inline, so that a test says when things happen. What needs the program
itself, its listeners, threads and signals, starts `mailgate serve` instead: `tests.program`.
"""

import email.policy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol

from mailgate.config import HostPort, Settings, Tls, Verify
from mailgate.config.settings import QueueList
from mailgate.flows.story import review
from mailgate.jobs import FailPoint, Job, no_fail_point
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door, Envelope
from mailgate.outbound.templates import Templates
from mailgate.people import Role
from mailgate.phrases import phrasebook
from mailgate.tickets.ticket import EntryKind, Event, Ticket
from mailgate.wiring import Parts, build
from store import people
from store.desk import tickets
from store.desk.tickets import Entry
from store.engine import reading, transaction
from store.post import leases, outbox, spool
from store.post.outbox import Outgoing
from store.post.spool import Accepted, Lent
from store.schema import hook_calls, refunds
from store.schema import lessons as lesson_rows
from tests.empty_store import put_empty_store
from tests.outbound.sink import HOST, Sink, running

IN_ENGLISH = phrasebook().of("en").told_in("Europe/Berlin", at=None)
"""Makes the words of the audit trail."""

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUPPORT = "support@support.example"


class BeginGate(Protocol):
    """Begins a gate; keywords are sections with their settings, such as `spam={"hold_score": 4.0}`."""

    def __call__(self, *, fail_point: FailPoint = no_fail_point, **overrides: Mapping[str, object]) -> "Gate": ...


@dataclass(frozen=True)
class Received:
    """A mail as its reader finds it."""

    raw: bytes
    reverse_path: str
    recipient: str

    @property
    def message(self) -> EmailMessage:
        """Parsed by the standard library, as a reader's client would."""
        parsed = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(self.raw)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        """The text part."""
        text = _words(self.raw)[1]
        assert text is not None
        return text

    @property
    def subject(self) -> str:
        """The subject line."""
        return _words(self.raw)[0]


@lru_cache(maxsize=500)
def _words(raw: bytes) -> tuple[str, str | None]:
    """Subject and text of a mail, which a test looks through again and again; to parse it takes ten milliseconds."""
    message = Received(raw, "", "").message
    body = message.get_body(("plain",))
    return str(message["Subject"]), None if body is None else str(body.get_content())


@dataclass(frozen=True)
class Person:
    """Somebody with a mail client."""

    name: str
    address: str

    def writes(
        self,
        text: str,
        *,
        to: str = SUPPORT,
        subject: str = "No mail since Monday",
        message_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        files: Sequence[tuple[str, str, bytes]] = (),
        html: str | None = None,
    ) -> bytes:
        """A new mail; `files` are (name, content type, bytes), `html` is its only body when there is no text."""
        message = EmailMessage(policy=email.policy.SMTP)
        message["From"] = f"{self.name} <{self.address}>"
        message["To"] = to
        message["Subject"] = subject
        message["Message-ID"] = f"<{message_id or _serial()}@client.example>"
        for name, value in (headers or {}).items():
            message[name] = value
        if text or html is None:
            message.set_content(text)
        else:
            message.set_content(html, subtype="html")
        for name, content_type, content in files:
            main, _, sub = content_type.partition("/")
            message.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return message.as_bytes()

    def replies(self, parent: Received, text: str, **more: object) -> bytes:
        """An answer to a mail as a client writes it: to its Reply-To, with its references, quoting its text."""
        original = parent.message
        references = " ".join(filter(None, (original["References"], original["Message-ID"])))
        quoted = "\n".join(f"> {line}" for line in parent.text.splitlines())
        subject = parent.subject if parent.subject.startswith("Re: ") else f"Re: {parent.subject}"
        options: dict[str, object] = {
            "to": str(original["Reply-To"] or original["From"]),
            "subject": subject,
            "headers": {"In-Reply-To": str(original["Message-ID"]), "References": references},
            **more,
        }
        body = f"{text}\n\nOn Mon, 2 Mar 2026 at 10:00, {original['From']} wrote:\n{quoted}\n"
        return self.writes(body, **options)  # type: ignore[arg-type]


_last = 0


def _serial() -> str:
    global _last  # noqa: PLW0603 - a counter of the test run
    _last += 1
    return f"mail-{_last}"


@dataclass
class Gate:
    """The gate, its sink, and what tests ask of them."""

    parts: Parts
    sink: Sink
    now: datetime = BEGIN

    def customer(self, name: str, address: str, *, language: str = "en", timezone: str = "UTC") -> Person:
        """Register a customer."""
        with transaction(self.parts.engine) as conn:
            people.add_customer(
                conn, name, address, country=None, currency="EUR", timezone=timezone, language=language, now=self.now
            )
        return Person(name, address)

    def contact(self, customer_id: int, name: str, address: str) -> Person:
        """Register one more person who may write for a customer."""
        with transaction(self.parts.engine) as conn:
            people.add_contact(conn, customer_id, name, address, (Role.SUPPORT,), now=self.now)
        return Person(name, address)

    def staff(self, name: str, address: str) -> Person:
        """Register somebody who answers."""
        with transaction(self.parts.engine) as conn:
            people.add_staff(conn, name, address, now=self.now)
        return Person(name, address)

    def accept(
        self,
        raw: bytes,
        *,
        to: str | Sequence[str] | None = None,
        sender: str | None = "sender@client.example",
        door: Door = Door.SMTP,
        peer: str | None = "192.0.2.7",
    ) -> int:
        """A mail comes in and nothing more; `to` is the envelope, by default what the To field says."""
        paths = (to,) if isinstance(to, str) else tuple(to or (_to_field(raw),))
        acceptance = self.parts.acceptance()
        acceptance.start()
        try:
            return acceptance.accept(raw, Envelope(sender, paths, door, self.now, peer=peer))
        finally:
            acceptance.stop()

    def lend(self, spool_id: int) -> tuple[Lent, ...]:
        """An accepted mail in the hands of a worker; nothing when somebody has it."""
        with transaction(self.parts.engine) as conn:
            return spool.lend(conn, (spool_id,), now=self.now)

    def deliver(self, raw: bytes, **how: object) -> Accepted:
        """A mail comes in, is settled, and whatever it calls for goes out."""
        spool_id = self.accept(raw, **how)  # type: ignore[arg-type]
        self.work()
        return self.inbox(spool_id)

    def work(self) -> None:
        """Do the jobs of all rows that are ready now, and of those that they make; each once, as a broker sends it."""
        done: set[tuple[Job, int]] = set()
        while jobs := [job for job in self._ready() if job not in done]:
            done.update(jobs)
            for job, row_id in jobs:
                self.parts.work[job](row_id, self.now)

    def later(self, **by: float) -> None:
        """Let time pass and do what is due then."""
        self.now += timedelta(**by)
        self.parts.run_due(self.now)
        self.work()

    def release(self, spool_id: int) -> Accepted:
        """Somebody lets a held mail in."""
        with transaction(self.parts.engine) as conn:
            review.release(conn, spool_id, by="Bart Jones", now=self.now)
        self.work()
        return self.inbox(spool_id)

    def refuse(self, spool_id: int) -> Accepted:
        """Somebody refuses a held mail."""
        with transaction(self.parts.engine) as conn:
            review.refuse(conn, spool_id, by="Bart Jones", is_spam=True, now=self.now)
        self.work()
        return self.inbox(spool_id)

    def cancel(self, outbox_id: int) -> bool:
        """Somebody keeps a mail of ours from leaving; False when it is too late."""
        with transaction(self.parts.engine) as conn:
            return outbox.cancel(conn, outbox_id)

    def inbox(self, spool_id: int) -> Accepted:
        """One accepted mail."""
        with reading(self.parts.engine) as conn:
            found = spool.show(conn, spool_id)
        assert found is not None
        return found

    def ticket(self, number: int) -> Ticket:
        """One ticket."""
        with reading(self.parts.engine) as conn:
            found = tickets.find(conn, number)
        assert found is not None
        return found

    def tickets(self) -> tuple[Ticket, ...]:
        """All tickets."""
        with reading(self.parts.engine) as conn:
            return tickets.listing(conn)

    def history(self, number: int) -> tuple[Entry, ...]:
        """All entries of a ticket."""
        with reading(self.parts.engine) as conn:
            return tickets.history(conn, number)

    def events(self, number: int) -> list[tuple[Event | None, str, dict[str, Any]]]:
        """The audit trail of a ticket: what happened, who did it, and the values that are kept of it."""
        lines = [entry for entry in self.history(number) if entry.kind is EntryKind.EVENT]
        return [(line.event, line.author_name, dict(line.details or {})) for line in lines]

    def outbox(self, template: Template | None = None) -> tuple[Outgoing, ...]:
        """What the gate wrote, sent or not."""
        with reading(self.parts.engine) as conn:
            rows = outbox.listing(conn)
        return tuple(row for row in rows if template is None or row.notice.template is template)

    def mailbox(self, person: Person) -> list[Received]:
        """What has arrived at a person's address, oldest first."""
        return [
            Received(raw, (reverse_path or "").strip("<>"), person.address)
            for raw, (reverse_path, recipients) in zip(self.sink.messages, self.sink.paths, strict=True)
            if recipients == [person.address]
        ]

    def _ready(self) -> list[tuple[Job, int]]:
        with reading(self.parts.engine) as conn:
            waiting = spool.listing(conn, dispositions=(Disposition.WAITING,))
            queued = outbox.listing(conn, states=(outbox.OutState.QUEUED,))
            untold = leases.overdue(conn, lesson_rows, now=self.now, limit=100)
            calls = leases.overdue(conn, hook_calls, now=self.now, limit=100)
            back = leases.overdue(conn, refunds, now=self.now, limit=100)
        soon = self.now + timedelta(seconds=60)  # not what was put off for a retry
        return [
            *((Job.RECEIVE, row.id) for row in waiting if row.attempts == 0),
            *((Job.DELIVER, row.id) for row in queued if row.attempts == 0 and row.due_at and row.due_at <= soon),
            *((Job.TEACH, row_id) for row_id, _ in untold),
            *((Job.HOOK, row_id) for row_id, _ in calls),
            *((Job.REFUND, row_id) for row_id, _ in back),
        ]


@contextmanager
def begin_gate(
    directory: Path, *, fail_point: FailPoint = no_fail_point, **overrides: Mapping[str, object]
) -> Iterator[Gate]:
    """A gate in an empty directory; `overrides` are sections with their settings."""
    if "url" not in overrides.get("store", {}):
        put_empty_store(directory / "mailgate.db")
    with running(Sink()) as sink:
        parts = build(settings_for(directory, sink.port, **overrides), _no_job, fail_point=fail_point)
        if parts.settings.templates.directory is None:
            parts = replace(parts, templates=_shipped())
        try:
            yield Gate(parts, sink)
        finally:
            parts.close()


@cache
def _shipped() -> Templates:
    """The shipped templates, compiled once for all gates of a test run: that took a fifth of the time of most tests."""
    return Templates()


def settings_for(directory: Path, smarthost_port: int, **overrides: Mapping[str, object]) -> Settings:
    """The shipped settings with a store in `directory`, a smarthost on loopback and no wait for `!undo`."""
    settings = Settings()
    sections: dict[str, dict[str, object]] = {
        "store": {"url": f"sqlite:///{directory / 'mailgate.db'}", "archive": directory / "archive"},
        "smarthost": {"address": HostPort(HOST, smarthost_port), "tls": Tls.NONE, "timeout_seconds": 5.0},
        "desk_rules": {"undo_seconds": 0, "queue_list": QueueList.ON_REQUEST},
        "billing": {"preview_hour": -1},
        "limits": {"min_free_bytes": 0},
        "authentication": {"verify": Verify.NONE},
    }
    for section, values in overrides.items():
        sections[section] = {**sections.get(section, {}), **values}
    lists = {name: sections.pop(name) for name in ("hook",) if name in sections}
    changed = {section: replace(getattr(settings, section), **values) for section, values in sections.items()}
    changed |= {name: tuple(entries.values()) for name, entries in lists.items()}
    settings = replace(settings, **changed)
    at_home = (replace(desk, mailbox=replace(desk.mailbox, domain=settings.gate.domain)) for desk in settings.desks)
    return replace(settings, desks=tuple(at_home))


def _to_field(raw: bytes) -> str:
    to = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(raw)["To"]
    return str(to.addresses[0].addr_spec)


def _no_job(job: Job, row_id: int) -> None:
    """Tests do the work themselves."""
