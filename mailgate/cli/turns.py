"""A command that writes much beside a gate that serves: SQLite lets no writer queue, so it stands back by itself."""

import time

from mailgate.config import Settings
from mailgate.jobs import Computing, alone
from store.keeping import serving


class TakingTurns:
    """Held while one batch is written, and then not for as long as that took.

    Whoever waits for the lock of a file only looks now and then whether it is free. A command that writes batch upon
    batch keeps it from the doors of the gate for seconds, and mail is put off.
    """

    def __init__(self) -> None:
        self._since = 0.0

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        time.sleep(time.monotonic() - self._since)


def turns_beside(settings: Settings) -> Computing:
    """Turns where some other process serves the same file; else nobody waits for this one."""
    is_beside = settings.store.is_embedded and serving.is_taken(settings.store.archive)
    return TakingTurns() if is_beside else alone
