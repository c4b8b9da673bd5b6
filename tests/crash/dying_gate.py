"""A gate that kills itself: `python -m tests.crash.dying_gate CONFIG`, at the fail point that DIES_AT names.

It dies as in a power cut of the process: no handler runs, nothing is flushed. The first visits of the place it
survives, so that there is work before, beside and behind the one that it dies in. No fail point stands in the middle
of a file: at HALF_A_FILE the system kills the gate for a file that grows larger than LARGEST_FILE.
"""

import asyncio
import os
import resource
import signal
import sys
from itertools import count
from pathlib import Path

from mailgate.config import load
from mailgate.jobs import FailPoint
from workers.embedded import Running

SURVIVED_VISITS = 2
HALF_A_FILE, LARGEST_FILE = "archive.half-a-file", 2 << 20


def death_at(place: str) -> FailPoint:
    """A fail point at which this process dies, when it comes there once more than it survives."""
    visits = count()

    def fail_point(name: str) -> None:
        if name == place and next(visits) == SURVIVED_VISITS:
            os.kill(os.getpid(), signal.SIGKILL)

    return fail_point


async def serve(config: Path, dies_at: str) -> None:
    """Serve until death."""
    if dies_at == HALF_A_FILE:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))

    await Running(load(config, os.environ), fail_point=death_at(dies_at)).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), os.environ["DIES_AT"]))
