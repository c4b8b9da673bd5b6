"""A gate that fetches from a real Dovecot, and the folder that is fetched."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from mailgate.config import ImapFolder, ImapTls, Settings
from mailgate.inbound.accept import Acceptance, Limits
from store.engine import reading
from store.post import folders, spool
from store.post.folders import Folder
from store.post.spool import Accepted
from tests.fetching.link import Link, linked
from tests.gate import Gate
from tests.program import Program, Sections, configured
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.process import LOOPBACK, wait_until
from workers import fetching
from workers.fetching import Fetcher, Retries

LIMITS = Limits(max_message_bytes=36_700_160, max_header_bytes=262_144, min_free_bytes=0)
QUICK = Retries(first_seconds=0.1, login_seconds=0.1, most_seconds=0.2)
WITHIN_SECONDS = 10.0


@dataclass
class Post:
    """A folder on the server, and the gate's side of it."""

    gate: Gate
    server: Dovecot
    link: Link
    user: str
    folder: ImapFolder
    limits: Limits = field(default=LIMITS)
    running: list[tuple[Fetcher, Any]] = field(default_factory=list)

    def put(self, *mails: bytes) -> None:
        """Mails arrive at the server."""
        self.server.put(self.user, mails, folder=self.folder.folder)

    def change(self, **settings: Any) -> None:
        """Other settings for the folder, from the next start on."""
        self.folder = replace(self.folder, **settings)

    @property
    def settings(self) -> Settings:
        """The gate's settings with this folder in them."""
        return replace(self.gate.parts.settings, imap=(self.folder,))

    def raise_limit(self, max_message_bytes: int) -> None:
        """Larger mails may come in, from the next start on."""
        settings = self.gate.parts.settings
        limits = replace(settings.limits, max_message_bytes=max_message_bytes)
        self.gate.parts = replace(self.gate.parts, settings=replace(settings, limits=limits))
        self.limits = replace(self.limits, max_message_bytes=max_message_bytes)

    def start(self, **how: Any) -> Fetcher:
        """Begin to fetch."""
        parts = self.gate.parts
        archive = parts.settings.store.archive
        acceptance = Acceptance(parts.engine, parts.archive, parts.enqueue, self.limits, directory=archive)
        acceptance.start()
        fetcher = Fetcher(
            self.folder, self.gate.parts, acceptance, **{"retries": QUICK, "clock": lambda: self.gate.now, **how}
        )
        self.running.append((fetcher, acceptance))
        fetcher.start()
        return fetcher

    def stop(self) -> None:
        """End all that was started."""
        fetching.stop([fetcher for fetcher, _ in self.running])
        for _, acceptance in self.running:
            acceptance.stop()
        self.running.clear()

    def mails(self) -> tuple[Accepted, ...]:
        """What the gate has accepted."""
        with reading(self.gate.parts.engine) as conn:
            return spool.listing(conn)

    def bytes(self) -> list[bytes]:
        """Their bytes."""
        with reading(self.gate.parts.engine) as conn:
            return [self.gate.parts.archive.load(conn, mail.sha256) for mail in spool.listing(conn)]

    def state(self) -> Folder:
        """What the store knows of the folder."""
        with reading(self.gate.parts.engine) as conn:
            found = folders.load(conn, self.folder.name)
        return found or Folder(self.folder.name, None, 0, 0, None, None, None, None, ())

    def fetched(self, number: int, *, uid: int | None = None) -> None:
        """Wait until so many mails are stored, marked, and done with."""

        def done() -> bool:
            state = self.state()
            return len(self.mails()) >= number and not state.unmarked and state.uid >= (uid or number)

        wait_until(done, what=f"{number} mails fetched: {self.state()}", within_seconds=WITHIN_SECONDS)

    def fetch(self, number: int, *, uid: int | None = None) -> None:
        """Fetch until so many mails are stored in all, then stop."""
        self.start()
        try:
            self.fetched(number, uid=uid)
        finally:
            self.stop()

    def problem(self, part: str) -> None:
        """Wait until the store tells of this problem."""
        wait_until(lambda: part in (self.state().problem or ""), what=f"{part} in {self.state()}")

    def healed(self) -> None:
        """Wait until it tells of none."""
        wait_until(lambda: self.state().problem is None, what=f"no problem in {self.state()}")


_NUMBERS = count(1)


@pytest.fixture
def post(gate: Gate, dovecot: Dovecot, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Post]:
    """A folder of the test's own, reached through a link that can be cut."""
    user = f"u{next(_NUMBERS)}-{request.node.originalname[:50]}"  # no case finds the mail of another
    secret = tmp_path / "imap-password"
    secret.write_text(PASSWORD + "\n")
    with ExitStack() as running:
        link = running.enter_context(linked(dovecot.port))
        settings: dict[str, Any] = {
            "tls": ImapTls.NONE,
            "port": link.port,
            "poll_seconds": 30.0,
            "timeout_seconds": 5.0,
        }
        folder = ImapFolder(host=LOOPBACK, user=user, password_file=secret, desk="support", **settings)
        post = Post(gate, dovecot, link, user, folder)
        running.callback(post.stop)
        yield post


def fetching_program(directory: Path, server: Dovecot, user: str, sections: Sections) -> Program:
    """The program itself, with one folder in its settings."""
    program = configured(directory, sections)
    (directory / "password").write_text(PASSWORD)
    entry = {"host": server.host, "port": server.port, "tls": "none", "user": user, "desk": "support"}
    lines = [
        "[[imap]]",
        'password_file = "password"',
        *(f"{key} = {json.dumps(value)}" for key, value in entry.items()),
    ]
    program.config.write_text(program.config.read_text() + "\n".join(lines) + "\n")
    return program
