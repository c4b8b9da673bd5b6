"""A program that does what is due at an instant, and is killed before a statement; run by `test_killed_ladder`."""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import event

from mailgate.wiring import build
from tests.gate import settings_for

directory, port, at, fatal = Path(sys.argv[1]), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]), sys.argv[4]

parts = build(settings_for(directory, port), lambda *_: None)


def die(*_: object) -> None:
    """As the kernel has it: nothing is caught, nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


if fatal == "COMMIT":
    seen: list[bool] = []
    event.listen(
        parts.engine,
        "before_cursor_execute",
        lambda _c, _u, words, *_: seen.append("dunning_steps" in words and words.startswith("INSERT")),
    )
    event.listen(parts.engine, "commit", lambda _conn: die() if any(seen) else None)
else:
    event.listen(parts.engine, "before_cursor_execute", lambda _c, _u, words, *_: die() if fatal in words else None)
parts.run_due(at)
