"""A program that imports a bank's file, and is killed before a statement or commit; run by `test_killed_import`."""

import os
import signal
import sys
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import event

from mailgate.billing.payment.camt import read_camt
from mailgate.billing.payment.keyed import keyed
from mailgate.flows.billing.bank.importing import import_lines
from mailgate.wiring import build
from store.billing.bank import FromFile
from tests.crash.charging import kept_in
from tests.gate import settings_for

directory, port, at = Path(sys.argv[1]), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
fatal, times = sys.argv[4], int(sys.argv[5])
left = iter(range(times - 1))


def die_at_last() -> None:
    """As the kernel has it: nothing is caught, nothing is cleaned up."""
    if next(left, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)


parts = build(settings_for(directory, port, **kept_in(sys.argv[6:])), lambda *_: None)
if fatal == "COMMIT":
    event.listen(parts.engine, "commit", lambda _conn: die_at_last())
else:
    event.listen(
        parts.engine, "before_cursor_execute", lambda _c, _u, words, *_: die_at_last() if fatal in words else None
    )
raw = (directory / "bank.xml").read_bytes()
file = FromFile(sha256(raw).hexdigest(), "bank.xml", 1)
import_lines(parts.engine, parts.settings, keyed(read_camt([raw])), file, by="the command line", now=at)
