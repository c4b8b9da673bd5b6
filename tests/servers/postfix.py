"""A private Postfix: a front that delivers domains by LMTP, a smarthost that relays to a sink, or both.

Nothing leaves the machine: what has neither an LMTP server nor a relayhost is refused for good.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.servers.process import (
    LOOPBACK,
    ServerMissing,
    find_program,
    free_port,
    make_readable,
    port_answers,
    private_directory,
    process_group,
    wait_until_ready,
)

NextHops = str | Sequence[str]
"""Where a domain's mail goes: one `host:port`, or several that it is spread over, each a way out when others fail."""

_PRIVATE_QUEUES = (
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "private",
    "saved",
    "trace",
)

# No service runs in a chroot (5th column): that would need a copy of the system's resolver files.
_SERVICES = """\
{listen} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
showq unix n - n - - showq
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

_SETTINGS = """\
compatibility_level = 3.6
queue_directory = {directory}/queue
data_directory = {directory}/data
maillog_file = {directory}/log
maillog_file_prefixes = {directory}
myhostname = front.test
mydestination =
alias_maps =
alias_database =
inet_interfaces = {loopback}
inet_protocols = ipv4
mynetworks = {loopback}/32
# Longer than any mail of a test: the limit under test is mailgate's.
message_size_limit = 0
# A machine without network must not wait for its resolver.
smtpd_peername_lookup = no
relay_domains = {domains}
transport_maps = {transport_maps}
relayhost = {relayhost}
default_transport = {default_transport}
"""


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """One mail that Postfix still has: `recipients` are those not yet delivered to, each with its reason for delay."""

    queue_id: str
    queue_name: str
    sender: str
    recipients: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running instance; SMTP clients on loopback may send it anything."""

    host: str
    port: int
    directory: Path
    _running: ExitStack

    @property
    def address(self) -> str:
        """Where it takes SMTP: `host:port`."""
        return f"{self.host}:{self.port}"

    @property
    def log(self) -> str:
        """What it has logged so far."""
        path = self.directory / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def queue(self) -> tuple[QueuedMail, ...]:
        """The mails it still has, in every queue."""
        return tuple(_queued(json.loads(line)) for line in self._postqueue("-j").splitlines())

    def flush(self) -> None:
        """Have it try all deferred mail again now; returns before it has."""
        self._postqueue("-f")

    def stop(self) -> None:
        """End it and remove its queue; a second call does nothing."""
        self._running.close()

    def _postqueue(self, option: str) -> str:
        return _output([find_program("postqueue"), "-c", str(self.directory / "config"), option])


class StartPostfix(Protocol):
    """What the `postfix` fixture gives: see `start_postfix`."""

    def __call__(
        self,
        *,
        lmtp: Mapping[str, NextHops] | None = None,
        relayhost: str | None = None,
        main_cf: str = "",
        master_cf: str = "",
        port: int | None = None,
    ) -> Postfix: ...


def start_postfix(
    *,
    lmtp: Mapping[str, NextHops] | None = None,
    relayhost: str | None = None,
    main_cf: str = "",
    master_cf: str = "",
    port: int | None = None,
) -> Postfix:
    """Start an instance and return it when it greets; whoever starts it calls `stop`.

    `lmtp` maps a domain to the `host:port` of its LMTP server, or of several; all other mail goes by SMTP to the
    `relayhost`.
    `main_cf` and `master_cf` are added to settings and services, and what they say is what counts. `port`: where it is
    to listen, where that had to be known before.
    Raises ServerMissing without Postfix or without root: its master changes to users of its own.
    """
    program = find_program("postconf")
    if os.geteuid() != 0:
        raise ServerMissing("Postfix can only be started by root")
    daemons, owner, setgid_group = _output(
        [program, "-d", "-h", "daemon_directory", "mail_owner", "setgid_group"]
    ).splitlines()
    with ExitStack() as starting:
        directory = starting.enter_context(private_directory("postfix"))
        port = port or free_port()
        _write_config(directory, port=port, lmtp=lmtp or {}, relayhost=relayhost, main_cf=main_cf, master_cf=master_cf)
        _make_queue(directory, owner=owner, setgid_group=setgid_group)
        log = directory / "log"
        # The master itself, not `postfix start`: that detaches from our process group.
        process = starting.enter_context(
            process_group([f"{daemons}/master", "-c", f"{directory}/config"], log=log, directory=directory)
        )
        wait_until_ready(process, lambda: port_answers(port, begins=b"220 "), log=log)
        return Postfix(LOOPBACK, port, directory, starting.pop_all())


