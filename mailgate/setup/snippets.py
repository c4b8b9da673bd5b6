"""What stands around a gate: DNS records, mail server settings, pipe and systemd unit, made from its settings.

`templates/setup` has their texts; docs/running.md shows the same, which a test keeps so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, StrictUndefined

from mailgate.config import Settings
from mailgate.desks import ServiceMailbox
from mailgate.outbound.templates import built_in_directory
from mailgate.setup import zone_file

# Plain text for files, and for the operator's own answers alone: nothing is escaped.
_TEXTS = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
_HOMES = tuple(Path("/", name) for name in ("home", "root", "run/user"))  # what ProtectHome hides, systemd.exec(5)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a gate lives and how it is started."""

    directory: Path
    program: Path
    user: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """A file for the operator to use, and where it belongs."""

    name: str
    belongs: str
    text: str
    mode: int = 0o600


_BELONGS: Mapping[str, str] = {
    "dns.zone": "DNS records, for the zone of the gate's domain",
    "postfix-main.cf": "Postfix in front, by LMTP: main.cf",
    "postfix-master.cf": "Postfix by a pipe: master.cf; in main.cf transport_maps has gate: instead of lmtp:…, "
    "and gate_destination_recipient_limit = 1",
    "exim.conf": "Exim by a pipe: a router and its transport",
    "mailgate-pipe": "the program of both pipes",
    "imap.toml": "no mail server of yours: fetch by IMAP, added to config.toml",
    "mailgate.service": "systemd: /etc/systemd/system/mailgate.service",
    "mailgate": "the command: /usr/local/bin/mailgate",
    "nginx.conf": "the pages behind nginx: /etc/nginx/sites-enabled/mailgate.conf; certbot --nginx adds TLS to it",
    "Caddyfile": "the pages behind Caddy: /etc/caddy/Caddyfile; it gets a certificate by itself",
}

_PROGRAMS = frozenset({"mailgate-pipe", "mailgate"})
_OF_PAGES = frozenset({"nginx.conf", "Caddyfile"})


def snippets(settings: Settings, place: Place, dkim: Sequence[str] = ()) -> tuple[Snippet, ...]:
    """All of them; those of a proxy where the pages are behind one. Only desks in the gate's own domain are named.

    `dkim`: the records of the keys, if there are any.
    """
    values = {**_values(settings, place), "dkim": dkim}
    source = built_in_directory() / "setup"
    return tuple(
        Snippet(
            name,
            belongs,
            _TEXTS.from_string((source / name).read_text("utf-8")).render(values),
            0o700 if name in _PROGRAMS else 0o600,
        )
        for name, belongs in _BELONGS.items()
        if name not in _OF_PAGES or settings.web.is_public
    )


def _values(settings: Settings, place: Place) -> Mapping[str, object]:
    domain, smarthost, lmtp = settings.gate.domain, settings.smarthost.address, settings.lmtp.listen
    desks = [desk.mailbox.local_part for desk in settings.desks if desk.mailbox.domain == domain]
    beyond = smarthost is not None and not smarthost.is_loopback
    host = zone_file.mail_host(domain)
    pages = urlsplit(settings.web.public_url)
    return {
        "domain": domain,
        "mailboxes": list(dict.fromkeys((*desks, *(service.value for service in ServiceMailbox)))),
        "lmtp_host": lmtp.host if lmtp else "127.0.0.1",
        "lmtp_port": lmtp.port if lmtp else 2424,
        "max_message_bytes": settings.limits.max_message_bytes,
        "pages_host": pages.hostname,
        "pages_site": f"{pages.scheme}://{pages.netloc}" if pages.scheme == "http" else pages.netloc,
        "web": str(settings.web.listen or ""),
        "directory": str(place.directory),
        "program": str(place.program),
        "user": place.user,
        "at_home": any(path.is_relative_to(home) for home in _HOMES for path in (place.directory, place.program)),
        "mx": zone_file.mx_record(domain),
        "a": zone_file.address_record(host),
        "aaaa": zone_file.address_record(host, zone_file.PLACEHOLDER_6),
        "spf": zone_file.spf_record(domain, ("mx", smarthost.host) if smarthost and beyond else ()),
        "dmarc": zone_file.dmarc_record(domain),
    }
