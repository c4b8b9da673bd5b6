"""mailgate installed by the commands of a page: a system user, files and programs of its own, below one directory.

What a test cannot or must not do is done by other means: packages are those of the checkout, the service is started as
its unit says, and Postfix is a private one. A command that nobody has thought of here is not given at all.
"""

import os
import pwd
import secrets
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.postfix import start_postfix
from tests.servers.process import (
    LOOPBACK,
    UNPRIVILEGED_USER,
    ServerMissing,
    find_program,
    private_directory,
    process_group,
    wait_until_ready,
)

ROOT = Path(__file__).parents[2]
USER = "mailgate"

_MOVED = (
    "/opt/mailgate",
    "/var/lib/mailgate",
    "/var/backups/mailgate",
    "/usr/local/bin",
    "/etc/systemd",
    "/etc/postfix",
)
_PACKAGES = ("mailgate", "store", "workers", "webview", "templates", "config.toml")
_GIVEN = frozenset({"useradd", "install", "runuser", "cat", "postfix", USER})
"""First words of commands that are given as they stand, but for paths and the user's name."""


@dataclass
class Installation:
    """A machine on which the commands are given one after the other."""

    home: Path
    user: str  # in place of the name that the page has
    relayhost: str  # where all mail goes that is not for the gate
    postfix_port: int
    options: Sequence[str]  # of `mailgate init`, which asks on a terminal
    environment: Mapping[str, str]  # free ports, a name server, and no waiting
    _running: ExitStack
    said: dict[str, str] = field(default_factory=dict)  # by each command as the page has it

    def give(self, line: str) -> None:
        """One line of the page."""
        command = line.partition("  #")[0].strip()
        if not command:
            return
        for beginning, instead in self._instead.items():
            if command.startswith(beginning):
                instead(command)
                return
        words = shlex.split(command)
        assert words[0] in _GIVEN, f"nobody has thought of this one here: {command}"
        more = self.options if "init" in words else ()
        self.said[command] = self._run(shlex.join(words + list(more)) if ">>" not in words else command, words[0])

    def asks(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """A command of the installed `mailgate`, by its wrapper, as root gives it; whatever its exit code."""
        return self._as_root([str(self.path("/usr/local/bin/mailgate")), *words])

    def path(self, named: str) -> Path:
        """Where a path of the page is on this machine."""
        return Path(self._moved(named))

    @property
    def _instead(self) -> Mapping[str, Callable[[str], None]]:
        return {
            "apt-get install ": _look_for_packages,
            "python3 -m venv ": self._make_environment,
            "/opt/mailgate/bin/pip install ": _is_a_command_of_pip,
            "systemctl daemon-reload": lambda _: None,
            "systemctl enable --now ": self._start_service,
            "systemctl reload postfix": self._start_postfix,
            "postfix check": lambda _: None,  # of the machine's own; ours is started with the same settings
        }

    def _as_root(self, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        environment = {"PATH": f"{self.path('/usr/local/bin')}:{os.environ['PATH']}:/usr/sbin", **self.environment}
        return subprocess.run(
            command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False, timeout=120
        )

    def _moved(self, text: str) -> str:
        for path in _MOVED:
            text = text.replace(path, f"{self.home}/{path.strip('/').replace('/', '-')}")
        return text

    def _run(self, command: str, program: str) -> str:
        words = [self.user if word == USER and at else word for at, word in enumerate(self._moved(command).split(" "))]
        done = self._as_root(["/bin/sh", "-c", " ".join(words)])
        is_told = program == USER and "doctor" in words  # it has something to say of a domain to play with
        assert done.returncode == 0 or is_told, (command, done.stdout, done.stderr)
        return done.stdout

    def _make_environment(self, command: str) -> None:
        """As `venv` does, with the packages of the checkout in place of pip's."""
        place = self.path(command.rpartition(" ")[2])
        python = _python_for_everybody()
        subprocess.run([python, "-m", "venv", "--without-pip", str(place)], check=True, timeout=60)
        [packages] = place.glob("lib/python3*/site-packages")
        ours = Path(next(path for path in sys.path if path.endswith("site-packages")))
        if _can_read(ours) and _can_read(ROOT):
            (packages / "checkout.pth").write_text(f"{ours}\n{ROOT}\n")
        else:
            shutil.copytree(ours, packages, dirs_exist_ok=True)
            for name in _PACKAGES:
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, packages / name)
        script = place / "bin" / USER
        script.write_text(f"#!{place}/bin/python\nimport sys\nfrom mailgate.cli.main import run\nsys.exit(run())\n")
        script.chmod(0o755)

    def _start_service(self, command: str) -> None:
        """As systemd reads its unit: the program, its user, its mask, and that it says when it is ready."""
        unit = self.path(f"/etc/systemd/system/{command.rpartition(' ')[2]}.service")
        settings = dict(line.split("=", 1) for line in unit.read_text().splitlines() if "=" in line)
        assert settings["User"] == self.user
        log = self.home / "service.log"
        mask = os.umask(int(settings["UMask"], 8))
        try:
            process = self._running.enter_context(
                process_group(
                    shlex.split(settings["ExecStart"]),
                    log=log,
                    directory=self.home,
                    user=self.user,
                    environment=self.environment,
                )
            )
        finally:
            os.umask(mask)
        wait_until_ready(process, lambda: b"\nready\n" in b"\n" + log.read_bytes(), log=log)

    def _start_postfix(self, _command: str) -> None:
        main_cf = self.path("/etc/postfix/main.cf").read_text()
        postfix = start_postfix(relayhost=self.relayhost, main_cf=main_cf, port=self.postfix_port)
        self._running.callback(postfix.stop)


@contextmanager
def machine(
    *, relayhost: str, postfix_port: int, options: Sequence[str], environment: Mapping[str, str]
) -> Iterator[Installation]:
    """One with nothing on it; at the end everything is gone again, the user too.

    Raises ServerMissing without root, Postfix, or a Python that every user can run.
    """
    if os.geteuid() != 0:
        raise ServerMissing("a system user can only be made by root")
    for program in ("postfix", "useradd", "userdel", "runuser"):
        find_program(program)
    _python_for_everybody()
    user = f"mailgate-{secrets.token_hex(4)}"
    with private_directory("installed") as home, ExitStack() as running:
        running.callback(_remove_user, user)
        made = Installation(home, user, relayhost, postfix_port, options, environment, running)
        for directory in ("/usr/local/bin", "/etc/systemd/system", "/etc/postfix"):
            made.path(directory).mkdir(parents=True)
        yield made


def _look_for_packages(command: str) -> None:
    """Those that the page names are what the commands below it use; they are installed already."""
    assert {"python3-venv", "postfix"} <= set(command.split(" ")), command


def _is_a_command_of_pip(command: str) -> None:
    assert "requirements.lock" in command or command.endswith(" ."), command


def _python_for_everybody() -> str:
    """An interpreter of our own version that a system user may run: one in root's home is none."""
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    look = ["-c", "import sys; print('.'.join(map(str, sys.version_info[:2])))"]
    for python in (os.path.realpath(sys.executable), "/usr/bin/python3", f"/usr/bin/python{wanted}"):
        if _as_nobody([python, *look]) == wanted:
            return python
    raise ServerMissing(f"no Python {wanted} that every user can run")


def _can_read(directory: Path) -> bool:
    return _as_nobody(["test", "-r", str(directory / ".")]) is not None


def _as_nobody(command: Sequence[str]) -> str | None:
    """What it prints; None where it fails."""
    done = subprocess.run(
        ["runuser", "-u", UNPRIVILEGED_USER, "--", *command], capture_output=True, text=True, check=False, cwd="/"
    )
    return done.stdout.strip() if done.returncode == 0 else None


def _remove_user(user: str) -> None:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return
    subprocess.run(["userdel", user], check=True, capture_output=True)


def loopback(port: int) -> str:
    """An address of this machine."""
    return f"{LOOPBACK}:{port}"
