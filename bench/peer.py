"""Programs of others that ours is measured against: each in a virtual environment of its own, made on first use."""

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from bench.run import tell

HOME = Path(__file__).parents[1] / ".venv-peers"
"""Where the environments are, beside our own; git ignores it and `make clean` removes it."""

INSTALL_SECONDS = 600.0
_STAMP = "installed"


class Unavailable(RuntimeError):
    """The peer is not here and could not be installed; the words say why."""


def interpreter(home: Path, lock: Path, *, install: bool = True) -> Path:
    """The Python of an environment with exactly what `lock` names; installs it when it is not there or is another's.

    Raises Unavailable. What a failed attempt leaves behind counts for nothing.
    """
    python, stamp = home / "bin" / "python", home / _STAMP
    wanted = sha256(lock.read_bytes()).hexdigest()
    if python.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return python
    if not install:
        raise Unavailable("is not installed, and nothing is to be installed")
    tell(f"installing {lock.stem} below {home.parent}")
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    _do([sys.executable, "-m", "venv", "--without-pip", str(home)])
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install", "-qq"]
    # Two tries are enough: without a network the others would be spent waiting.
    _do([*pip, "--require-hashes", "--retries", "1", "--timeout", "20", "-r", str(lock)])
    stamp.write_text(wanted)
    return python


def _do(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"could not be installed: {error}") from error
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise Unavailable(f"could not be installed: {said[-1].strip() if said else f'exit {done.returncode}'}")
