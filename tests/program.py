"""The real `mailgate` as a subprocess, with settings of its own: `serve` until it is ready, others to their end."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from mailgate.cli.main import mailgate
from tests.empty_store import put_empty_store
from tests.servers.process import LOOPBACK, free_port, process_group, wait_until, wait_until_ready

MAILGATE = str(Path(sys.executable).with_name("mailgate"))

Row = dict[str, Any]
Sections = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Serving:
    """A program that serves, and what it wrote so far."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def is_running(self) -> bool:
        """It has not ended, of itself or by a signal."""
        return self._end() is None

    def terminate(self) -> None:
        """SIGTERM, as a service manager sends it."""
        os.kill(self.process.pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: no handler runs."""
        os.kill(self.process.pid, signal.SIGKILL)

    def exit_code(self, *, within_seconds: float = 30.0) -> int:
        """Wait for the end; the exit code, or minus the number of the signal that ended it."""
        wait_until(lambda: self._end() is not None, what="the end of the program", within_seconds=within_seconds)
        end = self._end()
        assert end is not None
        return end.si_status if end.si_code == os.CLD_EXITED else -end.si_status

    def _end(self) -> "os.waitid_result | None":
        # Looks only: whoever started the process group waits for it.
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)


@dataclass(frozen=True)
class Program:
    """One configuration in a directory, and the commands run with it."""

    directory: Path
    smtp_port: int
    lmtp_port: int

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.directory / "config.toml"

    @property
    def database(self) -> Path:
        """The store's file."""
        return self.directory / "var" / "mailgate.db"

    def set(self, section: str, **values: object) -> None:
        """Add settings, or replace them; for programs that start later."""
        settings = tomllib.loads(self.config.read_text())
        settings[section] = {**settings.get(section, {}), **values}
        self.config.write_text("\n".join(_toml(settings)) + "\n")

    @contextmanager
    def serve(self, *options: str) -> Iterator[Serving]:
        """`mailgate serve`, ready; ended with the block if it has not ended by then."""
        with self.beside("serve", *options) as serving:
            yield serving

    @contextmanager
    def beside(self, *command: str) -> Iterator[Serving]:
        """One more program of this gate, such as `worker`, ready; ended with the block as `serve` is."""
        with self.start(MAILGATE, "--config", str(self.config), *command) as serving:
            yield serving

    @contextmanager
    def start(self, *command: str, environment: Mapping[str, str] | None = None) -> Iterator[Serving]:
        """A program that says `ready` as `serve` does."""
        log = self.directory / f"{len(list(self.directory.glob('*.log')))}.log"
        with process_group(command, log=log, directory=self.directory, environment=environment) as process:
            wait_until_ready(process, lambda: b"\nready\n" in b"\n" + log.read_bytes(), log=log)
            yield Serving(process, log)

    def execute(self, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """One command as a process of its own, to its end, whatever its exit code."""
        command = [MAILGATE, "--config", str(self.config), *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, check=False, cwd=self.directory, timeout=60)

    def run(self, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Result:
        """The same within this process, for speed."""
        return CliRunner().invoke(mailgate, ["--config", str(self.config), *arguments], input=stdin, env=environment)

    def prints(self, *arguments: str) -> bytes:
        """What a command writes to its standard output; it must succeed. Within this process."""
        done = self.run(*arguments)
        assert done.exit_code == 0, (arguments, done.stderr, done.exception)
        return done.stdout_bytes

    def ask(self, *arguments: str) -> Any:
        """The same of a command that prints JSON."""
        return json.loads(self.prints(*arguments, "--json"))

    def rows(self, *arguments: str) -> list[Row]:
        """What a list command prints as JSON."""
        found = self.ask(*arguments)
        assert isinstance(found, list)
        return found


def configured(directory: Path, sections: Sections | None = None, *, has_store: bool = True) -> Program:
    """A program whose store is in `directory`; `sections` replace or add settings.

    The store is there, and empty, as its first command would have made it; without `has_store` that is left to it.
    """
    directory.mkdir(exist_ok=True)
    program = Program(directory, free_port(), free_port())
    if has_store and "url" not in (sections or {}).get("store", {}):
        for made in (program.database.parent, program.database.parent / "archive"):
            made.mkdir(mode=0o700, exist_ok=True)
        put_empty_store(program.database)
    settings: dict[str, dict[str, object]] = {
        "smtp": {"listen": f"{LOOPBACK}:{program.smtp_port}"},
        "lmtp": {"listen": f"{LOOPBACK}:{program.lmtp_port}"},
        "web": {"listen": ""},
        "limits": {"min_free_bytes": 0},
        "desk_rules": {"undo_seconds": 0},
        "authentication": {"verify": "none"},
    }
    for section, values in (sections or {}).items():
        settings[section] = {**settings.get(section, {}), **values}
    program.config.write_text("\n".join(_toml(settings)) + "\n")
    return program


def _toml(settings: Sections) -> Sequence[str]:
    lines = []
    for section, values in settings.items():
        lines.append(f"[{section}]")
        lines.extend(f"{key} = {json.dumps(value)}" for key, value in values.items())
    return lines
