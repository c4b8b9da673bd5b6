"""A running demo: the gate, the mailboxes, and what the terminal shows of them."""

import asyncio
import logging
import secrets
import shlex
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from starlette.types import ASGIApp

from mailgate.config import load
from mailgate.demo import letter
from mailgate.demo.clock import DemoClock, TimeMachine
from mailgate.demo.company import (
    ANN,
    BOB,
    CUSTOMERS,
    HOST,
    OWEN,
    PROVIDER_SIGNS,
    STAFF,
    Person,
    Ports,
    UsualPorts,
    held_ports,
    seed,
    write_settings,
)
from mailgate.demo.doorway import Doorway
from mailgate.demo.history import BEGAN, CONVERSATIONS, Past
from mailgate.demo.mailboxes import Arrived, Mailboxes
from mailgate.demo.provider.serve import Provider
from mailgate.demo.sign_in_link import sign_in_link
from mailgate.demo.trade import DAYS, open_shop, trade
from mailgate.demo.unread import Unread
from mailgate.demo.viewer import Viewer, viewer_url
from mailgate.flows.post import ending
from workers.actors import utc_now
from workers.embedded import Running

USUAL_PORTS = (2525, 2424, 8025, 8026)
UNDO_SECONDS = 5
"""Shorter than in earnest, so that an answer is seen to wait and still arrives while one looks."""

Say = Callable[[str], None]


class WebView(Protocol):
    """The pages of a running gate."""

    def start(self) -> int: ...

    def stop(self) -> None: ...


Around = Callable[[ASGIApp], ASGIApp]

OpenWeb = Callable[[Running, Around], WebView | None]
"""Makes the web view of a gate, with something before its pages; the command line hands it in, for gate and pages know
nothing of each other."""


@dataclass(frozen=True, slots=True)
class Playground:
    """What runs, and where."""

    directory: Path
    config_path: Path
    ports: Ports
    mailboxes: Mailboxes
    running: Running
    clock: DemoClock
    unread: Unread
    provider: Provider  # a double: no money moves
    machine: TimeMachine
    viewer_word: str  # before all paths of the viewer: pages of other sites cannot guess it


@asynccontextmanager
async def playground(
    directory: Path,
    open_web: OpenWeb,
    *,
    undo_seconds: int,
    told: Callable[[Arrived], None],
    usual: UsualPorts = USUAL_PORTS,
    with_past: bool = False,
    with_viewer: bool = True,
    opens_at: datetime | None = None,
) -> AsyncIterator[Playground]:
    """Start everything in `directory`, stop it at the end. Nothing but loopback is used.

    `told` hears of each mail that arrives. `with_past`: three weeks were lived before, of which it hears nothing.
    `with_viewer`: the web view's links lead there. `opens_at`: the company has sold nothing yet, and it is then.
    """
    begins = opens_at or utc_now()
    clock = DemoClock(utc_now() - begins + (BEGAN if with_past else timedelta()))
    with held_ports(usual) as ports, ExitStack() as starting:
        provider = Provider(clock=lambda: clock().timestamp())
        starting.callback(provider.stop)
        await asyncio.to_thread(provider.start)
        provider.state.webhook = {
            "url": f"http://{HOST}:{ports.provider_calls}/",
            "secret": PROVIDER_SIGNS,
            "is_held": False,
        }
        config_path = write_settings(directory, ports, undo_seconds=undo_seconds, provider=provider.url)
        mailboxes = Mailboxes(directory / "mailboxes", ports.smtp, clock)
        unread = Unread(mailboxes)
        await mailboxes.start(ports.mailboxes)
        running = Running(load(config_path, {}), clock=clock)
        parts = running.parts
        seed(parts.engine, now=begins - timedelta(DAYS))
        if opens_at:
            open_shop(parts.engine, now=begins)
        else:
            trade(parts.engine, parts.settings, now=begins)
        if with_past:
            past = Past(parts, mailboxes, unread, clock)
            with _quiet_log():
                await asyncio.to_thread(past.live, CONVERSATIONS, until=begins)
            clock.move_to(utc_now())
        closing = starting.pop_all()
    mailboxes.told = told
    await running.start()
    machine = TimeMachine(parts, clock, lambda: provider.state.has_told_all)
    word = secrets.token_urlsafe(12)
    doorway = partial(Doorway, engine=parts.engine, clock=clock, viewer=viewer_url(ports, word))
    web = open_web(running, doorway if with_viewer else lambda app: app)
    try:
        if web is not None:
            await asyncio.to_thread(web.start)
        yield Playground(directory, config_path, ports, mailboxes, running, clock, unread, provider, machine, word)
    finally:
        if web is not None:
            await asyncio.to_thread(web.stop)
        await running.stop()
        await mailboxes.stop()
        await asyncio.to_thread(closing.close)


