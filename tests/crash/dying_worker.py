"""A worker by itself that kills itself: `python -m tests.crash.dying_worker CONFIG`, at the fail point DIES_AT.

As `tests.crash.dying_gate` does; it has no doors.
"""

import asyncio
import os
import sys
from pathlib import Path

from mailgate.config import load
from tests.crash.dying_gate import death_at
from workers.main import worker


async def work(config: Path, dies_at: str) -> None:
    """Work until death."""
    await worker(load(config, os.environ), fail_point=death_at(dies_at)).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), os.environ["DIES_AT"]))
