"""Start a server as a process group of its own, wait until it is ready, and end that group and no other."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

LOOPBACK = "127.0.0.1"
UNPRIVILEGED_USER = "nobody"

_SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_POLL_SECONDS = 0.02
_END_SECONDS = 5.0
_HELD_PORTS = 200  # far more than one test asks for, far fewer than a process may have files

_held: deque[socket.socket] = deque()


class ServerMissing(Exception):
    """A program that a test needs is not installed, or may not be started by this user."""


class NotReady(Exception):
    """Something that was waited for did not happen in time."""


def find_program(name: str) -> str:
    """The full path of a server's program; raises ServerMissing.

    A plain user's PATH lacks the sbin directories, so they are searched too.
    """
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), _SYSTEM_PATH)))
    if found is None:
        raise ServerMissing(f"{name} is not installed; sh tests/servers/install.sh does that on Debian")
    return found


def free_port() -> int:
    """A loopback port that nobody listens on, and that nobody else gets for a while: the kernel picks it.

    The probe stays bound without listening. Linux gives such a port to nobody who asks for any (bind(2) to port 0), and
    lets a server that asks for it by number have it, as SO_REUSEADDR stands on both (socket(7)).
    """
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind((LOOPBACK, 0))
    _held.append(probe)
    if len(_held) > _HELD_PORTS:
        _held.popleft().close()
    port: int = probe.getsockname()[1]
    return port


def wait_until(condition: Callable[[], bool], *, what: str, within_seconds: float = 240.0) -> None:
    """Return as soon as `condition` holds; raises NotReady, naming `what`, when it does not within the time.

    The time ends a wait that is in vain, and measures nothing: on a busy machine everything takes several times longer.
    """
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            raise NotReady(f"not within {within_seconds:g} s: {what}")
        time.sleep(_POLL_SECONDS)


def port_answers(port: int, *, begins: bytes, request: bytes = b"", timeout_seconds: float = 5.0) -> bool:
    """Does the server on this loopback port answer `request` (or its greeting, when that is empty) as expected?"""
    with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=timeout_seconds) as connection:
        connection.sendall(request)
        answer = b""
        while len(answer) < len(begins) and (more := connection.recv(4096)):
            answer += more
        return answer.startswith(begins)
    return False


@contextmanager
def private_directory(name: str, *, owner: str | None = None) -> Iterator[Path]:
    """A directory for one server, removed at the end; `owner` may enter it, which pytest's own tmp_path forbids.

    Other users may pass through it, since some servers change to a user of their own.
    """
    directory = Path(tempfile.mkdtemp(prefix=f"mailgate-{name}-"))
    try:
        directory.chmod(0o755)
        if owner is not None:
            shutil.chown(directory, owner)
        yield directory
    finally:
        # A process that is just dying may still write a last line.
        shutil.rmtree(directory, ignore_errors=True)


def make_readable(directory: Path) -> None:
    """Let every user read what is in this directory, whatever the umask: a server may run as another one."""
    for path in (directory, *directory.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


@contextmanager
def process_group(
    command: Sequence[str],
    *,
    log: Path,
    directory: Path,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    ends_by: signal.Signals = signal.SIGTERM,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server in the foreground, in `directory`, its output added to `log`; its whole group ends with the block.

    `user`, with its group, is taken on before the program starts; only root can ask for one.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env={"PATH": _SYSTEM_PATH, "HOME": str(directory), "LANG": "C", **(environment or {})},
            user=user,
            group=pwd.getpwnam(user).pw_gid if user is not None else None,
            extra_groups=[] if user is not None else None,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        _end(process, ends_by)


def wait_until_ready(
    process: "subprocess.Popen[bytes]", ready: Callable[[], bool], *, log: Path, within_seconds: float = 240.0
) -> None:
    """Wait until a server that was just started is `ready`; raises NotReady, with the end of its log, if not."""
    try:
        wait_until(lambda: _has_ended(process) or ready(), what="server ready", within_seconds=within_seconds)
        if _has_ended(process):
            raise NotReady("server ended at once")
    except NotReady as error:
        raise NotReady(f"{error}: {process.args!r}\n{_end_of(log)}") from None


def _end(process: "subprocess.Popen[bytes]", by: signal.Signals) -> None:
    # The group's id is the leader's process id. It stays taken until the leader is waited for, which happens here and
    # nowhere else: so no stranger is ever hit.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, by)
    deadline = time.monotonic() + _END_SECONDS
    while not _has_ended(process) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _has_ended(process: "subprocess.Popen[bytes]") -> bool:
    """Whether the leader has ended; looks only, and leaves its process id taken."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else ""
