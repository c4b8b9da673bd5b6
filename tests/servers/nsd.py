"""A private nsd on loopback: an authoritative name server for the zones that a test writes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.exception
import dns.message
import dns.query

from tests.servers.process import LOOPBACK, find_program, free_port, private_directory, process_group, wait_until_ready

_CONFIG = """\
server:
  ip-address: {host}@{port}
  username: ""
  chroot: ""
  zonesdir: "{directory}"
  zonelistfile: "{directory}/zone.list"
  xfrdfile: "{directory}/xfrd.state"
  xfrdir: "{directory}"
  pidfile: ""
  database: ""
  server-count: 1
remote-control:
  control-enable: no
"""

_ZONE = """\
zone:
  name: "{name}"
  zonefile: "{name}.zone"
"""

_START = "$TTL 60\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\nns IN A 127.0.0.1\n"


@dataclass(frozen=True, slots=True)
class NameServer:
    """Where the nsd of a test listens. It answers REFUSED for every other zone than its own."""

    host: str
    port: int


@contextmanager
def running_nsd(zones: Mapping[str, str]) -> Iterator[NameServer]:
    """Start nsd, yield it when it answers, and end it; `zones` have the records behind SOA and NS.

    Raises ServerMissing.
    """
    program = find_program("nsd")
    with private_directory("nsd") as directory:
        port, log = free_port(), directory / "log"
        config = _write(directory, port, zones)
        with process_group([program, "-d", "-c", str(config)], log=log, directory=directory) as process:
            wait_until_ready(process, lambda: _answers(port, next(iter(zones))), log=log)
            yield NameServer(LOOPBACK, port)


def _write(directory: Path, port: int, zones: Mapping[str, str]) -> Path:
    config = directory / "nsd.conf"
    config.write_text(
        _CONFIG.format(host=LOOPBACK, port=port, directory=directory)
        + "".join(_ZONE.format(name=name) for name in zones)
    )
    for name, records in zones.items():
        (directory / f"{name}.zone").write_text(_START + records)
    return config


def _answers(port: int, zone: str) -> bool:
    try:
        answer = dns.query.udp(dns.message.make_query(zone, "SOA"), LOOPBACK, port=port, timeout=1.0)
    except (dns.exception.DNSException, OSError):
        return False
    return bool(answer.answer)
