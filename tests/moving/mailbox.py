"""Mailboxes of an older system, written by hand, and the run that takes them over."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mailgate.flows.moving import history
from mailgate.flows.moving.history import Moved
from mailgate.flows.moving.old_thread import Strangers, Wish
from mailgate.flows.moving.survey import Registry, Survey, survey
from mailgate.inbound.mailbox_files import Kind
from mailgate.tickets.ticket import State
from store.engine import reading
from tests.gate import SUPPORT, Gate

ANNE = "Anne Miller <anne@customer.example>"
BART = "Bart Jones <bart@hosting.example>"


def letter(
    number: int,
    *,
    author: str = ANNE,
    to: str = SUPPORT,
    answers: Sequence[int] = (),
    text: str = "",
    hour: int | None = None,
    more: str = "",
) -> bytes:
    """Mail number n of an old exchange, written n hours after the first one."""
    fields = [
        f"From: {author}",
        f"To: {to}",
        f"Subject: {'Re: ' if answers else ''}No mail since Monday",
        f"Date: Mon, 6 Jan 2020 {number if hour is None else hour:02}:00:00 +0000",
        f"Message-ID: <old-{number}@client.example>",
    ]
    if answers:
        fields.append(f"In-Reply-To: <old-{answers[-1]}@client.example>")
        fields.append("References: " + " ".join(f"<old-{one}@client.example>" for one in answers))
    head = "\n".join(fields) + "\n" + more
    return (head + "\n" + (text or f"This is mail {number}.") + "\n").encode()


def mbox(path: Path, *mails: bytes) -> Path:
    """Write an mbox file."""
    with path.open("wb") as file:
        for mail in mails:
            quoted = b"".join(
                b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in mail.splitlines(True)
            )
            file.write(b"From anne@customer.example Mon Jan  6 10:00:00 2020\n" + quoted + b"\n")
    return path


def look(
    gate: Gate, *paths: Path, kind: Kind = Kind.MBOX, ours: Sequence[str] = (), max_bytes: int = 1 << 20
) -> tuple[Survey, Registry]:
    """Survey mailboxes."""
    with reading(gate.parts.engine) as conn:
        registry = Registry.load(conn, gate.parts.settings, ours)
    return survey(kind, paths, registry, max_bytes=max_bytes, now=gate.now, progress=lambda *_: None), registry


def wish(gate: Gate, **other: object) -> Wish:
    """What the command line's defaults say."""
    default = Wish(State.CLOSED, Strangers.SKIP, gate.parts.settings.desks[0])
    return replace(default, **other)  # type: ignore[arg-type]


def move_in(
    gate: Gate,
    *paths: Path,
    kind: Kind = Kind.MBOX,
    ours: Sequence[str] = (),
    stop_at: int | None = None,
    at_once: int = history.AT_ONCE,
    **wished: object,
) -> Moved:
    """Take mailboxes over; `stop_at` interrupts when so many mails are in."""

    def progress(what: str, done: int, of: int | None) -> None:
        if what == "moved in" and stop_at is not None and done >= stop_at:
            raise KeyboardInterrupt

    found, registry = look(gate, *paths, kind=kind, ours=ours)
    parts = gate.parts
    return history.move_in(
        found,
        engine=parts.engine,
        archive=parts.archive,
        settings=parts.settings,
        registry=registry,
        wish=wish(gate, **wished),
        now=gate.now,
        progress=progress,
        at_once=at_once,
    )
