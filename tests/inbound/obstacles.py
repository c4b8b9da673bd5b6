"""Archives that fail and pauses at a fail point, to be passed to an acceptance."""

import threading
from pathlib import Path

from store.archive import Archive, Blob, Directory


class BrokenArchive(Archive):
    """Every write fails with `error`, until the test mends it."""

    def __init__(self, directory: Path, error: Exception) -> None:
        super().__init__(Directory(directory))
        self._error = error
        self.mended = False

    def prepare(self, raw: bytes) -> Blob:
        if not self.mended:
            raise self._error
        return super().prepare(raw)


class SlowArchive(Archive):
    """Its disk takes no large message until the test lets it."""

    def __init__(self, directory: Path, *, larger_than: int) -> None:
        super().__init__(Directory(directory))
        self._larger_than = larger_than
        self.reached = threading.Event()
        self.may_go_on = threading.Event()

    def prepare(self, raw: bytes) -> Blob:
        if len(raw) > self._larger_than:
            self.reached.set()
            assert self.may_go_on.wait(20)
        return super().prepare(raw)


class Pause:
    """A fail point at which the work stops, each time, until the test lets it go on for good."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.reached = threading.Event()
        self.may_go_on = threading.Event()

    def __call__(self, name: str) -> None:
        if name == self._name:
            self.reached.set()
            assert self.may_go_on.wait(20)
