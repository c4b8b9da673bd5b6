"""`python -m tests.fuzz`: mails by chance until the time is over; faults and slow ones are kept.

Every mail follows from the seed and its number, so a find can be made again; the finds are files in `--keep` as well.
"""

import argparse
import signal
import sys
import time
import traceback
from pathlib import Path
from random import Random
from types import FrameType

from mailgate.mail.inspection import facts_of
from tests.fuzz.grammar import mail, mutated
from tests.mail.contract import assert_fulfils
from tests.mail.yardstick import slowness

LIMIT_BYTES = 100_000
LIMIT_SECONDS = 1.0  # of the core that tests.mail.yardstick names
_HANGING_SECONDS = 20.0


class Hanging(BaseException):
    """A mail took so long that its reading was broken off; no `except Exception` on the way hides it."""


def find_fault(raw: bytes) -> str | None:
    """What is wrong with the reading of this mail; None when nothing is."""
    start = time.process_time()
    try:
        assert_fulfils(facts_of(raw))
    except (Exception, Hanging):  # noqa: BLE001 - this is what is looked for
        return traceback.format_exc()
    took = time.process_time() - start
    if took <= LIMIT_SECONDS or took <= LIMIT_SECONDS * (slower := slowness()):
        return None
    return f"took {took:.1f} s, where {LIMIT_SECONDS * slower:.1f} s are allowed"


def made(seed: int, number: int) -> bytes:
    """The mail of this number."""
    random = Random(f"{seed}/{number}")
    return mutated(random, mail(random), mail(random), LIMIT_BYTES)


def main() -> int:
    """Exit 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="how long (default: ten minutes)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="default: by the clock")
    parser.add_argument("--keep", type=Path, default=Path("var/fuzz"), help="where the mails go that were found")
    arguments = parser.parse_args()
    signal.signal(signal.SIGALRM, _break_off)
    end = time.monotonic() + arguments.seconds
    kinds: set[str] = set()
    number, slowest = 0, 0.0
    while time.monotonic() < end:
        raw = made(arguments.seed, number)
        start = time.process_time()
        signal.setitimer(signal.ITIMER_REAL, _HANGING_SECONDS)
        fault = find_fault(raw)
        signal.setitimer(signal.ITIMER_REAL, 0)
        slowest = max(slowest, time.process_time() - start)
        if fault:
            kind = "\n".join(fault.splitlines()[-4:])
            if kind not in kinds:
                kinds.add(kind)
                arguments.keep.mkdir(parents=True, exist_ok=True)
                path = arguments.keep / f"{arguments.seed}-{number}.eml"
                path.write_bytes(raw)
                print(f"{path}:\n{fault}", flush=True)
        number += 1
    print(f"{number} mails with seed {arguments.seed}, slowest {slowest:.2f} s, {len(kinds)} kinds of faults")
    return 1 if kinds else 0


def _break_off(signum: int, frame: FrameType | None) -> None:
    raise Hanging


if __name__ == "__main__":
    sys.exit(main())
