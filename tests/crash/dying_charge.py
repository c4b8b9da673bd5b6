"""A program that does what is due at an instant, and is killed at a fail point; run by `test_killed_charge`."""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from mailgate.wiring import build
from tests.crash.charging import settings_of

directory, port, url, at, fatal, *store = sys.argv[1:]


def die(name: str) -> None:
    """As the kernel has it: nothing is caught, nothing is cleaned up."""
    if name == fatal:
        os.kill(os.getpid(), signal.SIGKILL)


parts = build(settings_of(Path(directory), int(port), url, store), lambda *_: None, fail_point=die)
parts.run_due(datetime.fromisoformat(at))
