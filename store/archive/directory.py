"""A directory as the place of large blobs; several hosts may share it, over NFS for one.

A file has its name only when it is whole and on the disk. Until then its name tells whose it is:
`<sha256>.<process>.<random>.<host>.tmp`.
"""

import math
import os
import re
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from store.archive.objects import ArchiveUnavailable, MissingBlob, Stored

UNFINISHED_SECONDS = 3600.0
"""A file of this host that is still unfinished after so long belongs to nobody: the process that wrote it is dead."""

UNFINISHED_ELSEWHERE_SECONDS = 86_400.0
"""The same for another host's: its clock, and that of the server that keeps the files, may differ from ours."""

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class Directory:
    """Each blob is a file, in one of 256 directories by the beginning of its digest. Implements `Objects`."""

    def __init__(self, path: Path, *, host: str | None = None) -> None:
        self._path = path
        self._host = (host or socket.gethostname()).replace("/", "_")

    @property
    def place(self) -> str:
        """The path."""
        return str(self._path)

    def put(self, sha256: str, raw: bytes) -> None:
        """Write and fsync the file, then its name. Raises OSError."""
        path = self.file(sha256)
        if not path.exists():
            self._write(path, raw)
        self._sync_names(path)

    def get(self, sha256: str) -> bytes:
        """The bytes of the file. Raises MissingBlob, ArchiveUnavailable."""
        try:
            return self.file(sha256).read_bytes()
        except FileNotFoundError as error:
            if not self._path.is_dir():
                raise ArchiveUnavailable(f"the directory of the archive is not there: {self._path}") from error
            raise MissingBlob(f"no file for blob {sha256} below {self._path}") from error
        except OSError as error:
            raise ArchiveUnavailable(f"blob {sha256} cannot be read: {error}") from error

    def size(self, sha256: str) -> int | None:
        """The size of the file. Raises ArchiveUnavailable."""
        try:
            return self.file(sha256).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ArchiveUnavailable(f"blob {sha256} cannot be looked at: {error}") from error

    def remove(self, sha256: str) -> None:
        """Remove the file. Raises OSError."""
        self.file(sha256).unlink(missing_ok=True)

    def listing(self) -> Iterator[Stored]:
        """The finished files. Raises ArchiveUnavailable."""
        with _told_apart(self._path):
            rooms = sorted(path for path in self._path.glob("??") if path.is_dir())
        for room in rooms:
            with _told_apart(room):
                names = sorted(name for name in os.listdir(room) if _DIGEST.match(name))
            for name in names:
                with suppress(FileNotFoundError), _told_apart(room):  # erased meanwhile
                    found = (room / name).stat()
                    yield Stored(name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def remove_unfinished(self) -> int:
        """Remove the files whose writers died in the middle; returns their number.

        A younger one may be in the hands of another process, such as `mailgate receive`, or of another host. Raises
        OSError.
        """
        now = time.time()
        abandoned = [path for path in self._path.glob("??/*.tmp") if now - _last_written(path) > self._patience(path)]
        for path in abandoned:
            path.unlink(missing_ok=True)
        return len(abandoned)

    def file(self, sha256: str) -> Path:
        """Where the file of a blob is, or would be."""
        return self._path / sha256[:2] / sha256

    def _patience(self, unfinished: Path) -> float:
        is_ours = unfinished.name.split(".", 3)[3:] == [f"{self._host}.tmp"]
        return UNFINISHED_SECONDS if is_ours else UNFINISHED_ELSEWHERE_SECONDS

    def _write(self, path: Path, raw: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.{self._host}.tmp")
        try:
            with open(unfinished, "xb", opener=_private) as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def _sync_names(self, path: Path) -> None:
        # A name is durable only when its directory is, and the directories that were just made when theirs are. Also
        # for a file that was there: whoever wrote it may not have come so far yet.
        for directory in (path.parent, self._path, self._path.parent):
            handle = os.open(directory, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


@contextmanager
def _told_apart(path: Path) -> Iterator[None]:
    """A file that is gone is one thing, a disk or server that does not answer another."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ArchiveUnavailable(f"{path} cannot be listed: {error}") from error


def _last_written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # finished meanwhile
        return math.inf


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
