"""A gate whose spam check raises at some mails and dies of others: `python -m tests.crash.choking_gate CONFIG`.

Its clock runs fast, so that the half minute before a retry can be waited for; TIMES_FASTER says how fast.
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mailgate.cli.logs import configure
from mailgate.config import load
from mailgate.inbound.spamd import OFF, SpamVerdict
from workers.actors import utc_now
from workers.embedded import Running

CHOKES_ON = b"X-Poison: yes"
DIES_OF = b"X-Poison: deadly"
TIMES_FASTER = int(os.environ.get("TIMES_FASTER", "30"))


class Choked(Exception):
    """A mistake in our own code, met by one mail."""


def check_spam(raw: bytes) -> SpamVerdict:
    """Asks nobody."""
    if DIES_OF in raw:
        os.kill(os.getpid(), signal.SIGKILL)  # as a fault in a C library, or the kernel when memory runs out
    if CHOKES_ON in raw:
        raise Choked
    return OFF


async def serve(config: Path) -> None:
    """Serve until somebody ends the process."""
    began = utc_now()

    def clock() -> datetime:
        return began + TIMES_FASTER * (utc_now() - began)

    settings = load(config, os.environ)
    configure(settings.log)
    gate = Running(settings, clock=clock)
    gate.parts = replace(gate.parts, check_spam=check_spam)
    await gate.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
