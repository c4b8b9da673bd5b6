"""Memory of `serve` in MiB: idle, its peak while 10,000 mails come in within a minute, and with one mail of 35 MB."""

import time
from collections.abc import Iterator

from bench.burst import BURST, BURST_SECONDS
from bench.letters import Letter, large, mix
from bench.program import Serving, prepare, send, serve
from bench.results import MEMORY_BURST, MEMORY_IDLE, MEMORY_LARGE, Result, left_out
from bench.run import Run, tell
from bench.usage import has_proc, mebibytes

IDLE_AFTER_SECONDS = 3.0
LARGE_BYTES, QUICK_BYTES = 35_000_000, 2_000_000


def memory(run: Run) -> Iterator[Result]:
    """Each in a process of its own, so that no peak hides another. Resident pages, the shared ones too."""
    if not has_proc():
        yield left_out("memory", "memory of serve", "the system has no /proc")
        return
    mails = run.much(BURST)
    rate = BURST / BURST_SECONDS
    burst = mix(mails, "burst")
    for what, letters, rate_wanted, goal in (
        (f"{mails:,} mails in {mails / rate:.0f} s", burst, rate, MEMORY_BURST),
        ("a mail of 35 MB", [large(QUICK_BYTES if run.quick else LARGE_BYTES)], 0.0, MEMORY_LARGE),
    ):
        directory = run.room(f"memory-{len(letters)}")
        prepare(directory, staff=1)
        with serve(directory) as serving:
            time.sleep(0 if run.quick else IDLE_AFTER_SECONDS)
            idle = mebibytes(serving.process.pid, "VmRSS")
            if letters is burst:
                yield Result("memory", "idle", f"{idle:.0f} MiB", idle, MEMORY_IDLE)
            tell(f"memory: {what}")
            seconds = _work(serving, letters, rate_wanted)
            peak = mebibytes(serving.process.pid, "VmHWM")
        measured = f"+{peak - idle:.0f} MiB (peak {peak:.0f}), settled after {seconds:.0f} s"
        yield Result("memory", what, measured, peak - idle, goal, {"idle": idle, "peak": peak, "seconds": seconds})


def _work(serving: Serving, letters: list[Letter], rate: float) -> float:
    begin = time.perf_counter()
    send(serving.directory, serving.ports["smtp"], letters, connections=min(10, len(letters)), rate=rate)
    return serving.wait_settled() - begin