def _write_config(
    directory: Path, *, port: int, lmtp: Mapping[str, NextHops], relayhost: str | None, main_cf: str, master_cf: str
) -> None:
    config = directory / "config"
    config.mkdir()
    settings = _SETTINGS.format(
        directory=directory,
        loopback=LOOPBACK,
        domains=", ".join(lmtp),
        transport_maps=", ".join(_route(domain, hops) for domain, hops in lmtp.items()),
        relayhost=_next_hop(relayhost) if relayhost else "",
        default_transport="smtp" if relayhost else "error:5.1.2 nothing leaves this machine",
    )
    # Every process would warn of a setting that is there twice, and they wait for postlogd, which warns itself as well:
    # when ten lines have come before its own it waits for ever, and nothing of this Postfix answers.
    (config / "main.cf").write_text(_without(settings, {_name(line) for line in main_cf.splitlines()} - {""}) + main_cf)
    (config / "master.cf").write_text(_SERVICES.format(listen=f"{LOOPBACK}:{port}") + master_cf)
    make_readable(config)
    # Postfix reads settings again and again while they are younger than a second or two; these are finished.
    for written in config.iterdir():
        os.utime(written, (0, 0))


def _route(domain: str, hops: NextHops) -> str:
    """The table that says where a domain's mail goes.

    Of several servers a random one is tried first, then the others. The queue manager remembers the answer for as long
    as mails of one sender to one recipient follow each other.
    """
    if isinstance(hops, str):
        return f"inline:{{ {{ {domain} = lmtp:inet:{_next_hop(hops)} }} }}"
    orders = [[*hops[first:], *hops[:first]] for first in range(len(hops))]
    ways = [f"{{ way{number} = lmtp:inet:{', '.join(map(_next_hop, order))} }}" for number, order in enumerate(orders)]
    names = ", ".join(f"way{number}" for number in range(len(orders)))
    # The first table asks whether it is this domain: the second answers whatever it is asked.
    return f"pipemap:{{inline:{{{domain}=known}}, randmap:{{{names}}}, inline:{{ {', '.join(ways)} }} }}"


def _without(settings: str, names: AbstractSet[str]) -> str:
    return "".join(line for line in settings.splitlines(keepends=True) if _name(line) not in names)


def _name(line: str) -> str:
    """What a line sets; "" for none, such as one that goes on with the line before."""
    return "" if line[:1].isspace() or line.startswith("#") else line.partition("=")[0].strip()


def _make_queue(directory: Path, *, owner: str, setgid_group: str) -> None:
    """The directories that `postfix start` would make, with the owners and modes of Postfix's `postfix-files`."""
    data, queue = directory / "data", directory / "queue"
    for made in (data, queue, queue / "pid"):
        made.mkdir()
        made.chmod(0o755)  # not by mkdir, whose mode the umask narrows
    shutil.chown(data, owner)
    for name in _PRIVATE_QUEUES:
        (queue / name).mkdir(mode=0o700)
        shutil.chown(queue / name, owner)
    for name, mode in (("maildrop", 0o730), ("public", 0o710)):
        (queue / name).mkdir()
        shutil.chown(queue / name, owner, setgid_group)
        (queue / name).chmod(mode)


def _next_hop(address: str) -> str:
    """`host:port` as Postfix writes it when no MX is to be looked up."""
    host, _, port = address.rpartition(":")
    return f"[{host}]:{port}"


def _queued(entry: dict[str, object]) -> QueuedMail:
    recipients = entry["recipients"]
    assert isinstance(recipients, list)
    return QueuedMail(
        queue_id=str(entry["queue_id"]),
        queue_name=str(entry["queue_name"]),
        sender=str(entry["sender"]),
        recipients={recipient["address"]: recipient.get("delay_reason", "") for recipient in recipients},
    )


def _output(command: list[str]) -> str:
    # What it complains of goes to the test's own stderr, which pytest shows.
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, timeout=30).stdout