@contextmanager
def _quiet_log() -> Iterator[None]:
    """A mail that did not arrive weeks ago is no news for the terminal."""
    log = logging.getLogger(ending.__name__)
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


async def invite(directory: Path, open_web: OpenWeb, command: str, say: Say, stopping: asyncio.Event) -> None:
    """Run until `stopping`, telling what to try and which mails arrive. `command` is how the reader calls mailgate."""
    letters = directory / letter.LETTERS
    letters.mkdir(exist_ok=True)
    here = _shortcut(directory, command)

    def announce(mail: Arrived) -> None:
        say(f"  {mail.address}: {mail.message['Subject']}\n    read    {mail.path}")
        if (answer := _ready_answer(letters, mail)) is not None:
            say(f"    answer  edit {answer}\n            {here} demo send {answer.stem}")

    say("Three weeks of mail come first; that takes a few seconds.")
    async with (
        playground(directory, open_web, undo_seconds=UNDO_SECONDS, told=announce, with_past=True) as place,
        viewing(place) as viewer,
    ):
        say(_welcome(place, viewer.url, letters, here))
        await stopping.wait()
        say("Stopping.")


@asynccontextmanager
async def viewing(place: Playground) -> AsyncIterator[Viewer]:
    """Serve the viewer of a demo that runs."""
    viewer = Viewer(
        place.running.parts,
        place.mailboxes,
        place.unread,
        place.clock,
        place.machine,
        ports=place.ports,
        word=place.viewer_word,
        provider_url=place.provider.url,
    )
    await asyncio.to_thread(viewer.start)
    try:
        yield viewer
    finally:
        await asyncio.to_thread(viewer.stop)


def _shortcut(directory: Path, command: str) -> Path:
    """A script that calls mailgate with the demo's settings: shorter to type than both paths."""
    path = directory / "mailgate"
    called = shlex.join([str(Path(command).absolute()), "--config", str(directory / "config.toml")])
    path.write_text(f'#!/bin/sh\nexec {called} "$@"\n', "utf-8")
    path.chmod(0o700)
    return path


def _welcome(place: Playground, viewer: str, letters: Path, here: Path) -> str:
    first = letters / "ann-writes.eml"
    text = "Hello,\n\nsince Monday every mail to info@example.org comes back.\n\nAnn\n"
    first.write_bytes(letter.new(ANN, "support@support.example", "No mail since Monday", text).as_bytes())
    customers = ", ".join(f"{person.name} <{person.address}>" for person in (*CUSTOMERS, OWEN))
    staff = ", ".join(f"{person.name} <{person.address}>" for person in STAFF)
    return f"""
Open {viewer}
There you are {ANN.name}, {BOB.name} or anybody else: read their mail, answer it, and step the clock forward.

mailgate runs, on loopback alone: nothing leaves this machine.

  pages      as {ANN.name}:  {_link(place, ANN)}
             as {BOB.name}:   {_link(place, BOB)}
  SMTP       {HOST}:{place.ports.smtp}   for support@ billing@ domains@ orders@support.example
  LMTP       {HOST}:{place.ports.lmtp}
  customers  {customers}
  staff      {staff}
  payments   {place.provider.url}/   a double of a payment provider: its cards are magic, and no money moves
  mailboxes  {place.directory / "mailboxes"}   what they receive, a file a mail

The same without the viewer, in a second terminal in this directory:

  1. Ann writes to support. Any mail client that sends to the SMTP port will do, or:

     {here} demo send {first.stem}

  2. Answer as {BOB.name}. He has it as mail now: below stand the file, a reply that is begun, and how to send it.
     Ann gets the answer after {UNDO_SECONDS} s and can reply in turn. A first line "!close" closes the ticket, "!note"
     keeps a note, and a mistyped command comes back.

  3. Look at the pages above, as customer and as staff (in two browsers, or a private window): they only show. The same
     from the command line: tickets, every mail that came in, and every mail that went out.

     {here} ticket list
     {here} inbox list
     {here} mail list

Ctrl-C ends it. Mails as they arrive:
"""


def _link(place: Playground, person: Person) -> str:
    return sign_in_link(place.running.parts, person.address, now=place.clock())


def _ready_answer(letters: Path, mail: Arrived) -> Path | None:
    """A reply to this mail as a file, for people who have no mail client at hand; None where none is wanted."""
    writer = next((person for person in (*CUSTOMERS, OWEN, *STAFF) if person.address == mail.address), None)
    if writer is None or mail.message["Reply-To"] is None:
        return None
    given_name = writer.name.partition(" ")[0]
    path = letters / f"{given_name.lower()}-answers-{mail.path.stem}.eml"
    path.write_bytes(letter.reply(writer, mail, f"{letter.TO_BE_WRITTEN}\n\n-- \n{given_name}").as_bytes())
    return path
