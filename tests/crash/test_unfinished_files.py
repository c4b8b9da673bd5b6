"""A gate killed while it writes a large mail to a file leaves a piece of it, which a later one clears away (F03)."""

import os
import signal
import time
from pathlib import Path

from store.archive import UNFINISHED_SECONDS
from tests.crash.dying_gate import HALF_A_FILE, LARGEST_FILE
from tests.crash.gates import dying
from tests.crash.ledger import Ledger, Sender
from tests.crash.people import ANNE
from tests.program import Program
from tests.servers.process import wait_until


def written_ago(seconds: float, path: Path) -> Path:
    """The file, as if it was last written so long ago."""
    at = time.time() - seconds
    os.utime(path, (at, at))
    return path


def test_half_a_file_goes_at_a_later_start_and_what_may_be_in_hand_stays(program: Program, ledger: Ledger) -> None:
    archive = program.directory / "var" / "archive"
    sender = Sender([ANNE.writes("See the log.", files=[("big.log", "application/octet-stream", bytes(LARGEST_FILE))])])
    with dying(program, HALF_A_FILE, environment={}) as gate:
        sender.try_all(program.smtp_port)
        assert gate.exit_code() == -signal.SIGXFSZ
    [half] = archive.rglob("*.tmp")
    assert (half.stat().st_size, sender.promised) == (LARGEST_FILE, {})
    in_hand = half.with_suffix(".other.tmp")
    in_hand.write_bytes(b"of `mailgate receive`, which is just writing")
    written_ago(UNFINISHED_SECONDS - 60, in_hand)
    written_ago(UNFINISHED_SECONDS + 60, half)

    with program.serve() as gate:
        sender.try_all(program.smtp_port)
        wait_until(ledger.is_quiet, what="all mail settled and sent")
        log = gate.log.read_text()

    assert list(archive.rglob("*.tmp")) == [in_hand]
    assert "unfinished files removed=1" in log
    assert ledger.effects() == {raw: ["opened"] for raw in sender.mails}
    assert ledger.damage() == []
