"""The real `mailgate serve` as a process of its own, and the commands that look at its store meanwhile."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from mailgate.cli.main import mailgate
from tests.servers.process import LOOPBACK, process_group, wait_until, wait_until_ready

Row = dict[str, Any]

_LISTENING = re.compile(r"listening door=lmtp host=(\S+) port=(\d+)")

_SETTINGS = """\
[store]
url = "sqlite:///mailgate.db"
archive = "archive"

[smtp]
listen = ""

[lmtp]
listen = "{lmtp}"

[web]
listen = ""

[smarthost]
address = "{smarthost}"
tls = "none"

[desk_rules]
undo_seconds = 0

[limits]
min_free_bytes = 0
"""


@dataclass(frozen=True, slots=True)
class GateProgram:
    """A gate in a directory: its settings and store, whether `serve` runs or not."""

    directory: Path

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.directory / "config.toml"

    def configure(self, *, smarthost: str, lmtp: str = f"{LOOPBACK}:0") -> None:
        """Write the settings; `lmtp` is where it listens, with port 0 for one that the system chooses."""
        self.config.write_text(_SETTINGS.format(smarthost=smarthost, lmtp=lmtp))

    def prints(self, *words: str) -> bytes:
        """What a command writes to its standard output; it must exit 0. It runs in this process, for speed."""
        result = CliRunner().invoke(mailgate, ["--config", str(self.config), *words])
        assert result.exit_code == 0, (words, result.stderr, result.exception)
        return result.stdout_bytes

    def rows(self, *words: str) -> list[Row]:
        """What a list command prints as JSON."""
        found = json.loads(self.prints(*words, "--json"))
        assert isinstance(found, list)
        return found

    def row(self, *words: str) -> Row:
        """What a command that shows or makes one object prints as JSON."""
        found = json.loads(self.prints(*words, "--json"))
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True, slots=True)
class Serving:
    """A running `mailgate serve`."""

    process: "subprocess.Popen[bytes]"
    log_file: Path

    @property
    def log(self) -> str:
        """All that it has written to its standard error and output."""
        return self.log_file.read_text(errors="replace")

    @property
    def lmtp(self) -> tuple[str, int]:
        """Where it takes LMTP: host and port, from its log, since the system chose the port."""
        found = _LISTENING.search(self.log)
        assert found, self.log
        return found[1], int(found[2])

    @property
    def exit_code(self) -> int | None:
        """Its exit code, negative for the signal that killed it; None while it runs."""
        # Looks only: the process id stays taken until `process_group` has ended the whole group.
        ended = os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return None
        return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status

    def terminate(self) -> int:
        """Ask it to drain and end, as an operator does; returns its exit code."""
        os.kill(self.process.pid, signal.SIGTERM)
        wait_until(lambda: self.exit_code is not None, what="serve drained", within_seconds=40)
        assert self.exit_code is not None
        return self.exit_code


@contextmanager
def serving(gate: GateProgram) -> Iterator[Serving]:
    """Start `mailgate serve` in the gate's directory; it is ready inside the block and gone behind it."""
    log = gate.directory / f"serve-{len(list(gate.directory.glob('serve-*.log')))}.log"
    command = [str(Path(sys.executable).with_name("mailgate")), "--config", str(gate.config), "serve"]
    with process_group(command, log=log, directory=gate.directory) as process:
        wait_until_ready(process, lambda: "ready" in log.read_text().splitlines(), log=log)
        yield Serving(process, log)
