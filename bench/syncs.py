"""Disk syncs for each accepted mail, counted from outside by strace; they mean the same on every disk."""

import os
import re
import shutil
from collections.abc import Iterator

from bench.letters import plain
from bench.program import prepare, send, serve
from bench.results import SYNCS, Result, left_out
from bench.run import Run, tell

_CALL = re.compile(rb"\b(?:fsync|fdatasync)\(")


def syncs(run: Run) -> Iterator[Result]:
    """Alone and at 50 connections; for acceptance only, then to the settled ticket."""
    strace = shutil.which("strace")
    if strace is None:
        yield left_out("syncs", "disk syncs for each mail", "there is no strace (Debian: apt-get install strace)")
        return
    for workers in run.some((False, True)):
        directory = run.room(f"syncs-{'with' if workers else 'without'}-workers")
        prepare(directory, staff=1)
        calls = directory / "calls"
        # -D: the program stays the child and gets the SIGTERM; --seccomp-bpf: only these calls are slowed down.
        under = [strace, "-D", "-f", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-o", str(calls)]
        with serve(directory, *([] if workers else ["--no-workers"]), under=under) as serving:
            if not calls.exists() or not os.access(calls, os.R_OK):
                yield left_out("syncs", "disk syncs for each mail", "strace may not trace here")
                return
            send(directory, serving.ports["smtp"], plain(run.much(100), f"warm.{workers}"), connections=10)
            for connections, goal in SYNCS.items():
                serving_mails = run.much(500 if connections == 1 else 2000)
                tell(f"syncs: {connections} connections, workers {'running' if workers else 'off'}")
                if workers:
                    serving.wait_settled()
                before = _count(calls.read_bytes())
                mails = plain(serving_mails, f"syncs.{workers}.{connections}")
                send(directory, serving.ports["smtp"], mails, connections=connections)
                if workers:
                    serving.wait_settled()
                each = (_count(calls.read_bytes()) - before) / serving_mails
                where = f"{connections} connection{'s' * (connections > 1)}"
                what = f"{where}, up to the settled ticket" if workers else where
                yield Result("syncs", what, f"{each:.2f} a mail", each, None if workers else goal)


def _count(log: bytes) -> int:
    return len(_CALL.findall(log))
