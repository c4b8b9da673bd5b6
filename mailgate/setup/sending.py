"""Checks of the way out: the smarthost and its login, and this machine's clock against other servers'."""

import re
import socket
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from mailgate.config import HostPort
from mailgate.config.values import is_loopback
from mailgate.outbound.failure import SmarthostDeferred, SmarthostUnreachable
from mailgate.outbound.smarthost import Smarthost
from mailgate.setup.finding import Finding, fail, ok, skipped, warn, worst
from mailgate.setup.site import Site
from mailgate.wiring.servers import smarthosts_of

CONNECT_SECONDS, OTHER_PORT_SECONDS = 3.0, 0.5
OTHER_PORTS = (25, 465, 587)
WARN_OFF, FAIL_OFF = timedelta(seconds=5), timedelta(minutes=5)
"""Links and tokens are good for minutes; ten minutes ahead, a DKIM signature of ours counts for nothing."""

# Sendmail and its kin say the time in their greeting: `220 host ESMTP Sendmail; Mon, 2 Mar 2026 10:00:00 +0100`.
_DATE = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)")


def smarthost(site: Site) -> Finding:
    """Outgoing mail finds a server that takes it: connection, TLS, login."""
    seconds = min(site.settings.smarthost.timeout_seconds, CONNECT_SECONDS)
    servers = smarthosts_of(site.settings, timeout_seconds=seconds)
    if not servers:
        return warn("smarthost.address is empty: nothing leaves", "set smarthost.address to host:port")
    return worst([_reached(server) for server in servers])


def clock(site: Site) -> Finding:
    """This machine's clock agrees with a server that tells the time."""
    before = datetime.now(UTC)
    told = _time_of_smarthost(site.settings.smarthost.address) or _time_of_pages(site.settings.web.public_url)
    if told is None:
        return skipped("no server told the time: neither the smarthost's greeting nor web.public_url")
    off = before - told
    words = f"{off.total_seconds():+.0f} s"
    fix = "timedatectl set-ntp true"
    if abs(off) >= FAIL_OFF:
        return fail(f"{words} off", fix)
    return warn(f"{words} off", fix) if abs(off) >= WARN_OFF else ok(words)


def _reached(server: Smarthost) -> Finding:
    address = HostPort(server.host, server.port)
    try:
        session = server.open()
    except SmarthostUnreachable as error:
        return fail(str(error), _elsewhere(address))
    except SmarthostDeferred as error:
        return fail(str(error), "set smarthost.tls, smarthost.user and smarthost.password_file as it wants them")
    session.close()
    return ok(f"{address}, tls {server.tls.value}, {f'logged in as {server.user}' if server.user else 'no login'}")


def _elsewhere(address: HostPort) -> str:
    """Which of the usual ports do answer: many networks let no program out on port 25."""
    open_ports = [port for port in OTHER_PORTS if port != address.port and _connects(address.host, port)]
    if open_ports:
        return f'set smarthost.address = "{HostPort(address.host, open_ports[-1])}", which answers'
    return f"start it, or let this machine out: nc -vz {address.host} {address.port}"


def _connects(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=OTHER_PORT_SECONDS):
        return True
    return False


def _time_of_smarthost(address: HostPort | None) -> datetime | None:
    if address is None:
        return None
    with suppress(OSError), socket.create_connection((address.host, address.port), timeout=1.0) as connection:
        found = _DATE.search(connection.recv(1024).decode("ascii", "replace"))
        with suppress(OSError):
            connection.sendall(b"QUIT\r\n")
        return parsedate_to_datetime(found[0]) if found else None
    return None


def _time_of_pages(url: str) -> datetime | None:
    """By a reverse proxy elsewhere; our own clock on loopback would agree with itself."""
    if is_loopback(urlsplit(url).hostname or ""):
        return None
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310 - the settings allow http and https alone
    with suppress(OSError, ValueError, TypeError), urllib.request.urlopen(request, timeout=2.0) as answer:  # noqa: S310
        return parsedate_to_datetime(answer.headers["Date"])
    return None
