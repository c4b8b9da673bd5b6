"""Which process works on an embedded store: a lock on a file in its archive, gone with the process that holds it."""

import fcntl
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

LOCK_NAME = "serve.lock"

_PATIENCE_SECONDS, _POLL_SECONDS = 0.5, 0.02


def take(archive: Path, name: str = LOCK_NAME) -> IO[str] | None:
    """Hold the store, or what `name` stands for, until the file is closed; None when another process does.

    Somebody who just looks holds it for an instant too, so it is tried for a moment.
    """
    file = (archive / name).open("w")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        if time.monotonic() > deadline:
            file.close()
            return None
        time.sleep(_POLL_SECONDS)


def is_taken(archive: Path) -> bool:
    """Another process holds the store."""
    try:
        with (archive / LOCK_NAME).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
