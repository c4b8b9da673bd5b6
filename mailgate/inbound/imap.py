"""IMAP: the dialogue with one server about one folder (RFC 3501, IDLE RFC 2177, MOVE RFC 6851, UIDPLUS RFC 4315).

Every failure comes out as an ImapFault; after any but ImapRefused the session is of no more use.
"""

import logging
import selectors
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from mailgate.config import ImapFolder, ImapTls
from mailgate.errors import Temporary

logging.getLogger("imapclient").setLevel(logging.WARNING)  # it would log whole mails, line by line

KEYWORD = b"mailgate"
"""Set with \\Seen on what is stored here, so that people can tell it from what somebody has merely read."""

SEARCH_SPAN = 5_000
"""UIDs asked for at a time: a line of the answer may have a million bytes at most, or imaplib gives up."""

COMMAND_UIDS = 500  # in one command; servers limit the length of a line
MAX_UID = (1 << 32) - 1  # RFC 3501 §2.3.1.1


class ImapFault(Temporary):
    """Nothing could be fetched now."""


class Unreachable(ImapFault):
    """There is no connection, or it was lost."""


class TlsFailed(ImapFault):
    """No TLS, or with a certificate that is not believed."""


class LoginRefused(ImapFault):
    """The server does not take user and password."""


class ImapRefused(ImapFault):
    """The server said NO or BAD to one command; the session goes on."""


@dataclass(frozen=True, slots=True)
class Place:
    """A selected folder."""

    uidvalidity: int
    uidnext: int  # every mail has a lower UID; past MAX_UID when the server does not tell
    read_only: bool
    takes_keywords: bool


