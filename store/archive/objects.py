"""Objects: where the large blobs of a store are, as the archive asks for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mailgate.errors import Permanent, Temporary


class MissingBlob(Permanent):
    """A row names bytes that the archive does not have: it was not restored with the database."""


class ArchiveUnavailable(Temporary):
    """The archive does not answer, or not as it should; the same may well work later."""

    reply = "451 4.3.0 Please try again later"


@dataclass(frozen=True, slots=True)
class Stored:
    """One object as it is listed."""

    sha256: str
    size: int
    written_at: datetime  # by the clock of whoever keeps it


class Objects(Protocol):
    """Large blobs by the SHA-256 of their bytes, for any number of threads, processes and hosts at the same time.

    None is changed. All methods wait for a disk or a network, within bounded time: call them outside transactions.
    """

    @property
    def place(self) -> str:
        """Where that is, for people."""
        ...

    def put(self, sha256: str, raw: bytes) -> None:
        """Keep the bytes; when this returns they are durable. The same bytes again change nothing.

        Raises OSError or ArchiveUnavailable; then nothing of them can be seen.
        """
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes with this digest, as they are kept. Raises MissingBlob, ArchiveUnavailable."""
        ...

    def size(self, sha256: str) -> int | None:
        """How many bytes there are; None when there is no such object. Raises ArchiveUnavailable."""
        ...

    def remove(self, sha256: str) -> None:
        """Remove an object, if it is there. Raises OSError or ArchiveUnavailable."""
        ...

    def listing(self) -> Iterator[Stored]:
        """All of them, each once, by digest; what comes or goes meanwhile may be left out.

        Raises ArchiveUnavailable, also after some.
        """
        ...

    def remove_unfinished(self) -> int:
        """Remove what writers left that died in the middle; returns how many. Raises OSError or ArchiveUnavailable."""
        ...
