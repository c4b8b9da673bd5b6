"""Where a run of the tests writes: in memory, on a machine that has the room."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # tmpfs(5), on every Linux
ROOM_BYTES = 4 << 30
"""Far more than a run has at one time: what a test wrote is removed when it has passed."""


def write_to_memory() -> None:
    """Put the temporary files of this process, and of those that it starts, in memory. Whoever sets TMPDIR has his way.

    Each test makes files by the dozen, each database of a PostgreSQL some hundreds, and a real disk takes as long for
    that as the tests do for all else. What survives a machine without power no test can tell, on a disk neither.
    """
    if "TMPDIR" not in os.environ and _has_room():
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked before, it would not look again


def _has_room() -> bool:
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)):
        return False
    runs_programs = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC  # some tests write one and start it
    return runs_programs and min(shutil.disk_usage(MEMORY).free, _available_bytes()) > ROOM_BYTES


def _available_bytes() -> int:
    """Memory that nobody has, or that is only lent to a cache: proc_meminfo(5)."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return 1024 * int(kilobytes)