class ImapSession:
    """A connection that is logged in. Raises an ImapFault when it cannot be had."""

    def __init__(self, folder: ImapFolder, password: str, *, trust: ssl.SSLContext | None = None) -> None:
        self._folder = folder
        context = trust or ssl.create_default_context()
        with _faults():
            self._client = IMAPClient(
                folder.server.host,
                folder.server.port,
                ssl=folder.tls is ImapTls.IMPLICIT,
                ssl_context=context,
                timeout=SocketTimeout(folder.timeout_seconds, folder.timeout_seconds),
            )
        try:
            with _faults():
                if folder.tls is ImapTls.STARTTLS:
                    self._start_tls(context)
                self._client.login(folder.user, password)
                self._can = frozenset(self._client.capabilities())
                self._separator = self._levels()
        except BaseException:
            self.close()
            raise

    @property
    def idles(self) -> bool:
        """The server tells of new mail by itself."""
        return b"IDLE" in self._can

    def select(self) -> Place:
        """Open the folder, or look at it anew."""
        name = self._spelt(self._folder.folder)
        with _faults():
            try:
                said, read_only = self._client.select_folder(name), False
            except IMAPClientReadOnlyError:
                said, read_only = self._client.select_folder(name, readonly=True), True
        if not said.get(b"UIDVALIDITY"):
            raise ImapRefused(f"{self._folder.folder} has no UIDVALIDITY: its mails cannot be told apart")
        return Place(
            uidvalidity=int(said[b"UIDVALIDITY"]),
            uidnext=int(said.get(b"UIDNEXT") or MAX_UID + 1),
            read_only=read_only,
            takes_keywords=b"\\*" in said.get(b"PERMANENTFLAGS", ()),
        )

    def uids(self, low: int, below: int) -> Iterator[int]:
        """The UIDs from `low` on, ascending, all of them below `below`; asked for as they are taken."""
        span = SEARCH_SPAN
        while low < below:
            high = min(low + span, below) - 1
            found = self._search(f"{low}:{high}")
            yield from sorted(uid for uid in found if low <= uid <= high)
            low = high + 1
            span = SEARCH_SPAN if found else span * 2  # UIDs may be far apart

    def present(self, uids: Sequence[int]) -> set[int]:
        """Those of the UIDs that are still in the folder."""
        return {uid for some in _chunks(uids) for uid in self._search(",".join(map(str, some)))}.intersection(uids)

    def sizes(self, uids: Sequence[int]) -> Mapping[int, int]:
        """The length of each mail, as the server tells it; one that is gone is left out."""
        with _faults():
            said = self._client.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(parts[b"RFC822.SIZE"]) for uid, parts in said.items() if b"RFC822.SIZE" in parts}

    def bodies(self, uids: Sequence[int], *, at_most: int) -> dict[int, bytes]:
        """The first `at_most` bytes of each mail; one that is gone is left out. Nothing is marked by it."""
        with _faults():  # cut by the server: some tell a size that is not that of what they send
            said = self._client.fetch(uids, [f"BODY.PEEK[]<0.{at_most}>"])
        return {uid: parts[b"BODY[]<0>"] or b"" for uid, parts in said.items() if b"BODY[]<0>" in parts}

    def mark(self, uids: Sequence[int], place: Place) -> None:
        """Set them to read, with our keyword if the folder takes one."""
        flags = [b"\\Seen", KEYWORD] if place.takes_keywords else [b"\\Seen"]
        with _faults():
            for some in _chunks(uids):
                self._client.add_flags(some, flags, silent=True)

    def move(self, uids: Sequence[int], to: str) -> None:
        """Move them to another folder, which is made when it is not there."""
        name = self._spelt(to)
        for some in _chunks(uids):
            try:
                self._move(some, name)
            except ImapRefused:
                with _faults():
                    if self._client.folder_exists(name):
                        raise
                    self._client.create_folder(name)
                self._move(some, name)

    def wait(self, seconds: float, wake: socket.socket) -> None:
        """Return when the server has something to tell, when somebody writes to `wake`, or when the time is over."""
        with _faults(), selectors.DefaultSelector() as events:
            events.register(wake, selectors.EVENT_READ)
            if self.idles:
                self._client.idle()
                events.register(self._client.socket(), selectors.EVENT_READ)
            if not self.idles or not self._has_read_more():
                events.select(seconds)
            if self.idles:
                self._client.idle_done()  # raises when the link is lost, which makes the socket readable too

    def cut(self) -> None:
        """End it at once, from another thread."""
        with suppress(OSError, ValueError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back; no LOGOUT, whose answer a broken server might never send."""
        with suppress(OSError, ValueError, IMAPClientError):
            self._client.shutdown()

    def _start_tls(self, context: ssl.SSLContext) -> None:
        try:
            self._client.starttls(context)
        except ssl.SSLError:
            raise
        except IMAPClientError as error:  # not offered: never go on in clear
            raise TlsFailed(f"STARTTLS: {error}") from error

    def _has_read_more(self) -> bool:
        """News came together with the answer to IDLE: they are in the buffer, and the socket does not tell of them."""
        connection = self._client.socket()
        connection.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            connection.settimeout(self._folder.timeout_seconds)

    def _levels(self) -> str:
        listed = self._client.list_folders("", "")
        separator = listed[0][1] if listed else None
        return separator.decode() if separator else "/"

    def _spelt(self, name: str) -> str:
        """The settings have `/` between the levels of a folder's name, whatever the server has."""
        return name.replace("/", self._separator)

    def _search(self, uids: str) -> list[int]:
        with _faults():
            return [int(uid) for uid in self._client.search(["UID", uids])]

    def _move(self, uids: Sequence[int], name: str) -> None:
        with _faults():
            if b"MOVE" in self._can:
                self._client.move(uids, name)
                return
            self._client.copy(uids, name)
            self._client.add_flags(uids, [b"\\Deleted"], silent=True)
            if b"UIDPLUS" in self._can:  # a plain EXPUNGE would remove what others have marked, too
                self._client.uid_expunge(uids)


def _chunks(uids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (uids[start : start + COMMAND_UIDS] for start in range(0, len(uids), COMMAND_UIDS))


@contextmanager
def _faults() -> Iterator[None]:
    """Name what the library and the socket raise."""
    try:
        yield
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            raise Unreachable(_words(error)) from error
        raise LoginRefused(_words(error)) from error
    except ssl.SSLError as error:
        raise TlsFailed(_words(error)) from error
    except (IMAPClientAbortError, OSError) as error:
        raise Unreachable(_words(error)) from error
    except IMAPClientError as error:
        raise ImapRefused(_words(error)) from error


def _words(error: Exception) -> str:
    said = (str(error) or type(error).__name__)[:300]
    return "".join(mark if mark.isprintable() else "?" for mark in said)  # it is shown on terminals
