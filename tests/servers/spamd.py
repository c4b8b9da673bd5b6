"""A private spamd with Debian's rules: no network tests, learning allowed, a Bayes database of its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import (
    LOOPBACK,
    UNPRIVILEGED_USER,
    ServerMissing,
    find_program,
    free_port,
    make_readable,
    port_answers,
    private_directory,
    process_group,
    wait_until_ready,
)

_SITE_CONFIG = Path("/etc/spamassassin")


@dataclass(frozen=True, slots=True)
class SpamdServer:
    """Where the spamd of a test listens."""

    host: str
    port: int

    @property
    def address(self) -> str:
        """`host:port`, as the settings write it."""
        return f"{self.host}:{self.port}"


@contextmanager
def running_spamd() -> Iterator[SpamdServer]:
    """Start spamd as an unprivileged user, yield it when it answers a PING, and end it; raises ServerMissing."""
    program = find_program("spamd")
    user = UNPRIVILEGED_USER if os.geteuid() == 0 else None
    with private_directory("spamd", owner=user) as directory:
        port = free_port()
        log = directory / "log"
        with process_group(
            [
                program,
                f"--listen={LOOPBACK}:{port}",
                "--local",
                "--allow-tell",
                "--nouser-config",
                f"--siteconfigpath={_write_config(directory)}",
                f"--helper-home-dir={directory}",
                "--min-children=2",
                "--max-children=4",
                "--syslog=stderr",
            ],
            log=log,
            directory=directory,
            user=user,
        ) as process:
            wait_until_ready(
                process,
                lambda: port_answers(port, request=b"PING SPAMC/1.5\r\n\r\n", begins=b"SPAMD/1.5 0 PONG"),
                log=log,
            )
            yield SpamdServer(LOOPBACK, port)


def _write_config(directory: Path) -> Path:
    """The machine's list of plugins, and settings of our own: the machine's local.cf must not change a test's score."""
    config = directory / "config"
    config.mkdir()
    plugins = tuple(_SITE_CONFIG.glob("*.pre"))
    if not plugins:
        raise ServerMissing(f"no SpamAssassin configuration in {_SITE_CONFIG}")
    for plugin_list in plugins:
        shutil.copy(plugin_list, config)
    # bayes_path is a prefix of file names. Learning by itself would let one test's mail change another's score.
    (config / "local.cf").write_text(f"use_bayes 1\nbayes_auto_learn 0\nbayes_path {directory}/bayes\n")
    make_readable(config)
    return config
