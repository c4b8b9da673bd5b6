"""django-helpdesk, the quickest peer that we found for mail to ticket: installed, and run in a process of its own."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench import letters
from bench.letters import Letter
from bench.peer import Unavailable, interpreter
from bench.program import Failed
from bench.run import Run

NAME = "django-helpdesk"
LOCK = Path(__file__).with_name("django-helpdesk.lock")
ROOT = Path(__file__).parents[1]


class Helpdesk:
    """An installed django-helpdesk with an empty database; each rate is measured on a copy of it."""

    def __init__(self, run: Run) -> None:
        """Raises Unavailable."""
        self._python = interpreter(run.peers / NAME, LOCK, install=run.install)
        self._directory = run.room(NAME)
        if said := self._worker("prepare")[1]:
            raise Unavailable(f"does not start here: {said.splitlines()[-1]}")

    def rate(self, warm: Sequence[Letter], mails: Sequence[Letter]) -> float:
        """How many mails a second become part of a ticket, one after another, after those of `warm`.

        Raises Failed when one of them did not.
        """
        files = self._directory / "warm.mails", self._directory / "measured.mails"
        for path, some in zip(files, (warm, mails), strict=True):
            letters.save(some, path)
        output, errors = self._worker("settle", *map(str, files))
        if errors:
            raise Failed(f"{NAME}: {errors.splitlines()[-1]}")
        found = json.loads(output)
        wanted = len(warm) + len(mails), sum(b"\nIn-Reply-To:" not in one.raw for one in (*warm, *mails))
        if (found["messages"], found["tickets"]) != wanted:
            raise Failed(f"{NAME}: {found['messages']} mails on {found['tickets']} tickets, not {wanted}")
        return float(len(mails) / found["seconds"])

    def _worker(self, *arguments: str) -> tuple[str, str]:
        """What the worker prints; an error's words when it fails."""
        command = [str(self._python), "-m", "bench.helpdesk_worker", str(self._directory), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=ROOT, env=_environment(), timeout=1800
        )
        return done.stdout, (done.stderr.strip() or f"exit {done.returncode}") if done.returncode else ""


def _environment() -> dict[str, str]:
    """Ours without what would let the peer find packages of this program's environment."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
